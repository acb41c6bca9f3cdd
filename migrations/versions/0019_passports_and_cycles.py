"""Passports of indicators with what was changed in them; cycles of data with their steps and reminders."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
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
    op.create_table(
        "data_cycle",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("territory_id", sa.String(length=32), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_by", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["begun_by"], ["person.id"], name=op.f("fk_data_cycle_begun_by_person")),
        sa.ForeignKeyConstraint(
            ["territory_id"], ["territory.id"], name=op.f("fk_data_cycle_territory_id_territory")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_cycle")),
        sa.UniqueConstraint("territory_id", "period", name=op.f("uq_data_cycle_territory_id_period")),
    )
    op.create_table(
        "data_cycle_step",
        sa.Column("cycle_id", sa.String(length=32), nullable=False),
        sa.Column("step", sa.String(length=16), nullable=False),
        sa.Column("owner", sa.String(length=32), nullable=True),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.String(length=32), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["confirmed_by"], ["person.id"], name=op.f("fk_data_cycle_step_confirmed_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["cycle_id"], ["data_cycle.id"], name=op.f("fk_data_cycle_step_cycle_id_data_cycle")
        ),
        sa.ForeignKeyConstraint(["owner"], ["person.id"], name=op.f("fk_data_cycle_step_owner_person")),
        sa.PrimaryKeyConstraint("cycle_id", "step", name=op.f("pk_data_cycle_step")),
    )
    op.create_index("ix_data_cycle_step_due", "data_cycle_step", ["due"])
    op.create_index("ix_data_cycle_step_owner", "data_cycle_step", ["owner"])
    op.create_table(
        "data_cycle_reminder",
        sa.Column("cycle_id", sa.String(length=32), nullable=False),
        sa.Column("step", sa.String(length=16), nullable=False),
        sa.Column("occasion", sa.String(length=8), nullable=False),
        sa.Column("owner", sa.String(length=32), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["cycle_id"], ["data_cycle.id"], name=op.f("fk_data_cycle_reminder_cycle_id_data_cycle")
        ),
        sa.ForeignKeyConstraint(["owner"], ["person.id"], name=op.f("fk_data_cycle_reminder_owner_person")),
        sa.PrimaryKeyConstraint(
            "cycle_id", "step", "occasion", "owner", "due", name=op.f("pk_data_cycle_reminder")
        ),
    )


def downgrade() -> None:
    op.drop_table("data_cycle_reminder")
    op.drop_table("data_cycle_step")
    op.drop_table("data_cycle")
    op.drop_table("indicator_passport_change")
    op.drop_table("indicator_passport")
