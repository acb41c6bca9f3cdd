"""Duty: who is called when nobody acts, who stands in for whom, and which hours are working hours."""

from core.duty.calendars import (
    WORK_BEGINS,
    WORK_ENDS,
    WorkingCalendar,
    after_working_minutes,
    next_working_moment,
)
from core.duty.commands import end_deputy, load_calendar, set_chain, set_deputy
from core.duty.errors import NotOnDuty, UnknownDeputy, WrongCalendar, WrongChain, WrongDeputyTerm
from core.duty.queries import acting_for, chain_for, chain_of, deputies_of, working_calendar
from core.duty.rules import LONGEST_WAIT, MOST_REPEATS, MOST_STEPS, Chain, Deputy, Step

__all__ = [
    "LONGEST_WAIT",
    "MOST_REPEATS",
    "MOST_STEPS",
    "WORK_BEGINS",
    "WORK_ENDS",
    "Chain",
    "Deputy",
    "NotOnDuty",
    "Step",
    "UnknownDeputy",
    "WorkingCalendar",
    "WrongCalendar",
    "WrongChain",
    "WrongDeputyTerm",
    "acting_for",
    "after_working_minutes",
    "chain_for",
    "chain_of",
    "deputies_of",
    "end_deputy",
    "load_calendar",
    "next_working_moment",
    "set_chain",
    "set_deputy",
    "working_calendar",
]
