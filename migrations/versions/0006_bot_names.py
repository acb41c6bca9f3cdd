"""How our bot is called in each messenger."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bot_name",
        sa.Column("carrier", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("carrier", name=op.f("pk_bot_name")),
    )


def downgrade() -> None:
    op.drop_table("bot_name")
