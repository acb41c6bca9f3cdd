"""Mails that somebody waits for at the screen: sent at once by the web process, not through the rows."""

from collections.abc import Awaitable, Callable

from app.limits import limiter_for
from app.settings import Settings
from core.delivery import Urgency
from core.shared.ids import DeliveryId, new_id
from messengers import Carrier, LeaveLinks, Screen, Site

SendMail = Callable[[str, Screen], Awaitable[bool]]


def mail_sender(settings: Settings) -> SendMail | None:
    """A sender of single mails; it says whether the server took one. None where no mail is configured."""
    if not settings.smtp_url:
        return None
    # Only here: the libraries of the messengers cost a web process 40 MB that it has no other use for.
    from notifications import EmailSender, MailServer, Sent  # noqa: PLC0415

    sender = EmailSender(
        MailServer.of(settings.smtp_url, sender=settings.mail_from),
        leave=LeaveLinks(settings.secret_key, Site(settings.public_url)),
        limiter=limiter_for(settings, Carrier.EMAIL),
    )

    async def send(address: str, screen: Screen) -> bool:
        outcome = await sender.send(address, screen, delivery_id=DeliveryId(new_id()), urgency=Urgency.REPLY)
        return isinstance(outcome, Sent)

    return send
