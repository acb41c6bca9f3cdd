"""Who an alert was given to, and what people did about it."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("alert", schema=None) as batch_op:
        batch_op.add_column(sa.Column("assigned_to", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("assigned_by", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("assigned_due", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("waits_since", sa.DateTime(timezone=True), nullable=True))
        for column in ("assigned_to", "assigned_by"):
            batch_op.create_foreign_key(op.f(f"fk_alert_{column}_person"), "person", [column], ["id"])
    op.create_table(
        "alert_entry",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("alert_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        sa.Column("about_id", sa.String(length=32), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_alert_entry_alert_id_alert")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_alert_entry_person_id_person")),
        sa.ForeignKeyConstraint(["about_id"], ["person.id"], name=op.f("fk_alert_entry_about_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_entry")),
    )
    with op.batch_alter_table("alert_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_alert_entry_alert_id"), ["alert_id"], unique=False)


def downgrade() -> None:
    op.drop_table("alert_entry")
    with op.batch_alter_table("alert", schema=None) as batch_op:
        for column in ("assigned_to", "assigned_by"):
            batch_op.drop_constraint(op.f(f"fk_alert_{column}_person"), type_="foreignkey")
        for column in ("waits_since", "assigned_due", "assigned_by", "assigned_to"):
            batch_op.drop_column(column)
