"""Rooms to talk in: the room of a territory, signs under messages, slow mode."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("room", sa.Column("slow_mode_s", sa.Integer(), server_default="0", nullable=False))
    op.create_table(
        "territory_room",
        sa.Column("territory_id", sa.String(length=32), nullable=False),
        sa.Column("room_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["room_id"], ["room.id"], name=op.f("fk_territory_room_room_id_room")
        ),
        sa.ForeignKeyConstraint(
            ["territory_id"], ["territory.id"], name=op.f("fk_territory_room_territory_id_territory")
        ),
        sa.PrimaryKeyConstraint("territory_id", name=op.f("pk_territory_room")),
        sa.UniqueConstraint("room_id", name=op.f("uq_territory_room_room_id")),
    )
    op.create_table(
        "reaction",
        sa.Column("room_id", sa.String(length=32), nullable=False),
        sa.Column("seq", _COUNTER, autoincrement=False, nullable=False),
        sa.Column("reaction", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_reaction_person_id_person")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_reaction_room_id_room")),
        sa.PrimaryKeyConstraint("room_id", "seq", "reaction", "person_id", name=op.f("pk_reaction")),
    )
    op.create_table(
        "turn",
        sa.Column("room_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("spoke_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_turn_person_id_person")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_turn_room_id_room")),
        sa.PrimaryKeyConstraint("room_id", "person_id", name=op.f("pk_turn")),
    )
    op.create_index(op.f("ix_outbox_recorded_at"), "outbox", ["recorded_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_outbox_recorded_at"), table_name="outbox")
    op.drop_table("turn")
    op.drop_table("reaction")
    op.drop_table("territory_room")
    # Not as a batch: that copies the table and drops the old one, which rows of other tables point to.
    op.drop_column("room", "slow_mode_s")
