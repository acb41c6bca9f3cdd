"""What officials promise in public about an indicator that went wrong."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "commitment",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("alert_id", sa.String(length=32), nullable=False),
        sa.Column("indicator", sa.String(length=32), nullable=False),
        sa.Column("territory_id", sa.String(length=32), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("office", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("made_by", sa.String(length=32), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fired_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_commitment_alert_id_alert")),
        sa.ForeignKeyConstraint(
            ["indicator"], ["indicator.code"], name=op.f("fk_commitment_indicator_indicator")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_commitment_made_by_person")),
        sa.ForeignKeyConstraint(
            ["territory_id"], ["territory.id"], name=op.f("fk_commitment_territory_id_territory")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitment")),
        sa.UniqueConstraint("alert_id", name=op.f("uq_commitment_alert_id")),
    )
    op.create_index("ix_commitment_indicator_territory_id", "commitment", ["indicator", "territory_id"])
    op.create_index("ix_commitment_status_due", "commitment", ["status", "due"])


def downgrade() -> None:
    op.drop_table("commitment")
