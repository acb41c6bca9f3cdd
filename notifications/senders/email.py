"""E-mail as a way of notifications, over SMTP: where the fall-back goes before the account page.

The standard library's client in a thread: a mail takes a second of waiting and no CPU to speak of.
"""

import asyncio
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from email.utils import formatdate, parseaddr
from typing import Self
from urllib.parse import unquote, urlsplit

from core.delivery import Urgency
from core.files import picture_type
from core.shared.ids import DeliveryId
from messengers import (
    Button,
    Carrier,
    LeaveLinks,
    Limiter,
    Link,
    NotNow,
    OpenBelow,
    Place,
    Scope,
    Screen,
    Unsubscribe,
)
from notifications.senders.port import Later, Outcome, Refused, Sent, Uncertain, Unreachable

TIMEOUT_S = 20.0
WRONG_LOGIN_PAUSE = timedelta(minutes=1)
# Codes of RFC 5321, section 4.2: 2xx taken, 4xx try later, 5xx never.
TAKEN, TRY_LATER, NEVER = 2, 4, 5
# A larger file is led to: servers of mail take some 20 MB in all, and a third goes to the encoding.
FILE_LIMIT_BYTES = 10_000_000
HEADING_LIMIT = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where mail is handed over. ``secure``: TLS from the first byte, else STARTTLS where it is offered."""

    host: str
    port: int
    user: str
    password: str
    secure: bool
    sender: str

    @classmethod
    def of(cls, url: str, *, sender: str) -> Self:
        """From ``smtp://USER:PASSWORD@HOST:587`` or ``smtps://…:465``; sender: ``Name <address>``.

        >>> MailServer.of("smtps://mail.example", sender="Town <town@example.org>").port
        465
        """
        parts = urlsplit(url)
        secure = parts.scheme == "smtps"
        return cls(
            host=parts.hostname or "",
            port=parts.port or (465 if secure else 587),
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            secure=secure,
            sender=sender,
        )


class EmailSender:
    """Sends mails; each delivery has one Message-ID, so a repeated one can be told by mail programs."""

    carrier = Carrier.EMAIL

    def __init__(self, server: MailServer, *, leave: LeaveLinks, limiter: Limiter) -> None:
        self._server = server
        self._leave = leave
        self._limiter = limiter

    async def send(
        self, address: str, screen: Screen, *, delivery_id: DeliveryId, urgency: Urgency
    ) -> Outcome:
        """Hand one mail over."""
        try:
            await self._limiter.turn(address, urgency)
        except NotNow as pause:
            return Later("limit", timedelta(seconds=pause.wait_s), tried=False)
        mail = compose(
            screen, to=address, sender=self._server.sender, leave=self._leave, delivery_id=delivery_id
        )
        outcome = await asyncio.to_thread(_hand_over, self._server, mail, address)
        if outcome == _WRONG_LOGIN:
            # The operator has to mend the password; until then every mail would only knock in vain.
            await self._limiter.hold(None, WRONG_LOGIN_PAUSE.total_seconds(), scope=Scope.ALL)
        return outcome

    async def edit(
        self, address: str, native_id: str, screen: Screen, *, delivery_id: DeliveryId, urgency: Urgency
    ) -> Outcome:
        """A mail that is out stays as it is."""
        return Refused("mail_cannot_be_changed")

    async def close(self) -> None:
        """Connections live for one mail."""


_WRONG_LOGIN = Later("login_refused", WRONG_LOGIN_PAUSE, tried=False)


def compose(
    screen: Screen, *, to: str, sender: str, leave: LeaveLinks, delivery_id: DeliveryId
) -> EmailMessage:
    """A screen as a mail: its first line is the subject, links are written out, a file is attached."""
    mail = EmailMessage()
    heading = screen.text.text.strip().splitlines()[0]
    mail["Subject"] = heading[:HEADING_LIMIT]
    mail["From"], mail["To"], mail["Date"] = sender, to, formatdate()
    mail["Message-ID"] = f"<{delivery_id}@{parseaddr(sender)[1].rpartition('@')[2]}>"
    # RFC 3834: no answering machine replies to it.
    mail["Auto-Submitted"] = "auto-generated"
    buttons = [button for row in screen.buttons for button in row]
    links = [f"{one.label}: {one.url}" for one in buttons if isinstance(one, Link)]
    links += [leave.site.address("me"), leave.site.address("me/notices")]
    no_more = next((one for one in buttons if _ends_a_list(one)), None)
    if no_more is not None:
        address = leave.address(delivery_id)
        mail["List-Unsubscribe"] = f"<{address}>"
        # RFC 8058: a mail program may then do it by itself, with a POST and without asking.
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        links.append(f"{no_more.label}: {address}")
    file = screen.file
    if file is not None and len(file.content) > FILE_LIMIT_BYTES:
        links.append(f"{file.file_name}: {leave.site.address(f'files/{file.key}')}")
        file = None
    mail.set_content("\n\n".join([screen.text.text, "\n".join(links)]) + "\n", cte="base64")
    if file is not None:
        kind = picture_type(file.content) or "application/octet-stream"
        maintype, _, subtype = kind.partition("/")
        mail.add_attachment(file.content, maintype=maintype, subtype=subtype, filename=file.file_name)
    return mail


def _ends_a_list(button: Button) -> bool:
    """Whether a message with this button is a mailing, or a digest, which leads to one's choices."""
    if isinstance(button, Link):
        return False
    chooses = isinstance(button.action, OpenBelow) and button.action.place is Place.NOTICES
    return chooses or isinstance(button.action, Unsubscribe)


def _hand_over(server: MailServer, mail: EmailMessage, to: str) -> Outcome:
    """Say it to the server, step by step: how it ended depends on where it broke off."""
    try:
        with _connected(server) as smtp:
            code, _ = smtp.mail(parseaddr(server.sender)[1])
            if code // 100 == TAKEN:
                code, _ = smtp.rcpt(to)
                if code // 100 == NEVER:
                    return Unreachable(f"smtp_{code}")
            if code // 100 != TAKEN:
                return Later(f"smtp_{code}") if code // 100 == TRY_LATER else Refused(f"smtp_{code}")
            return _say(smtp, mail)
    except smtplib.SMTPAuthenticationError:
        return _WRONG_LOGIN
    except (smtplib.SMTPException, OSError) as failure:
        return Later(type(failure).__name__)


def _say(smtp: smtplib.SMTP, mail: EmailMessage) -> Outcome:
    try:
        code, _ = smtp.data(mail.as_bytes())
    except smtplib.SMTPDataError as refusal:
        code = refusal.smtp_code
    except (smtplib.SMTPException, OSError) as failure:
        # It may have been taken: only the answer is missing.
        return Uncertain(type(failure).__name__)
    match code // 100:
        case 2:
            return Sent(str(mail["Message-ID"]))
        case 4:
            return Later(f"smtp_{code}")
        case _:
            return Refused(f"smtp_{code}")


@contextmanager
def _connected(server: MailServer) -> Iterator[smtplib.SMTP]:
    context = ssl.create_default_context()
    if server.secure:
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_S, context=context)
    else:
        smtp = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_S)
    try:
        smtp.ehlo_or_helo_if_needed()
        if not server.secure and smtp.has_extn("starttls"):
            smtp.starttls(context=context)
        if server.user:
            smtp.login(server.user, server.password)
        yield smtp
    finally:
        smtp.close()
