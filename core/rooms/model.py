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


class ReadMarkRow(Base):
    """Up to which message a person has read a room. It decides about notices, presence does not."""

    __tablename__ = "read_mark"

    room_id: Mapped[str] = mapped_column(ForeignKey("room.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(Counter)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
