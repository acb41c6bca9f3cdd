"""The named lists of restricted indicators."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('indicator_reader',
    sa.Column('indicator', sa.String(length=32), nullable=False),
    sa.Column('person_id', sa.String(length=32), nullable=False),
    sa.ForeignKeyConstraint(['indicator'], ['indicator.code'], name=op.f('fk_indicator_reader_indicator_indicator')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_indicator_reader_person_id_person')),
    sa.PrimaryKeyConstraint('indicator', 'person_id', name=op.f('pk_indicator_reader'))
    )
    with op.batch_alter_table('indicator_reader', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_indicator_reader_person_id'), ['person_id'], unique=False)


def downgrade() -> None:
    op.drop_table('indicator_reader')
