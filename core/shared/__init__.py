"""Pure ground under every folder: ids, errors, facts, clock, language.

Nothing here touches a database, a network or the time of day by itself.
"""
