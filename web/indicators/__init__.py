"""Indicators of a territory: the list, the page with its chart, the data."""
