"""Deliveries are claimed by lane, and by a sender with a name."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

UNFINISHED = sa.text('finished_at IS NULL')
IN_HAND = sa.text("state = 'sending'")
FORMERLY_UNFINISHED = sa.text("state IN ('pending', 'sending', 'uncertain')")


def upgrade() -> None:
    op.add_column('delivery', sa.Column('claimed_by', sa.String(length=64), nullable=True))
    op.drop_index('ix_delivery_due', table_name='delivery')
    op.create_index('ix_delivery_lane', 'delivery', ['carrier', 'urgency', 'due_at', 'id'], unique=False, sqlite_where=UNFINISHED, postgresql_where=UNFINISHED)
    op.create_index('ix_delivery_in_hand', 'delivery', ['carrier', 'address'], unique=False, sqlite_where=IN_HAND, postgresql_where=IN_HAND)


def downgrade() -> None:
    op.drop_index('ix_delivery_in_hand', table_name='delivery')
    op.drop_index('ix_delivery_lane', table_name='delivery')
    op.create_index('ix_delivery_due', 'delivery', ['due_at'], unique=False, sqlite_where=FORMERLY_UNFINISHED, postgresql_where=FORMERLY_UNFINISHED)
    op.drop_column('delivery', 'claimed_by')
