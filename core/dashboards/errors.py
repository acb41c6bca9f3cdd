"""Refusals of dashboards."""

from core.shared.errors import DomainError, Invalid, NotFound, RefusalKind
from core.shared.language import N_


class UnknownDashboard(NotFound):
    """No dashboard under this address, or the viewer must not learn of it."""

    code = "unknown_dashboard"
    message = N_("There is no such dashboard.")


class AddressTaken(DomainError):
    """The territory has another dashboard of this address. Field: ``address``."""

    code = "dashboard_address_taken"
    kind = RefusalKind.CONFLICT
    message = N_("There is a dashboard “{address}” here already. Choose another address.")


class WrongAddress(Invalid):
    """The address is no short word of Latin letters."""

    code = "wrong_dashboard_address"
    message = N_("Write the address in small Latin letters, digits and hyphens, for example jobs-2027.")


class TooManyCharts(DomainError):
    """The dashboard is full. Field: ``most``."""

    code = "too_many_charts"
    kind = RefusalKind.CONFLICT
    message = N_("A dashboard holds at most {most} charts. Take one away or make another dashboard.")


class WrongChart(Invalid):
    """What was chosen makes no chart: nothing chosen, too much of it, or different units on one axis."""

    code = "wrong_chart"
    message = N_(
        "This makes no chart. Choose an indicator and a territory; on one axis all indicators have one unit."
    )
