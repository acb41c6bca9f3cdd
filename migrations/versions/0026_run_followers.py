"""Who is told in a messenger how a run of a scenario model goes."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('scenario_run_follower',
    sa.Column('run_id', sa.String(length=32), nullable=False),
    sa.Column('person_id', sa.String(length=32), nullable=False),
    sa.Column('carrier', sa.String(length=16), nullable=False),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_scenario_run_follower_person_id_person')),
    sa.ForeignKeyConstraint(['run_id'], ['scenario_run.id'], name=op.f('fk_scenario_run_follower_run_id_scenario_run')),
    sa.PrimaryKeyConstraint('run_id', 'person_id', name=op.f('pk_scenario_run_follower'))
    )


def downgrade() -> None:
    op.drop_table('scenario_run_follower')
