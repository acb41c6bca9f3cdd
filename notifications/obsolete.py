"""That there is nothing to say any more."""


class Obsolete(Exception):
    """What a delivery was about is over. The text is the reason in one word."""
