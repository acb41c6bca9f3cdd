"""What the API says and takes. Field names are those of the glossary; times are ISO 8601 in UTC."""

from datetime import date, datetime
from typing import Any, Literal

from ninja import Schema


class Problem(Schema):
    """A refusal: a stable code for programs, a sentence for people."""

    code: str
    message: str


class Grant(Schema):
    """A role in a territory and below it."""

    role: str
    territory_id: str
    service: str | None


class Me(Schema):
    """The caller."""

    id: str
    display_name: str
    position: str
    assurance: str
    language: str
    home_id: str | None
    grants: list[Grant]


class TerritoryOut(Schema):
    """A territory. ``slug`` is its address on the site."""

    id: str
    kind: str
    parent_id: str | None
    oktmo: str
    slug: str
    name: str
    time_zone: str
    synthetic: bool


class OptionOut(Schema):
    """An answer of a poll with its votes."""

    id: str
    text: str
    votes: int


class PollOut(Schema):
    """A poll with its tally. ``my_option_id`` is for the caller's own eyes."""

    id: str
    territory_id: str
    question: str
    details: str
    options: list[OptionOut]
    total: int
    opened_at: datetime
    closes_at: datetime
    takes_votes: bool
    my_option_id: str | None


class PollIn(Schema):
    """A new poll. From two to ten options."""

    territory_id: str
    question: str
    options: list[str]
    closes_at: datetime
    details: str = ""


class BallotIn(Schema):
    """A vote."""

    option_id: str


class ReceiptOut(Schema):
    """What a voter is told. ``previous`` is the answer that this vote replaced."""

    poll_id: str
    option_id: str
    previous: str | None
    cast_at: datetime


class ConversationOut(Schema):
    """A conversation of the direct line; its words are the stream."""

    id: str
    number: str
    territory_id: str
    citizen_id: str
    status: str
    opened_at: datetime
    last_at: datetime
    waiting_since: datetime | None
    stream: str


class CardOut(ConversationOut):
    """A conversation in the queue of those who answer."""

    citizen_name: str
    last_text: str
    last_side: str
    unread: int


class FirstMessageIn(Schema):
    """A message to the authority of a territory; one's home if none is named."""

    text: str
    territory_id: str | None = None


class TextIn(Schema):
    """A text."""

    text: str


class SentOut(Schema):
    """Where a message has come to stand. ``opened``: it began a new conversation."""

    conversation_id: str
    number: str
    stream: str
    seq: int
    opened: bool


class ChatOut(Schema):
    """The caller's chat with the bot."""

    id: str
    stream: str


class PressIn(Schema):
    """A button under the bot's message ``of``."""

    of: int
    data: str


class EventOut(Schema):
    """One event of a stream."""

    seq: int
    kind: str
    author: str | None
    client_id: str | None
    body: dict[str, Any]
    at: datetime


class EventsOut(Schema):
    """Events after a number, in order; ``head`` is the newest number there is."""

    stream: str
    epoch: int
    head: int
    events: list[EventOut]


class PointOut(Schema):
    """A value with the vintage it comes from."""

    period: str
    value: float
    source: str
    vintage: int


class IndicatorOut(Schema):
    """An indicator of a territory with its last fact."""

    code: str
    rubric: str
    title: str
    unit: str
    frequency: str
    good: str
    decimals: int
    last: PointOut | None
    change: float | None
    verdict: Literal["good", "bad", "same"]


class TargetOut(Schema):
    """A value to reach by the end of a period."""

    period: str
    value: float
    op: str


class VintageOut(Schema):
    """A vintage that changed a series: how many of its values were new, how many revised."""

    vintage: int
    recorded_at: datetime
    new: int
    revised: int


class SeriesOut(Schema):
    """A series as known at the newest vintage, or at the one asked for; ``vintages`` are all there are."""

    indicator: str
    territory_id: str
    unit: str
    vintage: int
    points: list[PointOut]
    targets: list[TargetOut]
    vintages: list[VintageOut]


class PassportOut(Schema):
    """What the figures of an indicator mean and who answers for them. Empty: nobody has said.

    ``lag_days``: days from the end of a period to its publication. ``redefined_in``: the first period of
    the definition that holds now; values before it are of another one.
    """

    code: str
    rubric: str
    title: str
    unit: str
    okei: str
    frequency: str
    good: str
    decimals: int
    method: str
    source: str
    responsible_name: str
    lag_days: int | None
    redefined_in: str
    access_level: str


class AheadOut(Schema):
    """A period ahead: the median and, if the spread is known, the ends of the bands."""

    period: str
    median: float
    band_50: tuple[float, float] | None
    band_80: tuple[float, float] | None
    band_95: tuple[float, float] | None


class BacktestOut(Schema):
    """The error that the same procedure made on the past."""

    origins: int
    mae: float | None
    mase: float | None
    relative_mae: float | None
    coverage80: float | None
    coverage95: float | None


class ForecastOut(Schema):
    """A forecast with the proof of how far to trust it.

    ``redefined_in``: the first period of the definition that holds now, as known when the forecast was
    made; null if none was.
    """

    indicator: str
    territory_id: str
    vintage: int
    procedure: str
    seed: int
    redefined_in: str | None
    points: list[AheadOut]
    backtest: BacktestOut


class DashboardOut(Schema):
    """A dashboard; ``charts`` is how many of its charts the caller may see."""

    address: str
    title: str
    charts: int


class FigureOut(Schema):
    """A figure of a chart; in a table of last values it is words."""

    name: str
    period: str
    value: float | str


class DashboardChartOut(Schema):
    """A chart as figures, those of its CSV file; none of them while there is nothing to draw."""

    id: str
    kind: str
    level: str
    title: str
    subtitle: str
    indicators: list[str]
    territories: list[str]
    figures: list[FigureOut]


class DashboardPageOut(Schema):
    """A dashboard with the charts that the caller may see, in their order."""

    address: str
    title: str
    charts: list[DashboardChartOut]


class AlertOut(Schema):
    """An alert, in figures and in words."""

    id: str
    indicator: str
    territory_id: str
    state: str
    severity: str
    period: str
    value: float
    threshold: float
    vintage: int
    fired_at: datetime
    acknowledged_by: str | None
    acknowledged_by_name: str | None
    acknowledged_at: datetime | None
    assigned_to: str | None
    assigned_to_name: str | None
    assigned_due: date | None
    snoozed_until: datetime | None
    headline: str


class AcknowledgementOut(Schema):
    """Who has the alert; ``first`` is true for whoever took it."""

    alert_id: str
    person_id: str
    person_name: str
    at: datetime
    first: bool


class SnoozeIn(Schema):
    """``day`` goes with the term ``date``."""

    term: Literal["hour", "morning", "monday", "date"]
    day: date | None = None


class SnoozedOut(Schema):
    """Until when the alert is put off."""

    alert_id: str
    until: datetime


class AssignIn(Schema):
    """Who is to take care of an alert, and by the end of which day."""

    assignee_id: str
    due: date
    comment: str = ""


class AssignedOut(Schema):
    """To whom the alert was given; they take it by acknowledging it."""

    alert_id: str
    assignee_id: str


class AlertIdOut(Schema):
    """The alert that something was done about."""

    alert_id: str


class MomentOut(Schema):
    """Something that happened around an alert: a change of state, a message, or what a person did."""

    at: datetime
    what: str
    state: str | None = None
    vintage: int | None = None
    value: float | None = None
    measure: float | None = None
    person_id: str | None = None
    about_id: str | None = None
    carrier: str | None = None
    until: datetime | None = None
    due: date | None = None
    text: str = ""


class JournalAlertOut(Schema):
    """An alert, over or not, with everything that happened around it, the oldest first."""

    id: str
    indicator: str
    territory_id: str
    kind: str
    severity: str
    state: str
    period: str
    value: float
    measure: float
    threshold: float
    vintage: int
    fired_at: datetime
    resolved_at: datetime | None
    moments: list[MomentOut]


class JournalOut(Schema):
    """A page of the journal; `count` is that of all pages."""

    alerts: list[JournalAlertOut]
    count: int
    next_before: str | None


class LoginLinkOut(Schema):
    """A link that signs its owner in, once and within ten minutes."""

    url: str


class TokenIn(Schema):
    """The last part of a one-time link."""

    token: str


class SessionOut(Schema):
    """A session; ``token`` goes into ``Authorization: Bearer``."""

    token: str
    person_id: str
    expires_at: datetime


class LinkCodeOut(Schema):
    """A code that links a messenger, once and within ten minutes."""

    code: str
