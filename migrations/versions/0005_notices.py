"""What people want to be told, notices that wait for a digest, broadcasts."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OPEN = sa.text('digest_id IS NULL')


def upgrade() -> None:
    op.create_index('ix_person_home_id', 'person', ['home_id', 'id'], unique=False)
    op.create_table('notice_preset',
    sa.Column('person_id', sa.String(length=32), nullable=False),
    sa.Column('preset', sa.String(length=16), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_notice_preset_person_id_person')),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_notice_preset'))
    )
    op.create_table('notice_choice',
    sa.Column('person_id', sa.String(length=32), nullable=False),
    sa.Column('event', sa.String(length=16), nullable=False),
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('choice', sa.String(length=16), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_notice_choice_person_id_person')),
    sa.PrimaryKeyConstraint('person_id', 'event', 'channel', name=op.f('pk_notice_choice'))
    )
    op.create_table('waiting_notice',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('fact_id', sa.String(length=32), nullable=False),
    sa.Column('person_id', sa.String(length=32), nullable=False),
    sa.Column('event', sa.String(length=16), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('topic', sa.String(length=64), nullable=False),
    sa.Column('details', sa.JSON(), nullable=False),
    sa.Column('noticed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('digest_id', sa.String(length=32), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_waiting_notice_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_waiting_notice'))
    )
    with op.batch_alter_table('waiting_notice', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_waiting_notice_digest_id'), ['digest_id'], unique=False)
        batch_op.create_index('ix_waiting_notice_open', ['due_at', 'person_id'], unique=False, sqlite_where=OPEN, postgresql_where=OPEN)
        batch_op.create_index(batch_op.f('ix_waiting_notice_person_id'), ['person_id'], unique=False)
        batch_op.create_index('uq_waiting_notice_cause', ['fact_id', 'person_id', 'kind'], unique=True)

    op.create_table('broadcast',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('territory_id', sa.String(length=32), nullable=False),
    sa.Column('event', sa.String(length=16), nullable=False),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('created_by', sa.String(length=32), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('audience', sa.Integer(), nullable=False),
    sa.Column('asked', sa.Integer(), server_default='0', nullable=False),
    sa.Column('cursor', sa.String(length=32), server_default='', nullable=False),
    sa.Column('decided_by', sa.String(length=32), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('stopped_by', sa.String(length=32), nullable=True),
    sa.Column('expanded_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['created_by'], ['person.id'], name=op.f('fk_broadcast_created_by_person')),
    sa.ForeignKeyConstraint(['decided_by'], ['person.id'], name=op.f('fk_broadcast_decided_by_person')),
    sa.ForeignKeyConstraint(['stopped_by'], ['person.id'], name=op.f('fk_broadcast_stopped_by_person')),
    sa.ForeignKeyConstraint(['territory_id'], ['territory.id'], name=op.f('fk_broadcast_territory_id_territory')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_broadcast'))
    )
    with op.batch_alter_table('broadcast', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_broadcast_territory_id'), ['territory_id'], unique=False)


def downgrade() -> None:
    op.drop_table('broadcast')
    op.drop_table('waiting_notice')
    op.drop_table('notice_choice')
    op.drop_table('notice_preset')
    op.drop_index('ix_person_home_id', table_name='person')
