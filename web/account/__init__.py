"""Pages of one person: coming in, consent, the cabinet."""
