"""What each messenger may carry, as it was chosen at the console."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "channel_choice",
        sa.Column("carrier", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("before", sa.String(length=24), nullable=False),
        sa.Column("policy", sa.String(length=24), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("chosen_by", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["chosen_by"], ["person.id"], name=op.f("fk_channel_choice_chosen_by_person")),
        sa.PrimaryKeyConstraint("carrier", "number", name=op.f("pk_channel_choice")),
    )


def downgrade() -> None:
    op.drop_table("channel_choice")
