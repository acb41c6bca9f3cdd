"""One frame to many sockets, by the library in C and without it: the same frames, whole and in order."""

import asyncio
import datetime as dt
import logging
import shutil
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvloop
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from realtime import sending
from realtime.outlet import WireOutlet
from realtime.places import NO_SOCKET, PLACES, Crowd
from realtime.protocol import CloseCode
from realtime.sending import COMPILERS, CompiledSender, Sender, compiled, fastest_sender, send_by_offers
from realtime.transport import HubWebSocketProtocol
from realtime.wire import Frame, wire_of
from tests.realtime.bare_server import Server, client, raw, serving
from tests.realtime.live_town import until

COMPILER = any(map(shutil.which, COMPILERS))
needs_compiler = pytest.mark.skipif(not COMPILER, reason="no C compiler here")


@pytest.fixture(params=[uvloop.EventLoopPolicy, asyncio.DefaultEventLoopPolicy], ids=["uvloop", "asyncio"])
def event_loop_policy(request: pytest.FixtureRequest) -> asyncio.AbstractEventLoopPolicy:
    policy: asyncio.AbstractEventLoopPolicy = request.param()
    return policy


@pytest.fixture(params=[pytest.param("c", marks=needs_compiler), "python"])
def send(request: pytest.FixtureRequest) -> Sender:
    return CompiledSender(compiled()) if request.param == "c" else send_by_offers


@dataclass(slots=True)
class Audience:
    """An application whose connections only listen; they stand in the order of their coming."""

    outlets: list[WireOutlet] = field(default_factory=list)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        wire = wire_of(scope)
        assert wire is not None
        await receive()
        await send({"type": "websocket.accept"})
        self.outlets.append(WireOutlet(wire, most_pending=16 * 1024 * 1024, close_timeout_s=1.0))
        while (await receive())["type"] != "websocket.disconnect":
            pass

    def send_by(self, send: Sender, frame: Frame) -> None:
        crowd = Crowd()
        for outlet in self.outlets:
            crowd.add(outlet)
        send(crowd, crowd.row(), frame)

    @asynccontextmanager
    async def of(self, server: Server, count: int) -> AsyncIterator[list[ClientConnection]]:
        async with AsyncExitStack() as stack:
            connected = []
            for _ in range(count):
                connected.append(await stack.enter_async_context(client(server, max_queue=1)))
                # Accepted, and then taken down: the next one must stand behind it.
                await until(lambda: len(self.outlets) == len(connected))
            yield connected


def socket_of(outlet: WireOutlet) -> int:
    return int(PLACES.sockets[outlet.place])


def body(number: int) -> str:
    return f"{number} " + "я" * 20_000


async def numbers(reader: ClientConnection, count: int) -> list[int]:
    heard = [str(await reader.recv()) for _ in range(count)]
    assert all(text == body(int(text.split()[0])) for text in heard)
    return [int(text.split()[0]) for text in heard]


async def test_everybody_gets_every_frame_whole_though_one_does_not_read(send: Sender) -> None:
    audience = Audience()
    async with serving(audience) as server, audience.of(server, 3) as (anna, boris, vera):
        for number in range(150):
            audience.send_by(send, Frame.of(body(number)))
            if number % 10 == 9:
                # Two read along, the one in the middle does not: its socket fills in mid-frame.
                assert await numbers(anna, 10) == await numbers(vera, 10) == [*range(number - 9, number + 1)]
        stalled = audience.outlets[1]
        assert (socket_of(stalled), stalled.pending() > 0) == (NO_SOCKET, True)

        assert await numbers(boris, 150) == [*range(150)]
        await until(lambda: socket_of(stalled) != NO_SOCKET)
        audience.send_by(send, Frame.of(body(150)))
        assert await numbers(boris, 1) == await numbers(vera, 1) == [150]


async def test_nothing_is_written_into_a_closing_or_a_broken_connection(send: Sender) -> None:
    audience = Audience()
    async with serving(audience) as server, audience.of(server, 3) as (anna, boris, vera):
        async with raw(server) as (_, writer):
            await until(lambda: len(audience.outlets) == 4)
            writer.transport.abort()
        audience.outlets[0].close(CloseCode.RESUME)
        for number in range(3):
            audience.send_by(send, Frame.of(body(number)))
            await asyncio.sleep(0)

        assert str(await anna.recv()).startswith('{"op":"bye"')
        with pytest.raises(ConnectionClosed):
            await anna.recv()
        assert anna.close_code == CloseCode.RESUME
        assert await numbers(boris, 3) == await numbers(vera, 3) == [0, 1, 2]
        await until(lambda: socket_of(audience.outlets[3]) == NO_SOCKET)


async def test_nothing_is_written_past_encryption(send: Sender, tmp_path: Path) -> None:
    audience = Audience()
    certificate, key = self_signed(tmp_path)
    trusted = ssl.create_default_context(cafile=str(certificate))
    options = {"ssl_certfile": str(certificate), "ssl_keyfile": str(key)}
    async with (
        serving(audience, **options) as server,
        connect(f"wss://localhost:{server.port}/", ssl=trusted, proxy=None) as anna,
    ):
        await until(lambda: len(audience.outlets) == 1)
        wire = audience.outlets[0].wire
        assert isinstance(wire, HubWebSocketProtocol)
        # As the transport says it; over TLS neither loop always does.
        wire.resume_writing()
        audience.send_by(send, Frame.of(body(7)))

        assert await numbers(anna, 1) == [7]


@needs_compiler
def test_a_library_that_is_there_is_not_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    library = compiled()
    monkeypatch.setenv("PATH", "")

    assert compiled() == library
    assert isinstance(fastest_sender(), CompiledSender)


def test_without_a_compiler_it_goes_on_in_python_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("PATH", "")

    with pytest.raises(FileNotFoundError):
        compiled(copied(tmp_path))

    monkeypatch.setattr(sending, "compiled", lambda: compiled(tmp_path / "sending.c"))
    with caplog.at_level(logging.INFO):
        assert fastest_sender() is send_by_offers
    assert "live_sender_in_python reason=no C compiler" in caplog.text


@needs_compiler
def test_what_cannot_be_compiled_or_loaded_leaves_python_at_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = copied(tmp_path)
    monkeypatch.setattr(sending, "compiled", lambda: compiled(source))
    source.write_text("this is no C", encoding="ascii")

    assert fastest_sender() is send_by_offers
    assert [*tmp_path.iterdir()] == [source]

    source.write_text("int nothing_to_call;", encoding="ascii")
    assert fastest_sender() is send_by_offers


def copied(folder: Path) -> Path:
    return Path(shutil.copy(sending.SOURCE, folder))


def self_signed(folder: Path) -> tuple[Path, Path]:
    """A certificate for localhost, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    today = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - dt.timedelta(days=1))
        .not_valid_after(today + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    (folder / "certificate").write_bytes(certificate.public_bytes(encoding))
    (folder / "key").write_bytes(key.private_bytes(encoding, form, serialization.NoEncryption()))
    return folder / "certificate", folder / "key"
