"""Senders: one file a messenger; each says in the same words how it ended."""
