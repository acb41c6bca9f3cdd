"""Importers: from the bytes of a file to a release that may be recorded, and a report of the rest."""

from analytics.importers.jumps import Jump
from analytics.importers.known import KnownIndicator, KnownTerritory, Reference
from analytics.importers.reasons import FileRefused, Reason, Reject, reject_sentence
from analytics.importers.tables import COLUMNS
from analytics.importers.tidy_csv import ParsedRelease, ParsedRow, read_release

__all__ = [
    "COLUMNS",
    "FileRefused",
    "Jump",
    "KnownIndicator",
    "KnownTerritory",
    "ParsedRelease",
    "ParsedRow",
    "Reason",
    "Reference",
    "Reject",
    "read_release",
    "reject_sentence",
]
