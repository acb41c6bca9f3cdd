"""The whole of an instance in one file: every table and every upload, with a manifest of hashes.

The rows are kept as JSON, not as pages of a database, so that a file made on SQLite can be read into
PostgreSQL and the other way. Redis holds nothing that would be missed.
Not inside: settings and the secret key.
"""

from app.snapshot.archive import DamagedSnapshotError, Manifest
from app.snapshot.reading import NotEmptyError, WrongStepError, restore
from app.snapshot.writing import back_up

__all__ = ["DamagedSnapshotError", "Manifest", "NotEmptyError", "WrongStepError", "back_up", "restore"]
