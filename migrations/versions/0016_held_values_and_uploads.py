"""Values that look wrong are held until somebody has decided about them; files are uploaded in the browser."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "held_value",
        sa.Column("territory_id", sa.String(length=32), nullable=False),
        sa.Column("indicator", sa.String(length=32), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("vintage", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("doubt", sa.String(length=8), nullable=False),
        sa.Column("expected", sa.Double(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column(
            "decided_vintage", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=32), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_held_value_decided_by_person")),
        sa.ForeignKeyConstraint(
            ["decided_vintage"], ["release.vintage"], name=op.f("fk_held_value_decided_vintage_release")
        ),
        sa.ForeignKeyConstraint(
            ["indicator"], ["indicator.code"], name=op.f("fk_held_value_indicator_indicator")
        ),
        sa.ForeignKeyConstraint(
            ["territory_id"], ["territory.id"], name=op.f("fk_held_value_territory_id_territory")
        ),
        sa.ForeignKeyConstraint(["vintage"], ["release.vintage"], name=op.f("fk_held_value_vintage_release")),
        sa.PrimaryKeyConstraint(
            "territory_id", "indicator", "period", "vintage", name=op.f("pk_held_value")
        ),
    )
    op.create_index("ix_held_value_state", "held_value", ["state"])
    op.create_index("ix_held_value_vintage", "held_value", ["vintage"])
    op.create_table(
        "upload",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("uploaded_by", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("report", sa.JSON(), nullable=True),
        sa.Column("refusal", sa.Text(), nullable=False),
        sa.Column("accept_reason", sa.Text(), nullable=True),
        sa.Column("release_id", sa.String(length=32), nullable=True),
        sa.Column("vintage", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_upload_release_id_release")),
        sa.ForeignKeyConstraint(["uploaded_by"], ["person.id"], name=op.f("fk_upload_uploaded_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
    )
    op.create_index("ix_upload_uploaded_by_created_at", "upload", ["uploaded_by", "created_at"])


def downgrade() -> None:
    op.drop_table("upload")
    op.drop_table("held_value")
