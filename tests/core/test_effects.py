"""Effect cards: attached once by whoever may, read by the author, silent about others' conversations."""

import pytest

from core.contact import ConversationStatus, UnknownConversation, conversation, send_message
from core.effects import (
    EffectCard,
    IndicatorEffect,
    NoEffects,
    RunPassport,
    WrongInterval,
    attach_effect_card,
    effect_cards,
    proposal_numbered,
    proposals_about,
)
from core.identity import viewer_of
from core.indicators import Indicator, NewValue, Period, record_release, register_indicators
from core.rooms import stream_of
from core.shared.errors import Forbidden
from core.store import events_after
from core.territories import TerritoryKind, add_territory
from tests.town import ANNA, BORIS, IVANOV, VERA, Town

JOBS = Indicator(
    code="JOBS", rubric="jobs", title_ru="Рабочие места", title_en="Jobs", unit="мест", unit_en="jobs",
    frequency="A", good="up", decimals=0,
)  # fmt: skip
RATE = Indicator(
    code="UNEMPL", rubric="jobs", title_ru="Безработица", title_en="Unemployment", unit="%", unit_en="%",
    frequency="A", good="down",
)  # fmt: skip
MORE_JOBS = IndicatorEffect(indicator="JOBS", year=2028, low=80, median=120, high=170)
LOWER_RATE = IndicatorEffect(indicator="UNEMPL", year=2028, low=-0.9, median=-0.4, high=-0.1)


@pytest.fixture
def number(town: Town) -> str:
    """Anna's proposal, in a town with data."""
    town.database.run(register_indicators, indicators=[JOBS, RATE])
    row = NewValue(
        indicator="JOBS",
        territory_id=town.territory.id,
        period=Period("A", 2025),
        value=9000,
        source="Росстат",
    )
    town.database.run(
        record_release, source="tidy_csv", digest="1", title="f.csv", values=[row], recorded_by=None
    )
    return town.database.run(
        send_message,
        citizen_id=town.people[ANNA],
        territory_id=town.territory.id,
        text="Нужен технопарк",
        client_id="1",
    ).number


def attach(town: Town, number: str, *effects: IndicatorEffect, who: str = VERA) -> str:
    return town.database.run(
        attach_effect_card,
        conversation_number=number,
        analyst_id=town.people[who],
        title="Технопарк",
        effects=effects,
        passport=RunPassport(model="a" * 64, scenario="base", vintage=1, seed=7),
    )


def test_the_author_reads_the_card_in_the_conversation_and_it_is_there_once(town: Town, number: str) -> None:
    first = attach(town, number, MORE_JOBS, LOWER_RATE)
    assert attach(town, number, MORE_JOBS, LOWER_RATE) == first

    viewer = town.database.read(viewer_of, person_id=town.people[ANNA])
    (about,) = town.database.read(proposals_about, indicator="UNEMPL", territory_id=town.territory.id)
    said = town.database.read(events_after, stream=stream_of(about.room_id), seq=0)
    (words,) = [event.body["text"] for event in said[1:]]
    assert words.splitlines() == [
        "Что изменится: Технопарк",
        "Рабочие места: +120\u00a0мест к 2028 году (от +80 до +170)",
        "Безработица: −0,4\u00a0п.\u00a0п. к 2028 году (от −0,9 до −0,1)",
        "Это расчёт модели, а не решение. Пределы верны с вероятностью 80 %.",
    ]
    assert about.status is ConversationStatus.WAITING
    (card,) = town.database.read(effect_cards, viewer=viewer, conversation_id=about.id)
    assert isinstance(card, EffectCard)
    assert (card.effects, card.passport.seed) == ((MORE_JOBS, LOWER_RATE), 7)


def test_those_who_may_not_are_refused_and_strangers_see_nothing(town: Town, number: str) -> None:
    with pytest.raises(Forbidden):
        attach(town, number, MORE_JOBS, who=IVANOV)
    with pytest.raises(UnknownConversation):
        attach(town, "МС-2027-999999", MORE_JOBS)

    attach(town, number, MORE_JOBS)

    (about,) = town.database.read(proposals_about, indicator="JOBS", territory_id=town.territory.id)
    boris = town.database.read(viewer_of, person_id=town.people[BORIS])
    with pytest.raises(UnknownConversation):
        town.database.read(effect_cards, viewer=boris, conversation_id=about.id)
    with pytest.raises(UnknownConversation):
        town.database.read(conversation, viewer=boris, conversation_id=about.id)


@pytest.mark.parametrize(
    ("effects", "refusal"),
    [
        pytest.param((), NoEffects, id="none"),
        pytest.param((MORE_JOBS, MORE_JOBS), NoEffects, id="twice the same"),
        pytest.param(
            (IndicatorEffect(indicator="JOBS", year=2028, low=2, median=1, high=3),),
            WrongInterval,
            id="outside",
        ),
        pytest.param(
            (IndicatorEffect(indicator="JOBS", year=2028, low=1, median=float("nan"), high=3),),
            WrongInterval,
            id="no number",
        ),
    ],
)
def test_a_card_that_says_nothing_sensible_is_refused(
    town: Town, number: str, effects: tuple[IndicatorEffect, ...], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        attach(town, number, *effects)


def test_an_analyst_finds_a_conversation_by_its_number_in_their_own_territory_alone(
    town: Town, number: str
) -> None:
    elsewhere = town.database.run(
        add_territory, kind=TerritoryKind.MUNICIPALITY, oktmo="99702000", slug="verkhnee",
        name_ru="Верхнее", name_en="Verkhneye", parent_oktmo="99000000",
    )  # fmt: skip
    foreign = town.database.run(
        send_message,
        citizen_id=town.people[BORIS],
        territory_id=elsewhere.id,
        text="Яма",
        client_id="2",
    ).number
    vera, boris = (town.database.read(viewer_of, person_id=town.people[who]) for who in (VERA, BORIS))

    found = [
        town.database.read(proposal_numbered, viewer=vera, number=typed, year=2027)
        for typed in (number, number.lower().replace("-", " "), str(int(number[-6:])))
    ]

    assert {one.number for one in found} == {number}
    for viewer, wanted in ((vera, foreign), (vera, "МС-2027-000099"), (vera, "яма"), (boris, foreign)):
        with pytest.raises(UnknownConversation):
            town.database.read(proposal_numbered, viewer=viewer, number=wanted, year=2027)
