"""What a messenger may carry: asked in the set-up, changed with a reason, never rewritten."""

import pytest
from sqlalchemy import text

from core.channels import (
    ChannelPolicy,
    Owner,
    channel_choices,
    channel_policies,
    choose_channel_policy,
    set_up_channels,
)
from core.identity import Role, grant_role
from core.shared.errors import Empty, Forbidden, Invalid
from core.store import verify_chain
from messengers import Carrier, LivePolicies, policies
from tests.town import IVANOV, OLEG, VERA, Town

FULL, NOTICE, OFF = ChannelPolicy
BEFORE = dict.fromkeys(("max", "vk", "telegram"), FULL)


def administered(town: Town) -> Town:
    """Vera administers the town."""
    town.database.run(
        grant_role, person_id=town.people[VERA], role=Role.ADMINISTRATOR, territory_id=town.territory.id
    )
    return town


def choose(
    town: Town, policy: ChannelPolicy, *, who: str = VERA, why: str = "Закон", to: str = "telegram"
) -> bool:
    return town.database.run(
        choose_channel_policy, chosen_by=town.people[who], carrier=to, policy=policy, why=why, before=FULL
    )


def test_an_authority_is_given_what_the_law_lets_it(town: Town) -> None:
    administered(town)
    assert town.database.read(channel_policies) == {}

    town.database.run(set_up_channels, owner=Owner.AUTHORITY, chosen_by=town.people[VERA], before=BEFORE)

    assert town.database.read(channel_policies) == {"max": FULL, "vk": FULL, "telegram": NOTICE}


def test_each_change_says_who_when_from_what_to_what_and_why(town: Town) -> None:
    administered(town)
    choose(town, NOTICE)
    assert not choose(town, NOTICE, why="ещё раз")
    choose(town, OFF, why="Проверка прокуратуры")

    last, first = town.database.read(channel_choices)
    assert (first.before, first.policy, first.why) == (FULL, NOTICE, "Закон")
    assert (last.before, last.policy, last.why) == (NOTICE, OFF, "Проверка прокуратуры")
    assert (last.chosen_by, last.chosen_at) == (town.people[VERA], town.clock.now())
    with town.database.reading() as reading:
        audited = reading.session.execute(
            text("SELECT subject FROM audit WHERE action = 'channel_policy_chosen' ORDER BY id")
        ).scalars()
        assert list(audited) == ["channel:telegram:1", "channel:telegram:2"]
    assert town.database.read(verify_chain).intact


@pytest.mark.parametrize("who", [IVANOV, OLEG, VERA])
def test_only_an_administrator_chooses(town: Town, who: str) -> None:
    with pytest.raises(Forbidden):
        choose(town, OFF, who=who)
    with pytest.raises(Forbidden):
        town.database.run(set_up_channels, owner=Owner.COMMUNITY, chosen_by=town.people[who], before=BEFORE)

    assert town.database.read(channel_policies) == {}


def test_a_change_without_a_reason_or_of_something_else_is_refused(town: Town) -> None:
    administered(town)
    with pytest.raises(Empty):
        choose(town, OFF, why=" ")
    with pytest.raises(Invalid):
        choose(town, OFF, to="web")

    assert town.database.read(channel_policies) == {}


def test_a_choice_holds_without_a_restart(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    administered(town)
    monkeypatch.setattr(policies, "LOOK_EVERY_S", 0.0)
    live = LivePolicies(town.database, {Carrier.WEB: FULL, Carrier.TELEGRAM: FULL})
    before = dict(live)

    choose(town, OFF)
    choose(town, OFF, to="max")

    assert (before, dict(live)) == (
        {Carrier.WEB: FULL, Carrier.TELEGRAM: FULL},
        # A messenger that this instance does not have stays absent, whatever was chosen for it.
        {Carrier.WEB: FULL, Carrier.TELEGRAM: OFF},
    )
