"""Buttons carry typed actions, fit every messenger, and cannot be made up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.shared.ids import new_id
from messengers import (
    AcceptAlert,
    AcceptConsent,
    Action,
    AssignAlert,
    BadButton,
    ButtonCodec,
    CancelRun,
    ChooseAssignee,
    ChooseLanguage,
    ChooseNotice,
    ChoosePreset,
    ChooseTerritory,
    Commit,
    CompareScenarios,
    ExplainFigure,
    FollowRun,
    ForgetMe,
    MergeAccounts,
    Open,
    OpenBelow,
    Place,
    RankPlaces,
    ShowContributions,
    ShowFigure,
    SilenceAlert,
    Snooze,
    SnoozeAlert,
    Turn,
    UnlinkMessenger,
    Unsubscribe,
    Vote,
    WithdrawConsent,
)
from messengers.buttons import _LETTERS

CODEC = ButtonCodec("a secret of this test")

ACTIONS: list[Action] = [
    Open(Place.MENU),
    OpenBelow(Place.ALERT_SNOOZE, new_id()),
    OpenBelow(Place.ALERT_WHY, new_id()),
    OpenBelow(Place.ALERT_SILENCE, new_id()),
    AcceptConsent(3),
    WithdrawConsent(),
    ForgetMe(),
    ChooseTerritory(new_id()),
    ChooseLanguage("en"),
    *(
        kind("A_CODE_OF_29_LETTERS_AT_MOST_", new_id())
        for kind in (ShowFigure, CompareScenarios, RankPlaces, ShowContributions, ExplainFigure)
    ),
    Vote(new_id(), new_id()),
    AcceptAlert(new_id()),
    SnoozeAlert(new_id(), Snooze.MORNING),
    SilenceAlert(new_id(), 90),
    ChooseAssignee(new_id(), new_id()),
    AssignAlert(new_id(), 7),
    Commit(new_id(), 90),
    FollowRun(new_id()),
    CancelRun(new_id()),
    Turn(Place.INDICATOR, new_id(), 12),
    UnlinkMessenger("telegram"),
    MergeAccounts("4F7KABCD"),
    ChoosePreset("everything"),
    ChooseNotice("mailing", "telegram", "digest"),
    Unsubscribe("mailing"),
    ChoosePreset("quiet"),
    ChooseNotice("warnings", "telegram", "digest"),
    Unsubscribe("warnings"),
]


# Named by kind: ids are made anew in each test process, and the processes must agree on names.
@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: type(action).__name__)
def test_an_action_comes_back_from_its_button_and_fits_64_bytes(action: Action) -> None:
    data = CODEC.encode(action)

    assert CODEC.decode(data) == action
    assert len(data.encode()) <= 64


def test_every_action_is_in_the_table_above() -> None:
    assert {type(action) for action in ACTIONS} == set(_LETTERS.values())


@pytest.mark.parametrize(
    "data",
    [
        pytest.param("", id="nothing"),
        pytest.param("vote:1", id="another bot's"),
        pytest.param("v.a.b.AAAAAAAA", id="made up"),
        pytest.param(ButtonCodec("another").encode(WithdrawConsent()), id="another installation's"),
        pytest.param(CODEC.encode(Open(Place.MENU)).replace("o.m", "o.a"), id="changed"),
    ],
)
def test_a_forged_button_is_refused(data: str) -> None:
    with pytest.raises(BadButton):
        CODEC.decode(data)


@given(st.text(max_size=80))
def test_no_text_whatever_breaks_the_decoder(data: str) -> None:
    with pytest.raises(BadButton):
        CODEC.decode(data)
