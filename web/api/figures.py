"""Indicators, forecasts and alerts over the API."""

from typing import Annotated

from ninja import Query, Router

from core.alerts import (
    Acknowledgement,
    AlertAssigned,
    AlertCard,
    AlertNoted,
    AlertReturned,
    AlertSnoozed,
    SnoozeTerm,
    acknowledge_alert,
    alert_headline,
    assign_alert,
    note_alert,
    open_alerts,
    return_alert,
    snooze_alert,
)
from core.identity import Person, Viewer, person
from core.indicators import (
    Indicator,
    IndicatorPage,
    Passport,
    VintageNote,
    cards,
    indicator_page,
    passport,
    vintage_notes,
)
from core.shared.errors import NotFound
from core.shared.ids import AlertId, PersonId
from core.shared.language import Language
from core.store import Reading
from core.territories import territory_by_slug
from web.api.callers import ANYBODY, SIGNED_IN, ApiRequest, person_of
from web.api.once import IdempotencyKey, key_or_fresh, once
from web.api.shapes import (
    AcknowledgementOut,
    AheadOut,
    AlertIdOut,
    AlertOut,
    AssignedOut,
    AssignIn,
    BacktestOut,
    ForecastOut,
    IndicatorOut,
    PassportOut,
    PointOut,
    SeriesOut,
    SnoozedOut,
    SnoozeIn,
    TargetOut,
    TextIn,
    VintageOut,
)
from web.dependencies import dependencies
from web.indicators.passports import person_words

router = Router(tags=["indicators and alerts"])

Vintage = Annotated[int | None, Query(ge=1, le=2**31 - 1)]


@router.get("/territories/{slug}/indicators", response=list[IndicatorOut], auth=ANYBODY)
async def indicator_list(request: ApiRequest, slug: str) -> list[IndicatorOut]:
    """Indicators of a territory that the caller may see, with their last facts."""
    return await dependencies().database.read_async(
        _indicators, slug=slug, viewer=request.auth, language=request.language
    )


@router.get("/territories/{slug}/indicators/{code}", response=SeriesOut, auth=ANYBODY)
async def indicator_series(request: ApiRequest, slug: str, code: str, as_of: Vintage = None) -> SeriesOut:
    """All values of an indicator with their vintages, and its targets; `as_of` asks for a past vintage."""
    page, notes = await dependencies().database.read_async(
        _series, slug=slug, code=code, viewer=request.auth, as_of=as_of
    )
    return SeriesOut(
        indicator=code,
        territory_id=page.territory_id,
        unit=page.indicator.unit_words(request.language),
        vintage=page.vintage,
        points=[PointOut.model_validate(point, from_attributes=True) for point in page.points],
        targets=[TargetOut.model_validate(target, from_attributes=True) for target in page.targets],
        vintages=[VintageOut.model_validate(note, from_attributes=True) for note in notes],
    )


@router.get("/territories/{slug}/indicators/{code}/forecast", response=ForecastOut, auth=ANYBODY)
async def indicator_forecast(request: ApiRequest, slug: str, code: str, as_of: Vintage = None) -> ForecastOut:
    """The newest forecast, or that of a past vintage, with its bands and the error made on the past."""
    page = await dependencies().database.read_async(
        _page, slug=slug, code=code, viewer=request.auth, as_of=as_of
    )
    if page.forecast is None or page.forecast_vintage is None:
        raise NotFound
    return ForecastOut(
        indicator=code,
        territory_id=page.territory_id,
        vintage=page.forecast_vintage,
        procedure=page.forecast.procedure,
        seed=page.forecast.seed,
        redefined_in=page.forecast.redefined_in or None,
        points=[
            AheadOut(
                period=point.period,
                median=point.median,
                band_50=point.band(50),
                band_80=point.band(80),
                band_95=point.band(95),
            )
            for point in page.forecast.points
        ],
        backtest=BacktestOut.model_validate(page.forecast.backtest, from_attributes=True),
    )


@router.get("/indicators/{code}/passport", response=PassportOut, auth=ANYBODY)
async def indicator_passport(request: ApiRequest, code: str) -> PassportOut:
    """What an indicator measures, where it comes from, who answers for it and who may see it."""
    shown, known, responsible = await dependencies().database.read_async(
        _passport, code=code, viewer=request.auth
    )
    return PassportOut(
        code=shown.code,
        rubric=shown.rubric,
        title=shown.title(request.language),
        unit=shown.unit_words(request.language),
        okei=known.okei,
        frequency=shown.frequency,
        good=shown.good,
        decimals=shown.decimals,
        method=known.method,
        source=known.source,
        responsible_name=person_words(responsible),
        lag_days=known.lag_days,
        redefined_in=known.redefined_in,
        access_level=shown.access_level,
    )


@router.get("/alerts", response=list[AlertOut], auth=SIGNED_IN)
async def alert_list(request: ApiRequest) -> list[AlertOut]:
    """Firing alerts that the caller may handle: untaken first, critical first, then the oldest."""
    found = await dependencies().database.read_async(open_alerts, viewer=request.auth)
    return [_alert(card, request.language) for card in found]


@router.post("/alerts/{alert_id}/acknowledge", response=AcknowledgementOut, auth=SIGNED_IN)
async def alert_acknowledge(
    request: ApiRequest, alert_id: str, idempotency_key: IdempotencyKey = None
) -> AcknowledgementOut:
    """Take an alert upon oneself. The first one has it; a later one is told who and when."""
    taken = await once(
        request,
        key_or_fresh(idempotency_key),
        command=acknowledge_alert,
        returns=Acknowledgement,
        alert_id=AlertId(alert_id),
        person_id=person_of(request),
    )
    return AcknowledgementOut.model_validate(taken, from_attributes=True)


@router.post("/alerts/{alert_id}/snooze", response=SnoozedOut, auth=SIGNED_IN)
async def alert_snooze(
    request: ApiRequest, alert_id: str, body: SnoozeIn, idempotency_key: IdempotencyKey = None
) -> SnoozedOut:
    """Put an alert off for an hour, till nine in the morning, till Monday, or till a day within a month."""
    snoozed = await once(
        request,
        key_or_fresh(idempotency_key),
        command=snooze_alert,
        returns=AlertSnoozed,
        alert_id=AlertId(alert_id),
        person_id=person_of(request),
        term=SnoozeTerm(body.term),
        day=body.day,
    )
    return SnoozedOut(alert_id=snoozed.alert_id, until=snoozed.until)


@router.post("/alerts/{alert_id}/assign", response=AssignedOut, auth=SIGNED_IN)
async def alert_assign(
    request: ApiRequest, alert_id: str, body: AssignIn, idempotency_key: IdempotencyKey = None
) -> AssignedOut:
    """Give an alert to somebody who handles alerts there, till the end of a day."""
    given = await once(
        request,
        key_or_fresh(idempotency_key),
        command=assign_alert,
        returns=AlertAssigned,
        alert_id=AlertId(alert_id),
        person_id=person_of(request),
        assignee_id=PersonId(body.assignee_id),
        due=body.due,
        comment=body.comment,
    )
    return AssignedOut(alert_id=given.alert_id, assignee_id=given.assignee_id)


@router.post("/alerts/{alert_id}/return", response=AlertIdOut, auth=SIGNED_IN)
async def alert_return(
    request: ApiRequest, alert_id: str, body: TextIn, idempotency_key: IdempotencyKey = None
) -> AlertIdOut:
    """Give an alert back that was given to the caller; the text says why."""
    back = await once(
        request,
        key_or_fresh(idempotency_key),
        command=return_alert,
        returns=AlertReturned,
        alert_id=AlertId(alert_id),
        person_id=person_of(request),
        reason=body.text,
    )
    return AlertIdOut(alert_id=back.alert_id)


@router.post("/alerts/{alert_id}/notes", response=AlertIdOut, auth=SIGNED_IN)
async def alert_note(
    request: ApiRequest, alert_id: str, body: TextIn, idempotency_key: IdempotencyKey = None
) -> AlertIdOut:
    """Add a note for those who handle the alert; citizens do not see it."""
    noted = await once(
        request,
        key_or_fresh(idempotency_key),
        command=note_alert,
        returns=AlertNoted,
        alert_id=AlertId(alert_id),
        person_id=person_of(request),
        text=body.text,
    )
    return AlertIdOut(alert_id=noted.alert_id)


def _indicators(reading: Reading, *, slug: str, viewer: Viewer, language: Language) -> list[IndicatorOut]:
    territory = territory_by_slug(reading, slug=slug)
    return [
        IndicatorOut(
            code=card.indicator.code,
            rubric=card.indicator.rubric,
            title=card.indicator.title(language),
            unit=card.indicator.unit_words(language),
            frequency=card.indicator.frequency,
            good=card.indicator.good,
            decimals=card.indicator.decimals,
            last=None if card.last is None else PointOut.model_validate(card.last, from_attributes=True),
            change=card.change,
            verdict=card.verdict,
        )
        for card in cards(reading, viewer=viewer, territory_id=territory.id)
    ]


def _page(
    reading: Reading, *, slug: str, code: str, viewer: Viewer, as_of: int | None = None
) -> IndicatorPage:
    territory = territory_by_slug(reading, slug=slug)
    return indicator_page(reading, viewer=viewer, code=code, territory_id=territory.id, as_of=as_of)


def _series(
    reading: Reading, *, slug: str, code: str, viewer: Viewer, as_of: int | None
) -> tuple[IndicatorPage, list[VintageNote]]:
    page = _page(reading, slug=slug, code=code, viewer=viewer, as_of=as_of)
    return page, vintage_notes(reading, indicator=code, territory_id=page.territory_id)


def _passport(reading: Reading, *, code: str, viewer: Viewer) -> tuple[Indicator, Passport, Person | None]:
    shown, known = passport(reading, viewer=viewer, code=code)
    return shown, known, None if known.responsible is None else person(reading, person_id=known.responsible)


def _alert(card: AlertCard, language: Language) -> AlertOut:
    alert = card.alert
    return AlertOut(
        id=alert.id,
        indicator=alert.rule.indicator,
        territory_id=alert.territory_id,
        state=alert.state,
        severity=alert.rule.severity,
        period=alert.period,
        value=alert.value,
        threshold=alert.rule.threshold,
        vintage=alert.vintage,
        fired_at=alert.fired_at,
        acknowledged_by=alert.acknowledged_by,
        acknowledged_by_name=card.acknowledged_by_name,
        acknowledged_at=alert.acknowledged_at,
        assigned_to=alert.assigned_to,
        assigned_to_name=card.assigned_to_name,
        assigned_due=alert.assigned_due,
        snoozed_until=alert.snoozed_until,
        headline=alert_headline(language, card).split(" ", 1)[-1],
    )
