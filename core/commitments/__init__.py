"""Public commitments: what an official who has taken an alert will do, and by when."""

from core.commitments.commands import (
    end_overdue_commitments,
    make_commitment,
    remind_of_commitments,
    report_commitment_kept,
)
from core.commitments.errors import (
    CommitmentOver,
    CommittedAlready,
    TakenByAnother,
    UnknownCommitment,
    WrongTerm,
)
from core.commitments.events import CommitmentDue, CommitmentEnded, CommitmentMade
from core.commitments.queries import commitment, commitment_of_alert, commitments_missed, commitments_on
from core.commitments.rules import LONGEST_TERM, Commitment, CommitmentStatus
from core.commitments.wording import commitment_lines, status_words

__all__ = [
    "LONGEST_TERM",
    "Commitment",
    "CommitmentDue",
    "CommitmentEnded",
    "CommitmentMade",
    "CommitmentOver",
    "CommitmentStatus",
    "CommittedAlready",
    "TakenByAnother",
    "UnknownCommitment",
    "WrongTerm",
    "commitment",
    "commitment_lines",
    "commitment_of_alert",
    "commitments_missed",
    "commitments_on",
    "end_overdue_commitments",
    "make_commitment",
    "remind_of_commitments",
    "report_commitment_kept",
    "status_words",
]
