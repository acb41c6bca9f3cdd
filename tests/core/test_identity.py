"""Identity: one person behind many doors, links that work once, roles that end at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from core.identity import (
    ANONYMOUS,
    PERSONAL_DATA,
    Action,
    Assurance,
    IdentityTaken,
    LinkExpired,
    current_consent,
    give_consent,
    identities_of,
    issue_link_code,
    issue_sign_in_link,
    link_messenger,
    may,
    people_who_may,
    person,
    person_by_identity,
    prune_tokens,
    revoke_roles,
    revoke_session,
    sign_in,
    viewer_of,
    viewer_of_token,
    welcome,
    withdraw_consent,
)
from core.shared.ids import PersonId
from core.store import Database, waiting_facts
from core.territories import add_territory, ancestry, reference_items, territory_by_slug
from core.territories.errors import WrongOktmo
from core.territories.rules import TerritoryKind
from tests.town import ANNA, BORIS, IVANOV, OLEG, SMIRNOVA, Town


def greet(town: Town, subject: str = "100") -> PersonId:
    return town.database.run(
        welcome, provider="telegram", subject=subject, display_name="Анна", language="ru"
    ).id


def test_two_first_contacts_at_once_make_one_person(town: Town) -> None:
    with ThreadPoolExecutor(8) as doors:
        met = set(doors.map(lambda _: greet(town), range(16)))

    assert len(met) == 1


def test_a_sign_in_link_works_for_one_of_ten_parallel_uses(town: Town) -> None:
    token = town.database.run(issue_sign_in_link, person_id=town.people[ANNA])

    def use(_: int) -> bool:
        try:
            town.database.run(sign_in, token=token)
        except LinkExpired:
            return False
        return True

    with ThreadPoolExecutor(10) as thieves:
        assert sum(thieves.map(use, range(10))) == 1


def test_an_account_whose_name_is_blank_is_welcome(town: Town) -> None:
    person = town.database.run(welcome, provider="max", subject="7", display_name="\u2003\x00", language="ru")

    assert person.display_name == "—"


def test_tokens_and_sessions_are_forgotten_a_day_after_their_end(town: Town) -> None:
    anna = town.people[ANNA]
    token = town.database.run(issue_sign_in_link, person_id=anna)
    session = town.database.run(sign_in, token=token)
    town.database.run(issue_link_code, person_id=anna)

    forgotten = []
    for days in (0.9, 0.2, 29, 2):
        town.clock.advance(timedelta(days=days))
        forgotten.append(town.database.run(prune_tokens))

    assert forgotten == [0, 2, 0, 1]
    assert town.database.read(viewer_of_token, token=session.token).person is None


def test_a_sign_in_link_is_too_old_after_ten_minutes(town: Town) -> None:
    token = town.database.run(issue_sign_in_link, person_id=town.people[ANNA])
    town.clock.advance(timedelta(minutes=10))

    with pytest.raises(LinkExpired):
        town.database.run(sign_in, token=token)


def test_a_link_code_is_no_sign_in_link(town: Town) -> None:
    code = town.database.run(issue_link_code, person_id=town.people[ANNA])

    with pytest.raises(LinkExpired):
        town.database.run(sign_in, token=code)


def test_a_revoked_session_shows_nobody(town: Town) -> None:
    token = town.database.run(issue_sign_in_link, person_id=town.people[ANNA])
    session = town.database.run(sign_in, token=token, label="Firefox")
    before = town.database.read(viewer_of_token, token=session.token)

    town.database.run(revoke_session, session_id=session.session_id, person_id=town.people[ANNA])

    assert before.person_id == town.people[ANNA]
    assert town.database.read(viewer_of_token, token=session.token) == ANONYMOUS
    facts = [waiting.recorded.fact.kind for waiting in town.database.read(waiting_facts)]
    assert "SessionRevoked" in facts


def test_nobody_revokes_the_session_of_another(town: Town) -> None:
    token = town.database.run(issue_sign_in_link, person_id=town.people[ANNA])
    session = town.database.run(sign_in, token=token)

    ended = town.database.run(revoke_session, session_id=session.session_id, person_id=town.people[BORIS])

    assert not ended
    assert town.database.read(viewer_of_token, token=session.token).person_id == town.people[ANNA]


def test_a_messenger_is_linked_by_a_code_that_works_once(town: Town) -> None:
    visitor = greet(town)
    code = town.database.run(issue_link_code, person_id=town.people[ANNA])

    town.database.run(link_messenger, code=code.lower(), provider="telegram", subject="100")

    behind = town.database.read(person_by_identity, provider="telegram", subject="100")
    assert behind is not None
    assert behind.id == town.people[ANNA] != visitor
    with pytest.raises(LinkExpired):
        town.database.run(link_messenger, code=code, provider="telegram", subject="200")


def test_a_messenger_of_somebody_who_takes_part_is_not_taken_over(town: Town) -> None:
    taken = greet(town)
    town.database.run(give_consent, person_id=taken)
    code = town.database.run(issue_link_code, person_id=town.people[ANNA])

    with pytest.raises(IdentityTaken):
        town.database.run(link_messenger, code=code, provider="telegram", subject="100")

    assert town.database.read(identities_of, person_id=town.people[ANNA]) == []


def test_consent_makes_a_visitor_registered_and_its_withdrawal_a_visitor_again(town: Town) -> None:
    visitor = greet(town)

    town.database.run(give_consent, person_id=visitor)
    agreed = town.database.read(person, person_id=visitor).assurance
    town.database.run(withdraw_consent, person_id=visitor)

    assert agreed is Assurance.REGISTERED
    assert town.database.read(person, person_id=visitor).assurance is Assurance.VISITOR
    assert not town.database.read(current_consent, person_id=visitor, kind=PERSONAL_DATA).given


@pytest.mark.parametrize(
    ("who", "action", "allowed"),
    [
        pytest.param(ANNA, Action.ANSWER_CITIZENS, False, id="a citizen answers nobody"),
        pytest.param(IVANOV, Action.ANSWER_CITIZENS, True, id="an official answers"),
        pytest.param(IVANOV, Action.RUN_POLLS, False, id="an official runs no polls"),
        pytest.param(OLEG, Action.RUN_POLLS, True, id="a moderator runs polls"),
        pytest.param(OLEG, Action.HANDLE_ALERTS, False, id="a moderator handles no alerts"),
    ],
)
def test_roles_allow_what_the_policy_says(town: Town, who: str, action: Action, allowed: bool) -> None:
    within = town.database.read(ancestry, territory_id=town.territory.id)
    viewer = town.database.read(viewer_of, person_id=town.people[who])

    assert may(viewer, action, within=within) is allowed


def test_a_role_does_not_reach_a_neighbouring_territory(town: Town) -> None:
    with town.database.transaction() as uow:
        neighbour = add_territory(
            uow,
            kind=TerritoryKind.MUNICIPALITY,
            oktmo="99702000",
            slug="ozersk",
            name_ru="Озёрск",
            name_en="Ozersk",
            parent_oktmo="99000000",
        )

    alerted = town.database.read(people_who_may, action=Action.HANDLE_ALERTS, territory_id=neighbour.id)

    assert alerted == []


def test_whoever_leaves_office_may_nothing_at_once(town: Town) -> None:
    town.database.run(revoke_roles, person_id=town.people[IVANOV])

    left = town.database.read(people_who_may, action=Action.HANDLE_ALERTS, territory_id=town.territory.id)
    assert [official.display_name for official in left] == [SMIRNOVA]


def test_the_shipped_lists_have_ten_services_twelve_directions_and_twenty_one_rubrics(
    town: Town,
) -> None:
    sizes = [
        len(town.database.read(reference_items, taxonomy=taxonomy))
        for taxonomy in ("civic_service", "development_direction", "rubric")
    ]

    assert sizes == [10, 12, 21]


def test_a_wrong_oktmo_is_refused(database: Database) -> None:
    with pytest.raises(WrongOktmo):
        database.run(
            add_territory,
            kind=TerritoryKind.REGION,
            oktmo="9900",
            slug="x",
            name_ru="Х",
            name_en="X",
        )


def test_a_territory_is_found_by_its_address(town: Town) -> None:
    assert town.database.read(territory_by_slug, slug="zarechny").name("en") == "Zarechny"
