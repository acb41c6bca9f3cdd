"""A person across all folders: two accounts of one human being joined, everything kept of them shown."""

from core.personal.commands import forget_person, merge_by_code, merge_people
from core.personal.errors import OfficialsStay, OfficialsStayApart
from core.personal.queries import PersonalData, personal_data

__all__ = [
    "OfficialsStay",
    "OfficialsStayApart",
    "PersonalData",
    "forget_person",
    "merge_by_code",
    "merge_people",
    "personal_data",
]
