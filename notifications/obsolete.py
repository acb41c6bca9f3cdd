"""That there is nothing to say, any more or yet, or not by this way."""

from datetime import timedelta


class Obsolete(Exception):
    """What a delivery was about is over. The text is the reason in one word."""


class NotYet(Exception):
    """What a delivery is about disturbs nobody for now. The text is the reason in one word."""

    wait = timedelta(minutes=10)


class WayClosed(Exception):
    """It may not go by this way any more; another of the person's takes it. The text is the reason."""
