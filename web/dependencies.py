"""What the web door is given by the composition root."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from core.shared.language import Language
from core.store import Database
from messengers import Carrier, Policies, Screen
from web.identity_provider import IdentityProvider


def _nobody_to_wake() -> None:
    """The conversations look into the inbox every second anyway."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebDependencies:
    """Everything the pages and the API need from outside.

    public_url: where people reach the service, without a slash at the end; one-time links start with it.
    allowed_hosts: values of the Host header that are served; ``("*",)`` serves any.
    files_dir: folder of stored files, as ``core.files.keep_content`` was given it.
    locale_dir: folder with ``ru/LC_MESSAGES/django.mo``.
    send_mail: hands a mail to the server, address and words; whether it was taken. None: no mail here.
    policies: what each messenger of this instance may carry now; policies_before: until somebody chooses.
    mini_apps: tokens of our bots by the messengers that may open ``/app`` inside themselves.
    identity_provider: knows who somebody is (ЕСИА). None: there is no such way in.
    nudge_bots: wakes the conversations after a message without sockets; they also look by themselves.
    body_limit_bytes: a longer request is refused with 413 before it is read, except where a file is sent.
    """

    database: Database
    secret_key: str
    public_url: str
    allowed_hosts: tuple[str, ...]
    locale_dir: Path
    files_dir: Path
    send_mail: Callable[[str, Screen], Awaitable[bool]] | None = None
    policies: Policies = field(default_factory=dict)
    policies_before: Policies = field(default_factory=dict)
    mini_apps: Mapping[Carrier, str] = field(default_factory=dict, repr=False)
    identity_provider: IdentityProvider | None = None
    nudge_bots: Callable[[], None] = _nobody_to_wake
    default_language: Language = "ru"
    body_limit_bytes: int = 1_000_000


class NotBuilt(RuntimeError):
    """A view ran before ``build_web``."""


_bound: list[WebDependencies] = []


def bind(given: WebDependencies) -> None:
    """Make these the dependencies of all views of this process."""
    _bound[:] = [given]


def dependencies() -> WebDependencies:
    """The dependencies of this process. Raises: NotBuilt."""
    if not _bound:
        raise NotBuilt("call web.build_web first")
    return _bound[0]
