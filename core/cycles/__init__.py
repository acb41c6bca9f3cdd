"""The cycle of data: from figures to forecast to pages, step by step, each with its owner and term."""

from core.cycles.commands import begin_cycle, confirm_step, plan_step, remind_owners, reopen_step
from core.cycles.errors import CycleBegun, StepByFacts, UnknownCycle, WrongPeriod
from core.cycles.events import StepReminded
from core.cycles.queries import cycle_board, cycle_of_step, cycles_in, owns_a_step
from core.cycles.rules import (
    DASHBOARD,
    STEPS,
    Board,
    BoardStep,
    Cycle,
    CycleStep,
    Occasion,
    Step,
    StepState,
)
from core.cycles.wording import STEP_WORDS, cycle_words, reminder_sentence

__all__ = [
    "DASHBOARD",
    "STEPS",
    "STEP_WORDS",
    "Board",
    "BoardStep",
    "Cycle",
    "CycleBegun",
    "CycleStep",
    "Occasion",
    "Step",
    "StepByFacts",
    "StepReminded",
    "StepState",
    "UnknownCycle",
    "WrongPeriod",
    "begin_cycle",
    "confirm_step",
    "cycle_board",
    "cycle_of_step",
    "cycle_words",
    "cycles_in",
    "owns_a_step",
    "plan_step",
    "remind_owners",
    "reminder_sentence",
    "reopen_step",
]
