"""Which Monday briefs have been asked for."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "brief",
        sa.Column("territory_id", sa.String(length=32), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["territory_id"], ["territory.id"], name=op.f("fk_brief_territory_id_territory")
        ),
        sa.PrimaryKeyConstraint("territory_id", "week", name=op.f("pk_brief")),
    )


def downgrade() -> None:
    op.drop_table("brief")
