"""E-mail: what a mail looks like, how each misfortune ends, and that the fall-back arrives there."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.delivery import DeliveryState, Urgency
from core.identity import identities_of, link_identity
from core.shared.ids import DeliveryId
from messengers import (
    Carrier,
    ChannelPolicy,
    FileLedger,
    LeaveLinks,
    Limiter,
    Link,
    Photo,
    Press,
    Rates,
    Screen,
    Site,
    Unsubscribe,
    bold,
)
from notifications import EmailSender
from notifications.senders.email import MailServer
from notifications.senders.port import Later, Outcome, Refused, Sent, Uncertain, Unreachable
from tests.bots.doors import PUBLIC_URL
from tests.notifications.fake_smtp import FakeSmtp
from tests.notifications.post_office import opened
from tests.notifications.test_misfortunes import answered
from tests.pictures import PNG
from tests.town import ANNA, Town

SCREEN = Screen(
    text=bold("Отключение воды"),
    buttons=((Link("Подробнее", "https://kontakt.example/x"),), (Press("Больше нет", Unsubscribe("news")),)),
)
LEAVE = LeaveLinks("a secret of fifty letters at least, for the tests only", Site(PUBLIC_URL))


@pytest.fixture
async def smtp() -> AsyncIterator[FakeSmtp]:
    async with FakeSmtp() as server:
        yield server
        assert server.unruly == []


def sender(smtp: FakeSmtp, folder: Path) -> EmailSender:
    return EmailSender(
        MailServer.of(f"smtp://127.0.0.1:{smtp.port}", sender="Заречный <town@kontakt.example>"),
        leave=LEAVE,
        limiter=Limiter("email", Rates(per_second=1000), FileLedger(folder / "mail.sqlite3")),
    )


async def send(smtp: FakeSmtp, folder: Path, screen: Screen = SCREEN) -> Outcome:
    return await sender(smtp, folder).send(
        "anna@example.org", screen, delivery_id=DeliveryId("d1"), urgency=Urgency.PERSONAL
    )


async def test_a_mail_says_what_the_message_says(smtp: FakeSmtp, tmp_path: Path) -> None:
    photo = Photo(content=PNG, file_name="UNEMPL.png", alt="Уровень безработицы", key="k")
    outcome = await send(smtp, tmp_path, Screen(text=SCREEN.text, buttons=SCREEN.buttons, file=photo))

    (mail,) = smtp.mails
    body = mail.get_body()
    assert body is not None
    assert outcome == Sent("<d1@kontakt.example>")
    assert (mail["Subject"], mail["To"]) == ("Отключение воды", "anna@example.org")
    assert "Подробнее: https://kontakt.example/x" in body.get_content()
    left_at = LEAVE.address(DeliveryId("d1"))
    assert mail["List-Unsubscribe"].strip() == f"<{left_at}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"Больше нет: {left_at}" in body.get_content()
    assert [part.get_content() for part in mail.iter_attachments()] == [PNG]


@pytest.mark.parametrize(
    ("command", "answer", "outcome"),
    [
        pytest.param("RCPT", "550 no such mailbox", Unreachable("smtp_550"), id="no such mailbox"),
        pytest.param("RCPT", "451 greylisted", Later("smtp_451"), id="greylisting"),
        pytest.param("MAIL", "553 not you", Refused("smtp_553"), id="our own address refused"),
        pytest.param("DATA", "452 no room", Later("smtp_452"), id="no room"),
        pytest.param("DATA", "554 spam", Refused("smtp_554"), id="taken for spam"),
    ],
)
async def test_a_refusal_ends_as_the_server_means_it(
    smtp: FakeSmtp, tmp_path: Path, command: str, answer: str, outcome: Outcome
) -> None:
    smtp.misfortunes[command] = answer

    assert await send(smtp, tmp_path) == outcome
    assert smtp.mails == []


async def test_a_lost_answer_is_uncertain(smtp: FakeSmtp, tmp_path: Path) -> None:
    smtp.lose_answer = True

    assert isinstance(await send(smtp, tmp_path), Uncertain)
    assert len(smtp.mails) == 1


async def test_a_server_that_is_away_is_tried_later(tmp_path: Path) -> None:
    assert isinstance(await send(FakeSmtp(port=1), tmp_path), Later)


async def test_whoever_blocked_the_messenger_gets_a_mail(town: Town, smtp: FakeSmtp, tmp_path: Path) -> None:
    async with opened(town, tmp_path / "files", others=[sender(smtp, tmp_path)]) as office:
        office.policies[Carrier.EMAIL] = ChannelPolicy.FULL
        office.links(ANNA, 1001).chat.blocked = True
        with town.database.transaction() as uow:
            link_identity(uow, person_id=town.people[ANNA], provider="email", subject="anna@example.org")
        topic = answered(office)

        await office.deliver()

        (mail,) = smtp.mails
        assert mail["Subject"] == "Ответ на МС-2027-000001"
        assert office.states(topic) == [DeliveryState.FAILED]
        assert office.states(topic, "email") == [DeliveryState.SENT]


async def test_an_address_that_takes_no_mail_is_written_to_no_more(
    town: Town, smtp: FakeSmtp, tmp_path: Path
) -> None:
    async with opened(town, tmp_path / "files", others=[sender(smtp, tmp_path)]) as office:
        office.policies[Carrier.EMAIL] = ChannelPolicy.FULL
        smtp.misfortunes["RCPT"] = "550 no such mailbox"
        with town.database.transaction() as uow:
            link_identity(uow, person_id=town.people[ANNA], provider="email", subject="anna@example.org")
        topics = [answered(office)]
        await office.deliver()
        topics.append(answered(office))
        await office.deliver()

        assert smtp.mails == []
        assert [one.reason for one in office.deliveries(topics[0]) if one.carrier == "email"] == ["smtp_550"]
        (way,) = town.database.read(identities_of, person_id=town.people[ANNA])
        assert not way.reachable
        assert len(office.in_browser(ANNA)) == 2
