"""A small strict mail server of our own, for tests: commands in their order, CRLF, dots unstuffed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Self


@dataclass
class FakeSmtp:
    """The server; `mails` are those it took, `misfortunes` maps a command to what it answers once."""

    mails: list[EmailMessage] = field(default_factory=list)
    misfortunes: dict[str, str] = field(default_factory=dict)
    lose_answer: bool = False
    unruly: list[str] = field(default_factory=list)
    port: int = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        expected = "EHLO"
        writer.write(b"220 fake.example ESMTP\r\n")
        while line := await reader.readline():
            if not line.endswith(b"\r\n"):
                self.unruly.append("a line without CRLF")
            command = line.decode().split(maxsplit=1)[0].upper().strip()
            if command == "QUIT":
                break
            if command != expected:
                self.unruly.append(f"{command} where {expected} was expected")
            if command in self.misfortunes:
                writer.write(f"{self.misfortunes.pop(command)}\r\n".encode())
                continue
            expected = {"EHLO": "MAIL", "MAIL": "RCPT", "RCPT": "DATA", "DATA": "MAIL"}.get(command, "")
            if command == "DATA":
                writer.write(b"354 go on\r\n")
                await self._take(reader)
                if self.lose_answer:
                    break
            writer.write(b"250 fine\r\n")
        writer.close()

    async def _take(self, reader: asyncio.StreamReader) -> None:
        lines = []
        while (line := await reader.readline()) != b".\r\n":
            lines.append(line[1:] if line.startswith(b".") else line)
        found = message_from_bytes(b"".join(lines), policy=policy.default)
        assert isinstance(found, EmailMessage)
        self.mails.append(found)
