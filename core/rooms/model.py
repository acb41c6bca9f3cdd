"""Tables of rooms. What is said in them is in their streams (core.store.streams)."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.store import Base, Counter, Id, UtcDateTime


class RoomRow(Base):
    """A place where messages are read live, inside a space that says who may."""

    __tablename__ = "room"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    space_id: Mapped[str] = mapped_column(ForeignKey("space.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Seconds that a citizen waits between two messages; 0 lets everybody speak at any time.
    slow_mode_s: Mapped[int] = mapped_column(default=0, server_default="0")


class TerritoryRoomRow(Base):
    """The room in which a territory talks. The primary key lets it have one."""

    __tablename__ = "territory_room"

    territory_id: Mapped[str] = mapped_column(ForeignKey("territory.id"), primary_key=True)
    room_id: Mapped[str] = mapped_column(ForeignKey("room.id"), unique=True)


class ReadMarkRow(Base):
    """Up to which message a person has read a room. It decides about notices, presence does not."""

    __tablename__ = "read_mark"

    room_id: Mapped[str] = mapped_column(ForeignKey("room.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(Counter)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ReactionRow(Base):
    """A sign that a person put under a message. The primary key is the rule: each sign once."""

    __tablename__ = "reaction"

    room_id: Mapped[str] = mapped_column(ForeignKey("room.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(Counter, primary_key=True, autoincrement=False)
    reaction: Mapped[str] = mapped_column(String(16), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)


class TurnRow(Base):
    """When a person last spoke in a room while slow mode was on."""

    __tablename__ = "turn"

    room_id: Mapped[str] = mapped_column(ForeignKey("room.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    spoke_at: Mapped[datetime] = mapped_column(UtcDateTime)
