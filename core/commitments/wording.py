"""A commitment in words: the same on the page, in the messenger and at the console."""

from core.commitments.rules import Commitment, CommitmentStatus
from core.shared.language import N_, Language, translate
from core.territories import Territory

_MEASURE = N_("Measure: {measure}")
_DUE = N_("Term: {day}")
_OFFICE = N_("Responsible: {office}")
_ADMINISTRATION = N_("administration of {place}")
_RESULT = N_("Result: {result}")
_STATUS = {
    CommitmentStatus.OPEN: N_("in work"),
    CommitmentStatus.KEPT: N_("done in time"),
    CommitmentStatus.MISSED: N_("the term has passed, no result was reported"),
}


def status_words(language: Language, promised: Commitment) -> str:
    """How it stands."""
    return translate(language, _STATUS[promised.status])


def commitment_lines(language: Language, promised: Commitment, place: Territory) -> list[str]:
    """What, by when, who: the office and never the person's name."""
    office = promised.office or translate(language, _ADMINISTRATION, place=place.name(language))
    day = promised.due.strftime("%d.%m.%Y")
    lines = [
        translate(language, _MEASURE, measure=promised.measure),
        translate(language, _DUE, day=day),
        translate(language, _OFFICE, office=office),
    ]
    if promised.result:
        lines.append(translate(language, _RESULT, result=promised.result))
    return lines
