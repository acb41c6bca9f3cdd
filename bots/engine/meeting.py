"""Who writes, in which chat, and where the talk stands: read in one view before an update is worked on."""

from dataclasses import dataclass

from core.chats import Chat, Dialogue, open_chat, save_dialogue, talk, talk_by_native
from core.identity import Viewer, mark_reachable, viewer_by_identity, viewer_of, welcome
from core.shared.ids import ChatId
from core.shared.language import Language
from core.store import GroupCommit, GroupRead, Reading, UnitOfWork, settle_update
from messengers import Carrier


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The messenger account that an update came from, as the messenger tells it."""

    subject: str
    display_name: str
    language: Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """A person in a chat."""

    viewer: Viewer
    chat: Chat
    dialogue: Dialogue
    reachable: bool = True


async def meet(reads: GroupRead, writes: GroupCommit, carrier: Carrier, account: Account) -> Meeting:
    """The person behind the account, made at the first contact.

    Read anew for each update: nothing about a person outlives it, so a role or a consent that was taken
    back, in whatever process, is gone at the next tap.
    """
    met = await reads.ask(_known, carrier=carrier, subject=account.subject)
    if met is None or met.chat.person_id != met.viewer.person_id:
        await writes.run(_greet, carrier=carrier, account=account)
        met = await reads.ask(_known, carrier=carrier, subject=account.subject)
    if met is None:
        raise LookupError(f"an account of {carrier} was greeted and not found")
    if not met.reachable:
        await writes.run(mark_reachable, provider=carrier.value, subject=account.subject)
    return met


async def meet_in_browser(reads: GroupRead, chat_id: ChatId) -> Meeting:
    """The person whose web chat this is; the hub has signed them in. Raises: UnknownChat."""
    return await reads.ask(_in_browser, chat_id=chat_id)


def part(uow: UnitOfWork, *, row: int, chat_id: ChatId | None, dialogue_now: Dialogue | None) -> None:
    """Settle the update together with where it left the dialogue."""
    if chat_id is not None and dialogue_now is not None:
        save_dialogue(uow, chat_id=chat_id, state=dialogue_now.state, data=dialogue_now.data)
    settle_update(uow, row=row)


def _known(reading: Reading, *, carrier: Carrier, subject: str) -> Meeting | None:
    found = talk_by_native(reading, carrier=carrier, native_id=subject)
    behind = viewer_by_identity(reading, provider=carrier, subject=subject)
    if found is None or behind is None:
        return None
    viewer, reachable = behind
    return Meeting(viewer=viewer, chat=found[0], dialogue=found[1], reachable=reachable)


def _in_browser(reading: Reading, *, chat_id: ChatId) -> Meeting:
    found, dialogue = talk(reading, chat_id=chat_id)
    viewer = viewer_of(reading, person_id=found.person_id)
    return Meeting(viewer=viewer, chat=found, dialogue=dialogue)


def _greet(uow: UnitOfWork, *, carrier: Carrier, account: Account) -> None:
    person = welcome(
        uow,
        provider=carrier,
        subject=account.subject,
        display_name=account.display_name,
        language=account.language,
    )
    open_chat(uow, carrier=carrier, native_id=account.subject, person_id=person.id)
