"""The ground."""

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('answer',
    sa.Column('key', sa.String(length=200), nullable=False),
    sa.Column('fingerprint', sa.String(length=64), nullable=False),
    sa.Column('answer', sa.JSON(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_answer'))
    )
    with op.batch_alter_table('answer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_answer_at'), ['at'], unique=False)

    op.create_table('audit',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('action', sa.String(length=64), nullable=False),
    sa.Column('actor', sa.String(length=32), nullable=True),
    sa.Column('subject', sa.String(length=128), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('position', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('chain', sa.String(length=64), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit')),
    sa.UniqueConstraint('position', name=op.f('uq_audit_position'))
    )
    with op.batch_alter_table('audit', schema=None) as batch_op:
        batch_op.create_index('ix_audit_unchained', ['id'], unique=False, sqlite_where=sa.text('position IS NULL'), postgresql_where=sa.text('position IS NULL'))

    op.create_table('consent_document',
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('text_ru', sa.Text(), nullable=False),
    sa.Column('text_en', sa.Text(), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('kind', 'version', name=op.f('pk_consent_document'))
    )
    op.create_table('conversation_number',
    sa.Column('year', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('last', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.PrimaryKeyConstraint('year', name=op.f('pk_conversation_number'))
    )
    op.create_table('file',
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('media_type', sa.String(length=64), nullable=False),
    sa.Column('size_bytes', sa.Integer(), nullable=False),
    sa.Column('stored_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_file'))
    )
    op.create_table('inbox',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('carrier', sa.String(length=16), nullable=False),
    sa.Column('update_key', sa.String(length=128), nullable=False),
    sa.Column('lane', sa.String(length=128), nullable=False),
    sa.Column('payload', sa.JSON(), nullable=True),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('failure', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inbox'))
    )
    with op.batch_alter_table('inbox', schema=None) as batch_op:
        batch_op.create_index('ix_inbox_waiting', ['carrier', 'id'], unique=False, sqlite_where=sa.text('settled_at IS NULL'), postgresql_where=sa.text('settled_at IS NULL'))
        batch_op.create_index('uq_inbox_carrier_update_key', ['carrier', 'update_key'], unique=True)

    op.create_table('indicator',
    sa.Column('code', sa.String(length=32), nullable=False),
    sa.Column('rubric', sa.String(length=64), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('title_ru', sa.String(length=200), nullable=False),
    sa.Column('title_en', sa.String(length=200), nullable=False),
    sa.Column('unit', sa.String(length=64), nullable=False),
    sa.Column('unit_en', sa.String(length=64), nullable=False),
    sa.Column('frequency', sa.String(length=1), nullable=False),
    sa.Column('good', sa.String(length=4), nullable=False),
    sa.Column('decimals', sa.Integer(), nullable=False),
    sa.Column('access_level', sa.String(length=16), nullable=False),
    sa.Column('low', sa.Double(), nullable=True),
    sa.Column('high', sa.Double(), nullable=True),
    sa.Column('featured', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_indicator'))
    )
    with op.batch_alter_table('indicator', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_indicator_rubric'), ['rubric'], unique=False)

    op.create_table('job',
    sa.Column('key', sa.String(length=128), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('arguments', sa.JSON(), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('holder', sa.String(length=64), nullable=True),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('failure', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_job'))
    )
    with op.batch_alter_table('job', schema=None) as batch_op:
        batch_op.create_index('ix_job_state_due_at', ['state', 'due_at'], unique=False)

    op.create_table('outbox',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('fact_id', sa.String(length=32), nullable=False),
    sa.Column('kind', sa.String(length=64), nullable=False),
    sa.Column('payload', sa.JSON(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('parked', sa.Integer(), server_default='0', nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox')),
    sa.UniqueConstraint('fact_id', name=op.f('uq_outbox_fact_id'))
    )
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.create_index('ix_outbox_waiting', ['id'], unique=False, sqlite_where=sa.text('sent_at IS NULL AND parked = 0'), postgresql_where=sa.text('sent_at IS NULL AND parked = 0'))

    op.create_table('reference_item',
    sa.Column('taxonomy', sa.String(length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=64), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('title_ru', sa.String(length=200), nullable=False),
    sa.Column('title_en', sa.String(length=200), nullable=False),
    sa.PrimaryKeyConstraint('taxonomy', 'version', 'code', name=op.f('pk_reference_item'))
    )
    op.create_table('stream',
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('epoch', sa.Integer(), server_default='1', nullable=False),
    sa.Column('head', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), server_default='0', nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_stream'))
    )
    op.create_table('stream_event',
    sa.Column('stream', sa.String(length=64), nullable=False),
    sa.Column('seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('author', sa.String(length=32), nullable=True),
    sa.Column('client_id', sa.String(length=64), nullable=True),
    sa.Column('body', sa.JSON(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('stream', 'seq', name=op.f('pk_stream_event'))
    )
    with op.batch_alter_table('stream_event', schema=None) as batch_op:
        batch_op.create_index('uq_stream_event_author_client_id', ['stream', 'author', 'client_id'], unique=True)

    op.create_table('territory',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('parent_id', sa.String(length=32), nullable=True),
    sa.Column('oktmo', sa.String(length=11), nullable=False),
    sa.Column('slug', sa.String(length=64), nullable=False),
    sa.Column('name_ru', sa.String(length=200), nullable=False),
    sa.Column('name_en', sa.String(length=200), nullable=False),
    sa.Column('time_zone', sa.String(length=64), nullable=False),
    sa.Column('synthetic', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['parent_id'], ['territory.id'], name=op.f('fk_territory_parent_id_territory')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_territory')),
    sa.UniqueConstraint('oktmo', name=op.f('uq_territory_oktmo')),
    sa.UniqueConstraint('slug', name=op.f('uq_territory_slug'))
    )
    with op.batch_alter_table('territory', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_territory_parent_id'), ['parent_id'], unique=False)

    op.create_table('file_parent',
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('parent', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['key'], ['file.key'], name=op.f('fk_file_parent_key_file')),
    sa.PrimaryKeyConstraint('key', 'parent', name=op.f('pk_file_parent'))
    )
    op.create_table('person',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('display_name', sa.String(length=100), nullable=False),
    sa.Column('position', sa.String(length=200), nullable=False),
    sa.Column('assurance', sa.String(length=16), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('home_id', sa.String(length=32), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['home_id'], ['territory.id'], name=op.f('fk_person_home_id_territory')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person'))
    )
    op.create_table('space',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('territory_id', sa.String(length=32), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['territory_id'], ['territory.id'], name=op.f('fk_space_territory_id_territory')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_space'))
    )
    with op.batch_alter_table('space', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_space_territory_id'), ['territory_id'], unique=False)

    op.create_table('target',
    sa.Column('territory_id', sa.String(length=32), nullable=False),
    sa.Column('indicator', sa.String(length=32), nullable=False),
    sa.Column('period', sa.String(length=8), nullable=False),
    sa.Column('value', sa.Double(), nullable=False),
    sa.Column('op', sa.String(length=2), nullable=False),
    sa.Column('set_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['indicator'], ['indicator.code'], name=op.f('fk_target_indicator_indicator')),
    sa.ForeignKeyConstraint(['territory_id'], ['territory.id'], name=op.f('fk_target_territory_id_territory')),
    sa.PrimaryKeyConstraint('territory_id', 'indicator', 'period', name=op.f('pk_target'))
    )
    op.create_table('alert_rule',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('indicator', sa.String(length=32), nullable=False),
    sa.Column('territory_id', sa.String(length=32), nullable=False),
    sa.Column('bad', sa.String(length=8), nullable=False),
    sa.Column('threshold', sa.Double(), nullable=False),
    sa.Column('clear_at', sa.Double(), nullable=False),
    sa.Column('severity', sa.String(length=8), nullable=False),
    sa.Column('since', sa.Integer(), nullable=False),
    sa.Column('created_by', sa.String(length=32), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['created_by'], ['person.id'], name=op.f('fk_alert_rule_created_by_person')),
    sa.ForeignKeyConstraint(['indicator'], ['indicator.code'], name=op.f('fk_alert_rule_indicator_indicator')),
    sa.ForeignKeyConstraint(['territory_id'], ['territory.id'], name=op.f('fk_alert_rule_territory_id_territory')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alert_rule')),
    sa.UniqueConstraint('indicator', 'territory_id', 'bad', 'severity', name=op.f('uq_alert_rule_indicator_territory_id_bad_severity'))
    )
    op.create_table('chat',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('carrier', sa.String(length=16), nullable=False),
    sa.Column('native_id', sa.String(length=128), nullable=False),
    sa.Column('person_id', sa.String(length=32), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.String(length=100), nullable=True),
    sa.Column('data', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_chat_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_chat'))
    )
    with op.batch_alter_table('chat', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_chat_person_id'), ['person_id'], unique=False)
        batch_op.create_index('uq_chat_carrier_native_id', ['carrier', 'native_id'], unique=True)

    op.create_table('consent',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('person_id', sa.String(length=32), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('given_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_consent_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consent'))
    )
    with op.batch_alter_table('consent', schema=None) as batch_op:
        batch_op.create_index('ix_consent_person_id', ['person_id'], unique=False)

    op.create_table('delivery',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('fact_id', sa.String(length=32), nullable=False),
    sa.Column('person_id', sa.String(length=32), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('carrier', sa.String(length=16), nullable=False),
    sa.Column('address', sa.String(length=128), nullable=False),
    sa.Column('topic', sa.String(length=64), nullable=False),
    sa.Column('urgency', sa.String(length=16), nullable=False),
    sa.Column('details', sa.JSON(), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.String(length=16), server_default='pending', nullable=False),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('leased_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('native_id', sa.String(length=128), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_delivery_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_delivery'))
    )
    with op.batch_alter_table('delivery', schema=None) as batch_op:
        batch_op.create_index('ix_delivery_due', ['due_at'], unique=False, sqlite_where=sa.text("state IN ('pending', 'sending', 'uncertain')"), postgresql_where=sa.text("state IN ('pending', 'sending', 'uncertain')"))
        batch_op.create_index(batch_op.f('ix_delivery_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_delivery_topic'), ['topic'], unique=False)
        batch_op.create_index('uq_delivery_cause', ['fact_id', 'person_id', 'kind', 'carrier'], unique=True)

    op.create_table('identity',
    sa.Column('provider', sa.String(length=16), nullable=False),
    sa.Column('subject', sa.String(length=128), nullable=False),
    sa.Column('person_id', sa.String(length=32), nullable=False),
    sa.Column('linked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('unreachable_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_identity_person_id_person')),
    sa.PrimaryKeyConstraint('provider', 'subject', name=op.f('pk_identity'))
    )
    with op.batch_alter_table('identity', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_identity_person_id'), ['person_id'], unique=False)

    op.create_table('membership',
    sa.Column('space_id', sa.String(length=32), nullable=False),
    sa.Column('person_id', sa.String(length=32), nullable=False),
    sa.Column('joined_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_membership_person_id_person')),
    sa.ForeignKeyConstraint(['space_id'], ['space.id'], name=op.f('fk_membership_space_id_space')),
    sa.PrimaryKeyConstraint('space_id', 'person_id', name=op.f('pk_membership'))
    )
    with op.batch_alter_table('membership', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_membership_person_id'), ['person_id'], unique=False)

    op.create_table('one_time_token',
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('purpose', sa.String(length=16), nullable=False),
    sa.Column('person_id', sa.String(length=32), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_one_time_token_person_id_person')),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_one_time_token'))
    )
    with op.batch_alter_table('one_time_token', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_one_time_token_expires_at'), ['expires_at'], unique=False)

    op.create_table('poll',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('territory_id', sa.String(length=32), nullable=False),
    sa.Column('question', sa.Text(), nullable=False),
    sa.Column('details', sa.Text(), nullable=False),
    sa.Column('status', sa.String(length=8), nullable=False),
    sa.Column('opened_by', sa.String(length=32), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closes_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['opened_by'], ['person.id'], name=op.f('fk_poll_opened_by_person')),
    sa.ForeignKeyConstraint(['territory_id'], ['territory.id'], name=op.f('fk_poll_territory_id_territory')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_poll'))
    )
    with op.batch_alter_table('poll', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_poll_closes_at'), ['closes_at'], unique=False)
        batch_op.create_index('ix_poll_territory_id_status', ['territory_id', 'status'], unique=False)

    op.create_table('release',
    sa.Column('vintage', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('source', sa.String(length=32), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', sa.String(length=32), nullable=True),
    sa.Column('new', sa.Integer(), nullable=False),
    sa.Column('revised', sa.Integer(), nullable=False),
    sa.Column('unchanged', sa.Integer(), nullable=False),
    sa.Column('rejected', sa.Integer(), nullable=False),
    sa.Column('jumps', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['recorded_by'], ['person.id'], name=op.f('fk_release_recorded_by_person')),
    sa.PrimaryKeyConstraint('vintage', name=op.f('pk_release')),
    sa.UniqueConstraint('id', name=op.f('uq_release_id')),
    sa.UniqueConstraint('source', 'digest', name=op.f('uq_release_source_digest'))
    )
    op.create_table('role_grant',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('person_id', sa.String(length=32), nullable=False),
    sa.Column('role', sa.String(length=16), nullable=False),
    sa.Column('territory_id', sa.String(length=32), nullable=False),
    sa.Column('service', sa.String(length=32), nullable=True),
    sa.Column('granted_by', sa.String(length=32), nullable=True),
    sa.Column('granted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_role_grant_person_id_person')),
    sa.ForeignKeyConstraint(['territory_id'], ['territory.id'], name=op.f('fk_role_grant_territory_id_territory')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_role_grant'))
    )
    with op.batch_alter_table('role_grant', schema=None) as batch_op:
        batch_op.create_index('ix_role_grant_person_id', ['person_id'], unique=False)

    op.create_table('room',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('space_id', sa.String(length=32), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['space_id'], ['space.id'], name=op.f('fk_room_space_id_space')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_room'))
    )
    with op.batch_alter_table('room', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_room_space_id'), ['space_id'], unique=False)

    op.create_table('session',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('person_id', sa.String(length=32), nullable=False),
    sa.Column('label', sa.String(length=200), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_session_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_session'))
    )
    with op.batch_alter_table('session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_session_person_id'), ['person_id'], unique=False)

    op.create_table('alert',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('rule_id', sa.String(length=32), nullable=False),
    sa.Column('territory_id', sa.String(length=32), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('period', sa.String(length=8), nullable=False),
    sa.Column('value', sa.Double(), nullable=False),
    sa.Column('vintage', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('fired_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('resolved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('resolved_value', sa.Double(), nullable=True),
    sa.Column('acknowledged_by', sa.String(length=32), nullable=True),
    sa.Column('acknowledged_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('snoozed_by', sa.String(length=32), nullable=True),
    sa.Column('snoozed_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('picture', sa.String(length=64), nullable=True),
    sa.Column('picture_settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('picture_missing', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['acknowledged_by'], ['person.id'], name=op.f('fk_alert_acknowledged_by_person')),
    sa.ForeignKeyConstraint(['rule_id'], ['alert_rule.id'], name=op.f('fk_alert_rule_id_alert_rule')),
    sa.ForeignKeyConstraint(['snoozed_by'], ['person.id'], name=op.f('fk_alert_snoozed_by_person')),
    sa.ForeignKeyConstraint(['territory_id'], ['territory.id'], name=op.f('fk_alert_territory_id_territory')),
    sa.ForeignKeyConstraint(['vintage'], ['release.vintage'], name=op.f('fk_alert_vintage_release')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alert')),
    sa.UniqueConstraint('rule_id', 'territory_id', 'vintage', name=op.f('uq_alert_rule_id_territory_id_vintage'))
    )
    with op.batch_alter_table('alert', schema=None) as batch_op:
        batch_op.create_index('ix_alert_territory_id_state', ['territory_id', 'state'], unique=False)

    op.create_table('conversation',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('number', sa.String(length=32), nullable=False),
    sa.Column('territory_id', sa.String(length=32), nullable=False),
    sa.Column('citizen_id', sa.String(length=32), nullable=False),
    sa.Column('room_id', sa.String(length=32), nullable=False),
    sa.Column('status', sa.String(length=16), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('waiting_since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('open_key', sa.String(length=65), nullable=True),
    sa.ForeignKeyConstraint(['citizen_id'], ['person.id'], name=op.f('fk_conversation_citizen_id_person')),
    sa.ForeignKeyConstraint(['room_id'], ['room.id'], name=op.f('fk_conversation_room_id_room')),
    sa.ForeignKeyConstraint(['territory_id'], ['territory.id'], name=op.f('fk_conversation_territory_id_territory')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_conversation')),
    sa.UniqueConstraint('number', name=op.f('uq_conversation_number')),
    sa.UniqueConstraint('open_key', name=op.f('uq_conversation_open_key')),
    sa.UniqueConstraint('room_id', name=op.f('uq_conversation_room_id'))
    )
    with op.batch_alter_table('conversation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_conversation_citizen_id'), ['citizen_id'], unique=False)
        batch_op.create_index('ix_conversation_territory_id_status', ['territory_id', 'status'], unique=False)

    op.create_table('forecast',
    sa.Column('territory_id', sa.String(length=32), nullable=False),
    sa.Column('indicator', sa.String(length=32), nullable=False),
    sa.Column('vintage', sa.Integer(), nullable=False),
    sa.Column('procedure', sa.String(length=32), nullable=False),
    sa.Column('body', sa.JSON(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['indicator'], ['indicator.code'], name=op.f('fk_forecast_indicator_indicator')),
    sa.ForeignKeyConstraint(['territory_id'], ['territory.id'], name=op.f('fk_forecast_territory_id_territory')),
    sa.ForeignKeyConstraint(['vintage'], ['release.vintage'], name=op.f('fk_forecast_vintage_release')),
    sa.PrimaryKeyConstraint('territory_id', 'indicator', 'vintage', 'procedure', name=op.f('pk_forecast'))
    )
    op.create_table('message_id',
    sa.Column('chat_id', sa.String(length=32), nullable=False),
    sa.Column('local_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('native_id', sa.String(length=128), nullable=False),
    sa.ForeignKeyConstraint(['chat_id'], ['chat.id'], name=op.f('fk_message_id_chat_id_chat')),
    sa.PrimaryKeyConstraint('chat_id', 'local_id', name=op.f('pk_message_id'))
    )
    with op.batch_alter_table('message_id', schema=None) as batch_op:
        batch_op.create_index('uq_message_id_chat_id_native_id', ['chat_id', 'native_id'], unique=True)

    op.create_table('observation',
    sa.Column('territory_id', sa.String(length=32), nullable=False),
    sa.Column('indicator', sa.String(length=32), nullable=False),
    sa.Column('period', sa.String(length=8), nullable=False),
    sa.Column('vintage', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('value', sa.Double(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['indicator'], ['indicator.code'], name=op.f('fk_observation_indicator_indicator')),
    sa.ForeignKeyConstraint(['territory_id'], ['territory.id'], name=op.f('fk_observation_territory_id_territory')),
    sa.ForeignKeyConstraint(['vintage'], ['release.vintage'], name=op.f('fk_observation_vintage_release')),
    sa.PrimaryKeyConstraint('territory_id', 'indicator', 'period', 'vintage', name=op.f('pk_observation'))
    )
    with op.batch_alter_table('observation', schema=None) as batch_op:
        batch_op.create_index('ix_observation_vintage', ['vintage'], unique=False)

    op.create_table('poll_option',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('poll_id', sa.String(length=32), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['poll_id'], ['poll.id'], name=op.f('fk_poll_option_poll_id_poll')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_poll_option'))
    )
    with op.batch_alter_table('poll_option', schema=None) as batch_op:
        batch_op.create_index('ix_poll_option_poll_id', ['poll_id'], unique=False)

    op.create_table('read_mark',
    sa.Column('room_id', sa.String(length=32), nullable=False),
    sa.Column('person_id', sa.String(length=32), nullable=False),
    sa.Column('seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_read_mark_person_id_person')),
    sa.ForeignKeyConstraint(['room_id'], ['room.id'], name=op.f('fk_read_mark_room_id_room')),
    sa.PrimaryKeyConstraint('room_id', 'person_id', name=op.f('pk_read_mark'))
    )
    op.create_table('alert_standing',
    sa.Column('rule_id', sa.String(length=32), nullable=False),
    sa.Column('territory_id', sa.String(length=32), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('vintage', sa.Integer(), nullable=False),
    sa.Column('alert_id', sa.String(length=32), nullable=True),
    sa.ForeignKeyConstraint(['alert_id'], ['alert.id'], name=op.f('fk_alert_standing_alert_id_alert')),
    sa.ForeignKeyConstraint(['rule_id'], ['alert_rule.id'], name=op.f('fk_alert_standing_rule_id_alert_rule')),
    sa.ForeignKeyConstraint(['territory_id'], ['territory.id'], name=op.f('fk_alert_standing_territory_id_territory')),
    sa.PrimaryKeyConstraint('rule_id', 'territory_id', name=op.f('pk_alert_standing'))
    )
    op.create_table('alert_transition',
    sa.Column('alert_id', sa.String(length=32), nullable=False),
    sa.Column('vintage', sa.Integer(), nullable=False),
    sa.Column('transition', sa.String(length=8), nullable=False),
    sa.Column('period', sa.String(length=8), nullable=False),
    sa.Column('value', sa.Double(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['alert_id'], ['alert.id'], name=op.f('fk_alert_transition_alert_id_alert')),
    sa.PrimaryKeyConstraint('alert_id', 'vintage', name=op.f('pk_alert_transition'))
    )
    op.create_table('ballot',
    sa.Column('poll_id', sa.String(length=32), nullable=False),
    sa.Column('person_id', sa.String(length=32), nullable=False),
    sa.Column('option_id', sa.String(length=32), nullable=False),
    sa.Column('cast_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('door', sa.String(length=16), nullable=False),
    sa.ForeignKeyConstraint(['option_id'], ['poll_option.id'], name=op.f('fk_ballot_option_id_poll_option')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_ballot_person_id_person')),
    sa.ForeignKeyConstraint(['poll_id'], ['poll.id'], name=op.f('fk_ballot_poll_id_poll')),
    sa.PrimaryKeyConstraint('poll_id', 'person_id', name=op.f('pk_ballot'))
    )
    with op.batch_alter_table('ballot', schema=None) as batch_op:
        batch_op.create_index('ix_ballot_poll_id_option_id', ['poll_id', 'option_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('ballot', schema=None) as batch_op:
        batch_op.drop_index('ix_ballot_poll_id_option_id')

    op.drop_table('ballot')
    op.drop_table('alert_transition')
    op.drop_table('alert_standing')
    op.drop_table('read_mark')
    with op.batch_alter_table('poll_option', schema=None) as batch_op:
        batch_op.drop_index('ix_poll_option_poll_id')

    op.drop_table('poll_option')
    with op.batch_alter_table('observation', schema=None) as batch_op:
        batch_op.drop_index('ix_observation_vintage')

    op.drop_table('observation')
    with op.batch_alter_table('message_id', schema=None) as batch_op:
        batch_op.drop_index('uq_message_id_chat_id_native_id')

    op.drop_table('message_id')
    op.drop_table('forecast')
    with op.batch_alter_table('conversation', schema=None) as batch_op:
        batch_op.drop_index('ix_conversation_territory_id_status')
        batch_op.drop_index(batch_op.f('ix_conversation_citizen_id'))

    op.drop_table('conversation')
    with op.batch_alter_table('alert', schema=None) as batch_op:
        batch_op.drop_index('ix_alert_territory_id_state')

    op.drop_table('alert')
    with op.batch_alter_table('session', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_session_person_id'))

    op.drop_table('session')
    with op.batch_alter_table('room', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_room_space_id'))

    op.drop_table('room')
    with op.batch_alter_table('role_grant', schema=None) as batch_op:
        batch_op.drop_index('ix_role_grant_person_id')

    op.drop_table('role_grant')
    op.drop_table('release')
    with op.batch_alter_table('poll', schema=None) as batch_op:
        batch_op.drop_index('ix_poll_territory_id_status')
        batch_op.drop_index(batch_op.f('ix_poll_closes_at'))

    op.drop_table('poll')
    with op.batch_alter_table('one_time_token', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_one_time_token_expires_at'))

    op.drop_table('one_time_token')
    with op.batch_alter_table('membership', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_membership_person_id'))

    op.drop_table('membership')
    with op.batch_alter_table('identity', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_identity_person_id'))

    op.drop_table('identity')
    with op.batch_alter_table('delivery', schema=None) as batch_op:
        batch_op.drop_index('uq_delivery_cause')
        batch_op.drop_index(batch_op.f('ix_delivery_topic'))
        batch_op.drop_index(batch_op.f('ix_delivery_person_id'))
        batch_op.drop_index('ix_delivery_due', sqlite_where=sa.text("state IN ('pending', 'sending', 'uncertain')"), postgresql_where=sa.text("state IN ('pending', 'sending', 'uncertain')"))

    op.drop_table('delivery')
    with op.batch_alter_table('consent', schema=None) as batch_op:
        batch_op.drop_index('ix_consent_person_id')

    op.drop_table('consent')
    with op.batch_alter_table('chat', schema=None) as batch_op:
        batch_op.drop_index('uq_chat_carrier_native_id')
        batch_op.drop_index(batch_op.f('ix_chat_person_id'))

    op.drop_table('chat')
    op.drop_table('alert_rule')
    op.drop_table('target')
    with op.batch_alter_table('space', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_space_territory_id'))

    op.drop_table('space')
    op.drop_table('person')
    op.drop_table('file_parent')
    with op.batch_alter_table('territory', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_territory_parent_id'))

    op.drop_table('territory')
    with op.batch_alter_table('stream_event', schema=None) as batch_op:
        batch_op.drop_index('uq_stream_event_author_client_id')

    op.drop_table('stream_event')
    op.drop_table('stream')
    op.drop_table('reference_item')
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.drop_index('ix_outbox_waiting', sqlite_where=sa.text('sent_at IS NULL AND parked = 0'), postgresql_where=sa.text('sent_at IS NULL AND parked = 0'))

    op.drop_table('outbox')
    with op.batch_alter_table('job', schema=None) as batch_op:
        batch_op.drop_index('ix_job_state_due_at')

    op.drop_table('job')
    with op.batch_alter_table('indicator', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_indicator_rubric'))

    op.drop_table('indicator')
    with op.batch_alter_table('inbox', schema=None) as batch_op:
        batch_op.drop_index('uq_inbox_carrier_update_key')
        batch_op.drop_index('ix_inbox_waiting', sqlite_where=sa.text('settled_at IS NULL'), postgresql_where=sa.text('settled_at IS NULL'))

    op.drop_table('inbox')
    op.drop_table('file')
    op.drop_table('conversation_number')
    op.drop_table('consent_document')
    with op.batch_alter_table('audit', schema=None) as batch_op:
        batch_op.drop_index('ix_audit_unchained', sqlite_where=sa.text('position IS NULL'), postgresql_where=sa.text('position IS NULL'))

    op.drop_table('audit')
    with op.batch_alter_table('answer', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_answer_at'))

    op.drop_table('answer')
