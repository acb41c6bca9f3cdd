"""Passports of indicators and what was changed in them."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "indicator_passport",
        sa.Column("indicator", sa.String(length=32), nullable=False),
        sa.Column("okei", sa.String(length=4), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("responsible", sa.String(length=32), nullable=True),
        sa.Column("lag_days", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["indicator"], ["indicator.code"], name=op.f("fk_indicator_passport_indicator_indicator")
        ),
        sa.ForeignKeyConstraint(
            ["responsible"], ["person.id"], name=op.f("fk_indicator_passport_responsible_person")
        ),
        sa.PrimaryKeyConstraint("indicator", name=op.f("pk_indicator_passport")),
    )
    op.create_table(
        "indicator_passport_change",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("indicator", sa.String(length=32), nullable=False),
        sa.Column("field", sa.String(length=16), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["person.id"], name=op.f("fk_indicator_passport_change_changed_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["indicator"], ["indicator.code"], name=op.f("fk_indicator_passport_change_indicator_indicator")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_passport_change")),
    )
    op.create_index(
        "ix_indicator_passport_change_indicator_at", "indicator_passport_change", ["indicator", "at"]
    )


def downgrade() -> None:
    op.drop_table("indicator_passport_change")
    op.drop_table("indicator_passport")
