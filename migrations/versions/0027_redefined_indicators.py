"""Since when an indicator is counted by another definition."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('indicator_passport', schema=None) as batch_op:
        batch_op.add_column(sa.Column('redefined_in', sa.String(length=8), server_default='', nullable=False))


def downgrade() -> None:
    with op.batch_alter_table('indicator_passport', schema=None) as batch_op:
        batch_op.drop_column('redefined_in')
