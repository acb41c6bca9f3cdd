"""The store: transactions, outbox, inbox, idempotency, audit and ordered streams."""

from core.store.audit import ChainReport, chain_audit, unchained, verify_chain
from core.store.database import Database, Reading, StoreUnavailable, UnitOfWork
from core.store.idempotency import KeyReused, prune_answers, run_once
from core.store.inbox import (
    WaitingUpdate,
    fail_update,
    prune_inbox,
    receive_update,
    settle_update,
    waiting_updates,
)
from core.store.outbox import (
    WaitingFact,
    mark_failed,
    mark_sent,
    outbox_backlog,
    prune_outbox,
    waiting_facts,
)
from core.store.streams import (
    Head,
    StreamAdvanced,
    StreamEvent,
    append,
    bump_epochs,
    event_at,
    events_after,
    head,
    heads,
    last_events,
    rewrite,
    sent_before,
)
from core.store.tables import Base, Counter, Id, UtcDateTime

__all__ = [
    "Base",
    "ChainReport",
    "Counter",
    "Database",
    "Head",
    "Id",
    "KeyReused",
    "Reading",
    "StoreUnavailable",
    "StreamAdvanced",
    "StreamEvent",
    "UnitOfWork",
    "UtcDateTime",
    "WaitingFact",
    "WaitingUpdate",
    "append",
    "bump_epochs",
    "chain_audit",
    "event_at",
    "events_after",
    "fail_update",
    "head",
    "heads",
    "last_events",
    "mark_failed",
    "mark_sent",
    "outbox_backlog",
    "prune_answers",
    "prune_inbox",
    "prune_outbox",
    "receive_update",
    "rewrite",
    "run_once",
    "sent_before",
    "settle_update",
    "unchained",
    "verify_chain",
    "waiting_facts",
    "waiting_updates",
]
