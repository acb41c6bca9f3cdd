"""Rooms to talk in: the page, what is sent from it, and the screen for a hall."""
