"""Dashboards with their charts and named lists."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('dashboard',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('territory_id', sa.String(length=32), nullable=False),
    sa.Column('address', sa.String(length=40), nullable=False),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('level', sa.String(length=16), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('made_by', sa.String(length=32), nullable=True),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['made_by'], ['person.id'], name=op.f('fk_dashboard_made_by_person')),
    sa.ForeignKeyConstraint(['territory_id'], ['territory.id'], name=op.f('fk_dashboard_territory_id_territory')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dashboard')),
    sa.UniqueConstraint('territory_id', 'address', name=op.f('uq_dashboard_territory_id_address'))
    )
    op.create_table('dashboard_chart',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('dashboard_id', sa.String(length=32), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('indicators', sa.JSON(), nullable=False),
    sa.Column('territories', sa.JSON(), nullable=False),
    sa.Column('since', sa.String(length=8), nullable=False),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('level', sa.String(length=16), nullable=False),
    sa.ForeignKeyConstraint(['dashboard_id'], ['dashboard.id'], name=op.f('fk_dashboard_chart_dashboard_id_dashboard')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dashboard_chart'))
    )
    with op.batch_alter_table('dashboard_chart', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_dashboard_chart_dashboard_id'), ['dashboard_id'], unique=False)

    op.create_table('dashboard_reader',
    sa.Column('dashboard_id', sa.String(length=32), nullable=False),
    sa.Column('person_id', sa.String(length=32), nullable=False),
    sa.ForeignKeyConstraint(['dashboard_id'], ['dashboard.id'], name=op.f('fk_dashboard_reader_dashboard_id_dashboard')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_dashboard_reader_person_id_person')),
    sa.PrimaryKeyConstraint('dashboard_id', 'person_id', name=op.f('pk_dashboard_reader'))
    )
    with op.batch_alter_table('dashboard_reader', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_dashboard_reader_person_id'), ['person_id'], unique=False)


def downgrade() -> None:
    op.drop_table('dashboard_reader')
    op.drop_table('dashboard_chart')
    op.drop_table('dashboard')
