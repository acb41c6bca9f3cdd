"""What a connection may do to the core: each is one transaction, acknowledged after its commit."""

from dataclasses import dataclass
from typing import assert_never

from core.chats import UnknownChat, chat_of_stream, press_in_web_chat, write_in_web_chat
from core.contact import UnknownConversation, speak
from core.identity import SignInNeeded, Viewer
from core.rooms import (
    UnknownRoom,
    delete_message,
    edit_message,
    put_sign,
    room_for,
    room_of,
    stream_of,
    take_sign_back,
)
from core.rooms import mark_read as mark_room_read
from core.shared.ids import PersonId, RoomId
from core.store import StreamEvent, UnitOfWork, head
from realtime.doors import enter
from realtime.protocol import Delete, Edit, NoSuchStream, Press, React, Read, Send, WrongStream


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Where in which stream a message now stands. ``for_bots``: it waits in the inbox of the bots."""

    stream: str
    epoch: int
    seq: int
    duplicate: bool
    for_bots: bool = False


def said(event: StreamEvent, *, for_bots: bool = False) -> Said:
    """Where the event stands."""
    return Said(
        stream=event.stream,
        epoch=event.epoch,
        seq=event.seq,
        duplicate=event.duplicate,
        for_bots=for_bots,
    )


def send(uow: UnitOfWork, *, viewer: Viewer, message: Send) -> Said:
    """Say something in a chat or in a conversation; the same client id is the same message.

    Other rooms are written to in groups (realtime.writer). Raises: NoSuchStream, WrongStream,
    SignInNeeded and the refusals of the core (ConsentNeeded, AlreadyResolved, Empty, TooLong).
    """
    person_id = _speaker(viewer)
    room_id = room_of(message.stream)
    if room_id is not None:
        return _send_to_conversation(
            uow, viewer=viewer, person_id=person_id, room_id=room_id, message=message
        )
    chat_id = chat_of_stream(message.stream)
    if chat_id is None:
        raise WrongStream
    try:
        event = write_in_web_chat(
            uow, chat_id=chat_id, person_id=person_id, client_id=message.client_id, text=message.text
        )
    except UnknownChat as hidden:
        raise NoSuchStream from hidden
    return said(event, for_bots=True)


def press(uow: UnitOfWork, *, viewer: Viewer, message: Press) -> None:
    """Press a button in one's own chat; what it does, the bot decides.

    Raises: NoSuchStream, WrongStream, SignInNeeded.
    """
    person_id = _speaker(viewer)
    chat_id = chat_of_stream(message.stream)
    if chat_id is None:
        raise WrongStream
    try:
        press_in_web_chat(
            uow,
            chat_id=chat_id,
            person_id=person_id,
            client_id=message.client_id,
            of=message.of,
            data=message.data,
        )
    except UnknownChat as hidden:
        raise NoSuchStream from hidden


def mark_read(uow: UnitOfWork, *, viewer: Viewer, message: Read) -> None:
    """Remember how far the person has read a room. In a chat with the bot nothing depends on it.

    Raises: NoSuchStream, WrongStream, SignInNeeded.
    """
    person_id = _speaker(viewer)
    room_id, chat_id = room_of(message.stream), chat_of_stream(message.stream)
    if room_id is not None:
        _enter_room(uow, viewer, room_id)
        mark_room_read(uow, room_id=room_id, person_id=person_id, seq=message.seq)
    elif chat_id is not None:
        enter(uow, viewer=viewer, stream=message.stream)
    else:
        raise WrongStream


def change(uow: UnitOfWork, *, viewer: Viewer, message: Edit | Delete | React) -> None:
    """Change, delete or sign a message of a room; the same again changes nothing.

    Raises: NoSuchStream, WrongStream, SignInNeeded and the refusals of core.rooms (NotYours, UnknownMessage,
    TooLateToChange, UnknownReaction, ConsentNeeded, Empty, TooLong).
    """
    person_id, room_id = _speaker(viewer), room_of(message.stream)
    if room_id is None:
        raise WrongStream
    try:
        match message:
            case Edit():
                edit_message(uow, person_id=person_id, room_id=room_id, seq=message.of, text=message.text)
            case Delete():
                delete_message(uow, person_id=person_id, room_id=room_id, seq=message.of)
            case React():
                sign = put_sign if message.on else take_sign_back
                sign(uow, person_id=person_id, room_id=room_id, seq=message.of, reaction=message.reaction)
            case _:
                assert_never(message)
    except UnknownRoom as hidden:
        raise NoSuchStream from hidden


def _send_to_conversation(
    uow: UnitOfWork, *, viewer: Viewer, person_id: PersonId, room_id: RoomId, message: Send
) -> Said:
    """The direct line must know who answers whom, so a conversation is not written to in groups."""
    _enter_room(uow, viewer, room_id)
    try:
        sent = speak(
            uow, person_id=person_id, room_id=room_id, text=message.text, client_id=message.client_id
        )
    except UnknownConversation as hidden:
        raise NoSuchStream from hidden
    # After a conversation was resolved its citizen's next message opens another one, in its own room.
    stream = stream_of(sent.room_id)
    epoch = head(uow, stream=stream).epoch
    return Said(stream=stream, epoch=epoch, seq=sent.seq, duplicate=sent.duplicate)


def _enter_room(uow: UnitOfWork, viewer: Viewer, room_id: RoomId) -> None:
    try:
        room_for(uow, viewer=viewer, room_id=room_id)
    except UnknownRoom as hidden:
        raise NoSuchStream from hidden


def _speaker(viewer: Viewer) -> PersonId:
    if viewer.person_id is None:
        raise SignInNeeded
    return viewer.person_id
