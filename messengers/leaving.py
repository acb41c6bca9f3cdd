"""The link in a mail that ends mails of its kind: signed, so that it needs no sign-in (RFC 8058)."""

import hashlib
import hmac
from dataclasses import dataclass, field

from core.shared.errors import NotFound
from core.shared.ids import DeliveryId
from core.shared.language import N_
from messengers.site import Site

_SIGNS = 32


class UnknownLeaveLink(NotFound):
    """The link was cut off on its way, or was never ours."""

    code = "unknown_leave_link"
    message = N_("This link is not whole. Open it from the mail once more, or choose in “My account”.")


@dataclass(frozen=True, slots=True)
class LeaveLinks:
    """Makes and reads the links. They name a delivery and nobody, and do not end: mails are kept long."""

    secret: str = field(repr=False)
    site: Site

    def address(self, delivery_id: DeliveryId) -> str:
        """Where the mail of this delivery is left from."""
        return self.site.address(f"leave/{delivery_id}.{self._signature(delivery_id)}")

    def delivery(self, token: str) -> DeliveryId:
        """The delivery that the last part of a link names. Raises: UnknownLeaveLink."""
        name, _, signature = token.partition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(name).encode()):
            raise UnknownLeaveLink
        return DeliveryId(name)

    def _signature(self, name: str) -> str:
        # Its own use of the key: a signature of anything else never fits here.
        said = f"leave a list:{name}".encode()
        return hmac.new(self.secret.encode(), said, hashlib.sha256).hexdigest()[:_SIGNS]
