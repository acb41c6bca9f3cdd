"""Everything that is kept of the signed-in person, as one file."""

import json
from typing import Any

from django.http import HttpResponse

from core.contact import Conversation
from core.personal import PersonalData, personal_data
from core.store import StreamEvent
from web.dependencies import dependencies
from web.page_request import PageRequest


async def my_data(request: PageRequest) -> HttpResponse:
    """The file, for the person alone."""
    person = request.visit.person()
    kept = await dependencies().database.read_async(personal_data, person_id=person.id)
    content = json.dumps(as_json(kept), ensure_ascii=False, indent=2)
    response = HttpResponse(content, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="my-data.json"'
    response["Cache-Control"] = "no-store"
    return response


def as_json(kept: PersonalData) -> dict[str, Any]:
    """What is kept in plain values; moments in UTC."""
    return {
        "name": kept.person.display_name,
        "position": kept.person.position,
        "language": kept.person.language,
        "territory": kept.person.home_id,
        "messengers": [
            {"messenger": one.provider, "account": one.subject, "linked_at": one.linked_at.isoformat()}
            for one in kept.identities
        ],
        "consent": {"version": kept.consent.version, "given": kept.consent.given},
        "conversations": [_conversation(*one) for one in kept.conversations],
        "votes": [
            {"poll": one.question, "answer": one.option, "at": one.cast_at.isoformat(), "through": one.door}
            for one in kept.ballots
        ],
    }


def _conversation(conversation: Conversation, events: list[StreamEvent]) -> dict[str, Any]:
    return {
        "number": conversation.number,
        "status": conversation.status,
        "messages": [
            {"from": event.body.get("name"), "text": event.body.get("text"), "at": event.at.isoformat()}
            for event in events
        ],
    }
