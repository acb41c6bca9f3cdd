"""Scenario models, their runs and the answers."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('scenario_model',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('territory_id', sa.String(length=32), nullable=False),
    sa.Column('file_name', sa.String(length=120), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('added_by', sa.String(length=32), nullable=True),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('outline', sa.JSON(), nullable=True),
    sa.Column('refusal', sa.JSON(), nullable=True),
    sa.ForeignKeyConstraint(['added_by'], ['person.id'], name=op.f('fk_scenario_model_added_by_person')),
    sa.ForeignKeyConstraint(['territory_id'], ['territory.id'], name=op.f('fk_scenario_model_territory_id_territory')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_scenario_model')),
    sa.UniqueConstraint('territory_id', 'digest', name=op.f('uq_scenario_model_territory_id_digest'))
    )
    op.create_table('scenario_run',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('territory_id', sa.String(length=32), nullable=False),
    sa.Column('model_id', sa.String(length=32), nullable=False),
    sa.Column('vintage', sa.Integer(), nullable=False),
    sa.Column('request', sa.JSON(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('percent', sa.Integer(), nullable=False),
    sa.Column('stage', sa.String(length=16), nullable=False),
    sa.Column('asked_by', sa.String(length=32), nullable=True),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('refusal', sa.JSON(), nullable=True),
    sa.ForeignKeyConstraint(['asked_by'], ['person.id'], name=op.f('fk_scenario_run_asked_by_person')),
    sa.ForeignKeyConstraint(['model_id'], ['scenario_model.id'], name=op.f('fk_scenario_run_model_id_scenario_model')),
    sa.ForeignKeyConstraint(['territory_id'], ['territory.id'], name=op.f('fk_scenario_run_territory_id_territory')),
    sa.ForeignKeyConstraint(['vintage'], ['release.vintage'], name=op.f('fk_scenario_run_vintage_release')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_scenario_run')),
    sa.UniqueConstraint('digest', name=op.f('uq_scenario_run_digest'))
    )
    with op.batch_alter_table('scenario_run', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_scenario_run_model_id'), ['model_id'], unique=False)
        batch_op.create_index('ix_scenario_run_territory_id_asked_at', ['territory_id', 'asked_at'], unique=False)

    op.create_table('scenario_result',
    sa.Column('run_id', sa.String(length=32), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['run_id'], ['scenario_run.id'], name=op.f('fk_scenario_result_run_id_scenario_run')),
    sa.PrimaryKeyConstraint('run_id', name=op.f('pk_scenario_result'))
    )


def downgrade() -> None:
    op.drop_table('scenario_result')
    op.drop_table('scenario_run')
    op.drop_table('scenario_model')
