"""Passports at the console: what is filled in, the form of one, its history, and its named list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.http import HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from core.identity import Person, Viewer, people, staff
from core.indicators import (
    AccessLevel,
    Indicator,
    Passport,
    PassportChange,
    all_passports,
    keeps_passport,
    name_reader,
    passport,
    passport_changes,
    readers_of,
    strike_reader,
    write_passport,
)
from core.shared.errors import DomainError, Forbidden, Invalid
from core.shared.ids import PersonId
from core.store import Reading
from core.territories import reference_items
from web.console.desk import Desk
from web.console.frame import Opened, open_desk, show_desk
from web.console.roles import role_words
from web.dependencies import dependencies
from web.indicators.passports import lag_words, level_words, person_words
from web.page_request import PageRequest
from web.sessions import go

FOUND_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPassport:
    """A passport for whoever keeps it."""

    indicator: Indicator
    passport: Passport
    changes: list[PassportChange]
    staff: list[Viewer]
    readers: list[Person]
    named: Mapping[PersonId, Person]


def open_passport(reading: Reading, desk: Desk, code: str) -> OpenPassport:
    """All of it. Raises: UnknownIndicator, Forbidden for whoever does not keep it."""
    if not keeps_passport(reading, viewer=desk.viewer, code=code):
        raise Forbidden
    found, known = passport(reading, viewer=desk.viewer, code=code)
    changes = passport_changes(reading, viewer=desk.viewer, code=code)
    on_list = readers_of(reading, indicator=code) or set()
    mentioned = {
        PersonId(text)
        for one in changes
        if one.field in {"reader", "responsible"}
        for text in (one.before, one.after)
        if text
    }
    authors = {one.changed_by for one in changes if one.changed_by is not None}
    named = people(reading, person_ids=list(mentioned | authors | on_list))
    return OpenPassport(
        indicator=found,
        passport=known,
        changes=changes,
        staff=staff(reading),
        readers=sorted((named[one] for one in on_list), key=lambda one: one.display_name),
        named=named,
    )


async def passports(request: PageRequest) -> HttpResponse:
    """The indicators by rubric: who answers for each, and what is not filled in."""

    def shelves(reading: Reading, desk: Desk) -> list[tuple[str, list[tuple[Indicator, Passport]]]]:
        known = all_passports(reading, viewer=desk.viewer)
        rubrics = reference_items(reading, taxonomy="rubric")
        on_shelf = [
            (one.title(request.language), [pair for pair in known if pair[0].rubric == one.code])
            for one in rubrics
        ]
        return [(title, pairs) for title, pairs in on_shelf if pairs]

    opened = await open_desk(request, "data", shelves)
    return show_desk(
        request,
        opened,
        "data/passports.html",
        title=gettext("Passports of indicators"),
        current="passports",
        shelves=[
            (title, [(one.code, one.title(request.language), _lacking(known)) for one, known in pairs])
            for title, pairs in opened.item
        ],
    )


async def _passport(request: PageRequest, code: str) -> HttpResponse:
    """The form; sent, it is written."""
    if request.method != "POST":
        return await _shown(request, code)
    try:
        await dependencies().database.run_async(
            write_passport, code=code, passport=_sent(request), written_by=request.visit.person().id
        )
    except Invalid as refusal:
        return await _shown(request, code, refusal)
    return go(f"/console/data/passports/{code}?written=1")


async def _readers(request: PageRequest, code: str) -> HttpResponse:
    """Somebody comes on the list or goes off it."""
    what, _, chosen = str(request.POST.get("do", "")).partition(":")
    run, mine, person_id = dependencies().database.run_async, request.visit.person().id, PersonId(chosen)
    try:
        if what == "name":
            await run(name_reader, code=code, person_id=person_id, named_by=mine)
        elif what == "strike":
            await run(strike_reader, code=code, person_id=person_id, struck_by=mine)
        else:
            raise Invalid
    except Invalid as refusal:
        return await _shown(request, code, refusal)
    return go(f"/console/data/passports/{code}#readers")


async def _shown(request: PageRequest, code: str, refusal: DomainError | None = None) -> HttpResponse:
    opened: Opened[OpenPassport] = await open_desk(
        request, None, lambda reading, desk: open_passport(reading, desk, code), beside="data"
    )
    one, asked = opened.item, str(request.GET.get("q", ""))[:100]
    on_list = {reader.id for reader in one.readers}
    sent = request.POST if request.method == "POST" and "method" in request.POST else None
    return show_desk(
        request,
        opened,
        "data/passport.html",
        title=one.indicator.title(request.language),
        current="passports",
        code=code,
        known=one.passport if sent is None else _typed(request, one.passport),
        lag=sent.get("lag_days", "") if sent is not None else one.passport.lag_days,
        levels=[(level.value, level_words(level)) for level in AccessLevel],
        candidates=[(member.person_id, member_words(member)) for member in one.staff],
        restricted=one.indicator.access_level is AccessLevel.RESTRICTED,
        readers=[
            (reader.id, person_words(reader), reader.id == one.passport.responsible) for reader in one.readers
        ],
        asked=asked,
        found=[
            (member.person_id, member_words(member), member.person_id in on_list)
            for member in found_by(one.staff, asked)
        ],
        changes=[(change, _change_words(change, one)) for change in one.changes],
        written=bool(request.GET.get("written")),
        error="" if refusal is None else refusal.sentence(request.language),
        status=200 if refusal is None else 409,
    )


def found_by(members: Sequence[Viewer], text: str, *, limit: int = FOUND_SHOWN) -> list[Viewer]:
    """Those whose name, post or role has all the words, in any case, е standing for ё.

    In Python and not in SQL: lower() of SQLite knows no Cyrillic, and an authority has hundreds of people.
    """
    words = _folded(text).split()
    if not words:
        return []
    found = [one for one in members if all(word in _folded(member_words(one)) for word in words)]
    return found[:limit]


def _folded(text: str) -> str:
    return text.casefold().replace("ё", "е")


def member_words(member: Viewer) -> str:
    """A person with their post and roles, as they are chosen and found."""
    roles = ", ".join(dict.fromkeys(role_words(grant.role) for grant in member.grants))
    return f"{person_words(member.person)} ({roles})"


def _lacking(known: Passport) -> list[str]:
    """What of a passport nobody has filled in."""
    fields = {
        gettext("method"): known.method,
        gettext("source"): known.source,
        gettext("responsible"): known.responsible,
        gettext("term of publication"): known.lag_days is not None,
    }
    return [name for name, value in fields.items() if not value]


def _sent(request: PageRequest) -> Passport:
    """The passport as it was typed. Raises: Invalid."""
    sent = request.POST
    lag = str(sent.get("lag_days", "")).strip()
    if lag and not (lag.isdecimal() and len(lag) < 5):
        raise Invalid
    try:
        level = AccessLevel(str(sent.get("access_level", "")))
    except ValueError as wrong:
        raise Invalid from wrong
    return Passport(
        okei=str(sent.get("okei", "")).strip(),
        method=str(sent.get("method", "")),
        source=str(sent.get("source", "")),
        responsible=PersonId(str(sent.get("responsible", ""))) if sent.get("responsible") else None,
        lag_days=int(lag) if lag else None,
        redefined_in=str(sent.get("redefined_in", "")).strip()[:8],
        access_level=level,
    )


def _typed(request: PageRequest, known: Passport) -> Passport:
    """What was typed and refused, so that nobody has to type it again."""
    names = ("okei", "method", "source", "redefined_in")
    okei, method, source, redefined_in = (str(request.POST.get(name, "")) for name in names)
    return replace(known, okei=okei, method=method, source=source, redefined_in=redefined_in)


def _change_words(change: PassportChange, one: OpenPassport) -> str:
    if change.field == "reader":
        person_id = PersonId(change.after or change.before)
        name = person_words(one.named.get(person_id))
        return (gettext("on the list: %(name)s") if change.after else gettext("off the list: %(name)s")) % {
            "name": name
        }
    return gettext("%(field)s: %(before)s → %(after)s") % {
        "field": _field_words(change.field),
        "before": _value_words(change.field, change.before, one) or "—",
        "after": _value_words(change.field, change.after, one) or "—",
    }


def _field_words(field: str) -> str:
    return {
        "okei": gettext("OKEI"),
        "method": gettext("method"),
        "source": gettext("source"),
        "responsible": gettext("responsible"),
        "lag_days": gettext("term of publication"),
        "redefined_in": gettext("new definition since"),
        "access_level": gettext("access"),
    }[field]


def _value_words(field: str, text: str, one: OpenPassport) -> str:
    if not text:
        return ""
    if field == "responsible":
        return person_words(one.named.get(PersonId(text)))
    if field == "access_level":
        return level_words(AccessLevel(text))
    return lag_words(int(text)) if field == "lag_days" else text


passport_page = require_http_methods(["GET", "HEAD", "POST"])(_passport)
readers = require_POST(_readers)
