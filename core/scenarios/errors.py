"""Refusals of scenarios."""

from core.shared.errors import DomainError, Invalid, NotFound, RefusalKind
from core.shared.language import N_


class UnknownModel(NotFound):
    """No model under this id, or the viewer must not learn of it."""

    code = "unknown_model"
    message = N_("There is no such scenario model.")


class UnknownRun(NotFound):
    """No run under this id, or the viewer must not learn of it."""

    code = "unknown_run"
    message = N_("There is no such run of a scenario model.")


class ModelNotReady(DomainError):
    """The model has not been read yet, or it was refused."""

    code = "model_not_ready"
    kind = RefusalKind.CONFLICT
    message = N_("The model cannot be run: it is still being read, or there is a mistake in its file.")


class NoData(DomainError):
    """Nothing has been loaded yet."""

    code = "no_data"
    kind = RefusalKind.CONFLICT
    message = N_("There are no data yet. Load the indicators first.")


class BadRequest(Invalid):
    """A number of the request lies outside of what is allowed. Fields: ``least``, ``most``."""

    code = "bad_run_request"
    message = N_("A number is outside of what is allowed: from {least} to {most}.")
