"""Who writes, in which chat, and where the talk stands: read in one view before an update is worked on."""

from dataclasses import dataclass

from core.chats import Chat, Dialogue, chat, chat_by_native, dialogue, open_chat, save_dialogue
from core.identity import Viewer, identities_of, mark_reachable, person_by_identity, viewer_of, welcome
from core.shared.ids import ChatId, PersonId
from core.shared.language import Language
from core.store import Database, Reading, UnitOfWork, settle_update
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


async def meet(database: Database, carrier: Carrier, account: Account) -> Meeting:
    """The person behind the account, made at the first contact."""
    met = await database.read_async(_known, carrier=carrier, subject=account.subject)
    if met is None or met.chat.person_id != met.viewer.person_id:
        await database.run_async(_greet, carrier=carrier, account=account)
        met = await database.read_async(_known, carrier=carrier, subject=account.subject)
    if met is None:
        raise LookupError(f"an account of {carrier} was greeted and not found")
    if not met.reachable:
        await database.run_async(mark_reachable, provider=carrier.value, subject=account.subject)
    return met


async def meet_in_browser(database: Database, chat_id: ChatId) -> Meeting:
    """The person whose web chat this is; the hub has signed them in. Raises: UnknownChat."""
    return await database.read_async(_in_browser, chat_id=chat_id)


def part(uow: UnitOfWork, *, row: int, chat_id: ChatId | None, dialogue_now: Dialogue | None) -> None:
    """Settle the update together with where it left the dialogue."""
    if chat_id is not None and dialogue_now is not None:
        save_dialogue(uow, chat_id=chat_id, state=dialogue_now.state, data=dialogue_now.data)
    settle_update(uow, row=row)


def _known(reading: Reading, *, carrier: Carrier, subject: str) -> Meeting | None:
    found = chat_by_native(reading, carrier=carrier, native_id=subject)
    person = person_by_identity(reading, provider=carrier, subject=subject)
    if found is None or person is None:
        return None
    mine = [one for one in identities_of(reading, person_id=person.id) if one.provider == carrier]
    return Meeting(
        viewer=viewer_of(reading, person_id=person.id),
        chat=found,
        dialogue=dialogue(reading, chat_id=found.id),
        reachable=all(one.reachable for one in mine if one.subject == subject),
    )


def _in_browser(reading: Reading, *, chat_id: ChatId) -> Meeting:
    found = chat(reading, chat_id=chat_id)
    return Meeting(
        viewer=viewer_of(reading, person_id=PersonId(found.person_id)),
        chat=found,
        dialogue=dialogue(reading, chat_id=chat_id),
    )


def _greet(uow: UnitOfWork, *, carrier: Carrier, account: Account) -> None:
    person = welcome(
        uow,
        provider=carrier,
        subject=account.subject,
        display_name=account.display_name,
        language=account.language,
    )
    open_chat(uow, carrier=carrier, native_id=account.subject, person_id=person.id)
