"""Use cases of indicators: the catalogue, one release an import, targets, forecasts."""

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import insert, select

from core.identity import Action, require_right
from core.indicators.doubts import DoubtfulValue
from core.indicators.errors import EmptyRelease, UnknownIndicator, UnknownRelease
from core.indicators.events import ForecastPublished, ReleaseRecorded
from core.indicators.forecasts import Forecast
from core.indicators.holding import checked_reason, hold, supersede
from core.indicators.model import (
    ForecastRow,
    IndicatorRow,
    ObservationRow,
    PassportChangeRow,
    ReleaseRow,
    TargetRow,
)
from core.indicators.queries import as_release, current_values
from core.indicators.rules import Indicator, NewValue, RecordedRelease, Release, Target
from core.jobs import add_job
from core.shared.errors import checked_text
from core.shared.ids import PersonId, TerritoryId, new_id
from core.store import UnitOfWork

FORECAST_RELEASE = "forecast_release"
"""Kind of the job that forecasts what a release has changed and evaluates the alerts."""

Key = tuple[str, str, str]
"""Territory, indicator, period."""

TITLE_LIMIT = 200
# SQLite takes 32,766 parameters a statement; an observation has six.
_CHUNK = 1000


def register_indicators(uow: UnitOfWork, *, indicators: Sequence[Indicator]) -> None:
    """Put indicators into the catalogue, or bring those of the same code up to date."""
    decided = set(
        uow.session.execute(
            select(PassportChangeRow.indicator).where(PassportChangeRow.field == "access_level")
        ).scalars()
    )
    for position, indicator in enumerate(indicators, start=1):
        values = asdict(indicator) | {"position": position}
        statement = uow.insert(IndicatorRow).values(**values)
        if indicator.code in decided:
            # Whoever answers for the indicator has set its level; the next start must not open it again.
            del values["access_level"]
        uow.session.execute(statement.on_conflict_do_update(index_elements=["code"], set_=values))


def set_target(
    uow: UnitOfWork, *, indicator: str, territory_id: TerritoryId, target: Target, set_by: PersonId | None
) -> None:
    """Set what is to be reached by a period; setting it again replaces it.

    set_by: None is the operator of the instance. Raises: UnknownIndicator, Forbidden.
    """
    if uow.session.get(IndicatorRow, indicator) is None:
        raise UnknownIndicator(indicator=indicator)
    if set_by is not None:
        require_right(uow, person_id=set_by, action=Action.LOAD_DATA, territory_id=territory_id)
    key = {"territory_id": territory_id, "indicator": indicator, "period": target.period}
    values = {"value": target.value, "op": target.op, "set_at": uow.now}
    statement = uow.insert(TargetRow).values(**key, **values)
    uow.session.execute(statement.on_conflict_do_update(index_elements=list(key), set_=values))
    uow.audit("target_set", actor=set_by, subject=f"indicator:{indicator}:{target.period}")


def record_release(
    uow: UnitOfWork,
    *,
    source: str,
    digest: str,
    title: str,
    values: Sequence[NewValue],
    recorded_by: PersonId | None,
    rejected: int = 0,
    doubtful: Sequence[DoubtfulValue] = (),
    accept_doubtful: str | None = None,
) -> RecordedRelease:
    """Record one import as one vintage, whole or not at all.

    source and digest (SHA-256 of the file) make it one: the same file again changes nothing.
    recorded_by: None is the operator of the instance, who needs no role.
    doubtful: values that are held until somebody decides; with a reason in `accept_doubtful` they are taken.
    Raises: EmptyRelease; Forbidden if a value lies in a territory where the person may not load data.
    """
    spoken = [*values, *(one.new for one in doubtful)]
    if not spoken:
        raise EmptyRelease
    why = "" if accept_doubtful is None else checked_reason(accept_doubtful)
    for territory_id in sorted({value.territory_id for value in spoken}):
        if recorded_by is not None:
            require_right(uow, person_id=recorded_by, action=Action.LOAD_DATA, territory_id=territory_id)
    release, first = add_release(
        uow,
        source=source,
        digest=digest,
        title=title,
        values=spoken if why else values,
        recorded_by=recorded_by,
        rejected=rejected,
        jumps=len(doubtful),
    )
    if first:
        supersede(uow, values=spoken, vintage=release.vintage)
        hold(uow, doubtful=doubtful, vintage=release.vintage, accepted_by=recorded_by, why=why)
        tell_of_release(uow, release, spoken)
    return RecordedRelease(release=release, already=not first)


def add_release(
    uow: UnitOfWork,
    *,
    source: str,
    digest: str,
    title: str,
    values: Sequence[NewValue],
    recorded_by: PersonId | None,
    rejected: int = 0,
    jumps: int = 0,
) -> tuple[Release, bool]:
    """Add a release with its values; whether it is new. For commands that have asked for the right."""
    known = _known(uow, values)
    same = (ReleaseRow.source == source, ReleaseRow.digest == digest)
    row = {
        "id": new_id(),
        "source": source,
        "digest": digest,
        "title": checked_text(title[:TITLE_LIMIT], limit=TITLE_LIMIT),
        "recorded_at": uow.now,
        "recorded_by": recorded_by,
        "rejected": rejected,
        "jumps": jumps,
        **_counts(values, known),
    }
    # The unique pair, not a SELECT, decides: two people may load one file in the same second.
    first = uow.insert_new(ReleaseRow, row, conflict=("source", "digest"))
    release = as_release(uow.session.execute(select(ReleaseRow).where(*same)).scalar_one())
    if first:
        _store(uow, values, known, release.vintage)
        uow.audit("release_recorded", actor=recorded_by, subject=f"release:{release.id}", digest=digest)
    return release, first


def store_forecast(
    uow: UnitOfWork, *, indicator: str, territory_id: TerritoryId, vintage: int, forecast: Forecast
) -> bool:
    """Keep a forecast made from the data of a vintage; False if it is there already.

    Doors call ``core.alerts.publish_forecast``, which evaluates the alerts in the same commit.
    Raises: UnknownRelease.
    """
    if uow.session.get(ReleaseRow, vintage) is None:
        raise UnknownRelease
    values = {
        "territory_id": territory_id,
        "indicator": indicator,
        "vintage": vintage,
        "procedure": forecast.procedure,
        "body": forecast.to_json(),
        "made_at": uow.now,
    }
    if not uow.insert_new(
        ForecastRow, values, conflict=("territory_id", "indicator", "vintage", "procedure")
    ):
        return False
    uow.record(ForecastPublished(indicator=indicator, territory_id=territory_id, vintage=vintage))
    return True


def _counts(values: Sequence[NewValue], known: dict[Key, float]) -> dict[str, int]:
    new = sum(_key(value) not in known for value in values)
    unchanged = sum(known.get(_key(value)) == value.value for value in values)
    return {"new": new, "unchanged": unchanged, "revised": len(values) - new - unchanged}


def _store(uow: UnitOfWork, values: Sequence[NewValue], known: dict[Key, float], vintage: int) -> None:
    """A value that only repeats what is known gets no row: a vintage holds what it has changed."""
    rows = [
        {
            "territory_id": value.territory_id,
            "indicator": value.indicator,
            "period": str(value.period),
            "vintage": vintage,
            "value": value.value,
            "source": value.source,
        }
        for value in values
        if known.get(_key(value)) != value.value
    ]
    for start in range(0, len(rows), _CHUNK):
        uow.session.execute(insert(ObservationRow), rows[start : start + _CHUNK])


def tell_of_release(uow: UnitOfWork, release: Release, values: Sequence[NewValue]) -> None:
    """Let the rest of the system know, and have the changed series forecast and judged."""
    territories = sorted({str(value.territory_id) for value in values})
    uow.record(ReleaseRecorded(release_id=release.id, vintage=release.vintage, territory_ids=territories))
    add_job(uow, key=f"forecast:{release.id}", kind=FORECAST_RELEASE, arguments={"release_id": release.id})


def _known(uow: UnitOfWork, values: Sequence[NewValue]) -> dict[Key, float]:
    return current_values(
        uow,
        territory_ids={value.territory_id for value in values},
        indicators={value.indicator for value in values},
    )


def _key(value: NewValue) -> Key:
    return value.territory_id, value.indicator, str(value.period)
