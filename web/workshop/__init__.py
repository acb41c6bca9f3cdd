"""The workshop of scenarios: runs of a model for the analyst, the published one for citizens."""
