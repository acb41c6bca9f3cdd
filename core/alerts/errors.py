"""Refusals of alerts."""

from core.shared.errors import DomainError, Invalid, NotFound, RefusalKind
from core.shared.language import N_


class UnknownAlert(NotFound):
    """No alert under this id, or the viewer must not learn of it."""

    code = "unknown_alert"
    message = N_("There is no such alert.")


class UnknownRule(NotFound):
    """No rule under this id, it was deleted, or the viewer must not learn of it."""

    code = "unknown_rule"
    message = N_("There is no such rule. It may have been deleted.")


class AlertOver(DomainError):
    """The indicator has come back; there is nothing to take or to put off."""

    code = "alert_over"
    kind = RefusalKind.CONFLICT
    message = N_("This alert is over: the indicator has come back.")


class WrongSnooze(Invalid):
    """A date in the past or too far ahead. Field: ``days``."""

    code = "wrong_snooze"
    message = N_("The alert can be put off to a day within the next {days} days. Choose another date.")


class UnknownSilence(NotFound):
    """No silence under this id, or the viewer does not handle the alerts of its places."""

    code = "unknown_silence"
    message = N_("There is no such silence here.")


class WrongSilenceTerm(Invalid):
    """A day in the past or too far ahead. Field: ``days``."""

    code = "wrong_silence_term"
    message = N_("Alerts can be silenced till a day within the next {days} days. Choose another date.")


class WrongThreshold(Invalid):
    """The value that ends an alert lies on the bad side of the one that starts it."""

    code = "wrong_threshold"
    message = N_("The value that ends the alert must be at the threshold or on its good side.")


class WrongPatience(Invalid):
    """How many releases in a row it takes is out of bounds. Field: ``most``."""

    code = "wrong_patience"
    message = N_("It takes from 1 to {most} releases in a row to begin or to end. Choose another number.")


class UnknownAssignee(Invalid):
    """Whoever is to get the alert does not handle alerts there, or may not know of the indicator."""

    code = "unknown_assignee"
    message = N_("This person does not handle alerts here. Choose somebody from the list.")


class WrongAssignmentTerm(Invalid):
    """A term that is past or too far ahead. Field: ``days``."""

    code = "wrong_assignment_term"
    message = N_("The term must be today or a later day within {days} days. Choose another date.")


class NotYours(DomainError):
    """Only whoever the alert was given to can give it back."""

    code = "not_yours"
    kind = RefusalKind.CONFLICT
    message = N_("This alert is not assigned to you any more.")
