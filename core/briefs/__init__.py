"""The Monday brief: what has become worse and better in a week and what is late, for heads."""

from core.briefs.commands import send_due_briefs
from core.briefs.events import BriefDue
from core.briefs.queries import brief_of, choosable_by, headed_by, heads_of
from core.briefs.rules import Brief, Change, last_monday, surprise
from core.briefs.wording import brief_heading, brief_sections

__all__ = [
    "Brief",
    "BriefDue",
    "Change",
    "brief_heading",
    "brief_of",
    "brief_sections",
    "choosable_by",
    "headed_by",
    "heads_of",
    "last_monday",
    "send_due_briefs",
    "surprise",
]
