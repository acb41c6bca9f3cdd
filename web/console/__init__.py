"""The console: where officials, moderators and analysts work."""
