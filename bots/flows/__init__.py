"""Conversations, one file each. No rules of the field here: they call core's commands and queries."""
