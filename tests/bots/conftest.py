"""The bots come first."""

# Before a test file imports aiogram: its types are built when met, and not three CPU-seconds at a time.
import bots  # noqa: F401
