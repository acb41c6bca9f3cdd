"""How many alerts a day are enough for a person, and the weeks whose noisy rules were told of."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notice_budget",
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("per_day", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_budget_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_notice_budget")),
    )
    op.create_table(
        "alert_week",
        sa.Column("week", sa.String(length=10), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("week", name=op.f("pk_alert_week")),
    )


def downgrade() -> None:
    op.drop_table("alert_week")
    op.drop_table("notice_budget")
