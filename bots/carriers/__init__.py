"""Carriers: a messenger's updates in, our screens out; the same conversations over each."""
