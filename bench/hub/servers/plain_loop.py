"""plain_loop.c in Python, for machines without a compiler: one send() to every socket, nothing else."""

import select
import socket
import sys
from dataclasses import dataclass, field

ANSWER = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
)


@dataclass(slots=True)
class Loop:
    """The members of the room and what the speaker has sent so far of its next frame."""

    listening: socket.socket
    epoll: select.epoll = field(default_factory=select.epoll)
    opened: dict[int, socket.socket] = field(default_factory=dict)
    greeted: set[int] = field(default_factory=set)
    members: dict[int, socket.socket] = field(default_factory=dict)
    held: bytearray = field(default_factory=bytearray)

    def run(self) -> None:
        """Serve until killed."""
        self.epoll.register(self.listening, select.EPOLLIN)
        while True:
            for descriptor, _ in self.epoll.poll():
                if descriptor == self.listening.fileno():
                    accepted, _ = self.listening.accept()
                    self.opened[accepted.fileno()] = accepted
                    self.epoll.register(accepted, select.EPOLLIN)
                else:
                    self.serve(descriptor)

    def serve(self, descriptor: int) -> None:
        """Take what a socket sends: its handshake first, then the speaker's frames."""
        peer = self.opened[descriptor]
        got = peer.recv(65536)
        if not got:
            self.epoll.unregister(peer)
            peer.close()
            del self.opened[descriptor]
            self.members.pop(descriptor, None)
            self.greeted.discard(descriptor)
        elif descriptor not in self.greeted:
            self.greeted.add(descriptor)
            if b"/publish" not in got:
                self.members[descriptor] = peer
            peer.sendall(ANSWER)
        else:
            self.held += got
            self.broadcast_held()

    def broadcast_held(self) -> None:
        """Every whole client frame (126 to 65535 bytes, mask zero) goes to everybody as a server frame."""
        while len(self.held) >= 8 and len(self.held) >= 8 + (size := int.from_bytes(self.held[2:4], "big")):
            frame = b"\x81\x7e" + self.held[2:4] + self.held[8 : 8 + size]
            del self.held[: 8 + size]
            for member in self.members.values():
                member.send(frame)


Loop(socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=4096)).run()
