"""What a proposal would change, by a run of the model."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "effect_card",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("territory_id", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("model", sa.String(length=64), nullable=False),
        sa.Column("scenario", sa.String(length=64), nullable=False),
        sa.Column("vintage", COUNTER, nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("attached_by", sa.String(length=32), nullable=False),
        sa.Column("attached_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["attached_by"], ["person.id"], name=op.f("fk_effect_card_attached_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_effect_card_conversation_id_conversation")
        ),
        sa.ForeignKeyConstraint(
            ["territory_id"], ["territory.id"], name=op.f("fk_effect_card_territory_id_territory")
        ),
        sa.ForeignKeyConstraint(
            ["vintage"], ["release.vintage"], name=op.f("fk_effect_card_vintage_release")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_effect_card")),
        sa.UniqueConstraint("conversation_id", "digest", name=op.f("uq_effect_card_conversation_id_digest")),
    )
    op.create_table(
        "indicator_effect",
        sa.Column("card_id", sa.String(length=32), nullable=False),
        sa.Column("indicator", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("low", sa.Double(), nullable=False),
        sa.Column("median", sa.Double(), nullable=False),
        sa.Column("high", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["card_id"], ["effect_card.id"], name=op.f("fk_indicator_effect_card_id_effect_card")
        ),
        sa.ForeignKeyConstraint(
            ["indicator"], ["indicator.code"], name=op.f("fk_indicator_effect_indicator_indicator")
        ),
        sa.PrimaryKeyConstraint("card_id", "indicator", name=op.f("pk_indicator_effect")),
    )
    op.create_index("ix_indicator_effect_indicator", "indicator_effect", ["indicator"], unique=False)


def downgrade() -> None:
    op.drop_table("indicator_effect")
    op.drop_table("effect_card")
