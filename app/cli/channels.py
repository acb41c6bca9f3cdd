"""Shows what each messenger may carry, and answers the question of the set-up.

`./run channels` shows; `./run channels --owner authority` (or `community`) says who runs the service, which
sets what the law asks of such an owner. Single messengers are changed at the console, with a reason.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from app.carriers import initial_policies
from app.processes import migrate
from app.schema import at_newest_step
from app.settings import Settings
from app.wiring import open_database
from core.channels import LAW, Owner, channel_choices, channel_policies, set_up_channels
from core.shared.language import translate


def main(settings: Settings, arguments: Sequence[str]) -> int:
    """Run `./run channels`; returns the exit code."""
    parser = argparse.ArgumentParser(prog="./run channels", description=__doc__)
    parser.add_argument("--owner", choices=list(Owner), help="who runs the service")
    options = parser.parse_args(arguments)
    before = {carrier.value: policy for carrier, policy in initial_policies(settings).items()}
    database = open_database(settings)
    try:
        if not at_newest_step(database):
            migrate.main(settings)
        if options.owner:
            database.run(set_up_channels, owner=Owner(options.owner), chosen_by=None, before=before)
        chosen, choices = database.read(channel_policies), database.read(channel_choices)
    finally:
        database.close()
    for carrier, policy in before.items():
        why = next((choice.why for choice in choices if choice.carrier == carrier), "by the settings")
        print(f"{carrier:10}{chosen.get(carrier, policy):22}{why}")
    print(f"\n{translate('en', LAW)}")
    if not chosen:
        print("\nSet-up: say who runs this service, ./run channels --owner authority (or community).")
    return 0
