"""A poll on the web: choosing, voting, changing, seeing the outcome."""

from datetime import timedelta

from tests.town import ANNA, Town
from tests.web.browser_twin import Browser, words_of


async def test_the_home_of_a_territory_shows_open_polls_with_the_time_left(
    anybody: Browser, town: Town
) -> None:
    town.open_poll("Парк или парковка?", closes_in=timedelta(days=3))

    page = await anybody.get("/t/zarechny")

    assert page.status_code == 200
    assert "Парк или парковка?" in words_of(page)
    assert "осталось 3 дня" in words_of(page)
    assert "всё вымышлено" in words_of(page)


async def test_a_citizen_votes_and_is_told_that_the_vote_is_counted(anybody: Browser, town: Town) -> None:
    poll = town.open_poll()
    anybody.sign_in_as(ANNA)

    answer = await anybody.submit(f"/polls/{poll.id}/ballot", option=poll.options[0].id)

    page = await anybody.get(answer.headers["location"])
    assert "Ваш голос за «Парк» принят" in words_of(page)
    assert "100 % · 1 голос" in words_of(page)
    assert town.tally(poll) == {"Парк": 1, "Парковка": 0}


async def test_a_changed_vote_replaces_the_former_one(anybody: Browser, town: Town) -> None:
    poll = town.open_poll()
    anybody.sign_in_as(ANNA)
    await anybody.submit(f"/polls/{poll.id}/ballot", option=poll.options[0].id)

    await anybody.submit(f"/polls/{poll.id}/ballot", option=poll.options[1].id)

    assert town.tally(poll) == {"Парк": 0, "Парковка": 1}


async def test_a_newcomer_is_asked_for_consent_with_the_choice_kept(anybody: Browser, town: Town) -> None:
    poll = town.open_poll()

    asked = await anybody.submit(f"/polls/{poll.id}/ballot", option=poll.options[1].id)

    assert "Ваш выбор: «Парковка»" in words_of(asked)
    assert town.tally(poll) == {"Парк": 0, "Парковка": 0}


async def test_a_newcomer_who_agrees_has_voted_and_is_signed_in(anybody: Browser, town: Town) -> None:
    poll = town.open_poll()

    answer = await anybody.submit(f"/polls/{poll.id}/ballot", option=poll.options[1].id, agree="yes")

    page = await anybody.get(answer.headers["location"])
    assert "Ваш голос за «Парковка» принят" in words_of(page)
    assert town.tally(poll) == {"Парк": 0, "Парковка": 1}


async def test_a_vote_after_the_close_is_refused_in_words(anybody: Browser, town: Town) -> None:
    poll = town.open_poll(closes_in=timedelta(hours=1))
    anybody.sign_in_as(ANNA)
    town.clock.advance(timedelta(hours=2))

    answer = await anybody.submit(f"/polls/{poll.id}/ballot", option=poll.options[0].id)

    assert answer.status_code == 409
    assert town.tally(poll) == {"Парк": 0, "Парковка": 0}


async def test_a_closed_poll_shows_its_outcome_and_no_form(anybody: Browser, town: Town) -> None:
    poll = town.open_poll(closes_in=timedelta(hours=1))
    town.vote(ANNA, poll, "Парк")
    town.clock.advance(timedelta(hours=2))

    page = await anybody.get(f"/polls/{poll.id}")

    assert "Итог" in words_of(page)
    assert "Проголосовать" not in words_of(page)


async def test_an_unknown_poll_is_a_page_in_words(anybody: Browser) -> None:
    page = await anybody.get("/polls/0190f000000070008000000000000000")

    assert page.status_code == 404
    assert "Такой страницы нет" in words_of(page)
