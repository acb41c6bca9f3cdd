"""Charts of indicators as pictures."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "indicator_chart",
        sa.Column("territory_id", sa.String(length=32), nullable=False),
        sa.Column("indicator", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("version", sa.String(length=32), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("picture", sa.String(length=64), nullable=True),
        sa.Column("alt", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["indicator"], ["indicator.code"], name=op.f("fk_indicator_chart_indicator_indicator")
        ),
        sa.ForeignKeyConstraint(["picture"], ["file.key"], name=op.f("fk_indicator_chart_picture_file")),
        sa.ForeignKeyConstraint(
            ["territory_id"], ["territory.id"], name=op.f("fk_indicator_chart_territory_id_territory")
        ),
        sa.PrimaryKeyConstraint(
            "territory_id", "indicator", "language", name=op.f("pk_indicator_chart")
        ),
    )


def downgrade() -> None:
    op.drop_table("indicator_chart")
