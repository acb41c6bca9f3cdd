"""A room on stock Channels as its tutorial builds it: a consumer, a group, channels_redis.

    channels_server.py PORT SERVER LAYER REDIS_URL

SERVER is daphne or uvicorn, LAYER core.RedisChannelLayer or pubsub.RedisPubSubChannelLayer.
"""

import sys
from typing import Any

import django
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.urls import path

PORT, SERVER, LAYER, REDIS_URL = sys.argv[1:5]

settings.configure(
    ALLOWED_HOSTS=["*"],
    SECRET_KEY="of the benchmark",  # noqa: S106 - signs nothing
    CHANNEL_LAYERS={"default": {"BACKEND": f"channels_redis.{LAYER}", "CONFIG": {"hosts": [REDIS_URL]}}},
)
django.setup()


class Member(AsyncWebsocketConsumer):  # type: ignore[misc] # channels has no types
    """Somebody in the room."""

    async def connect(self) -> None:
        """Join."""
        await self.channel_layer.group_add("room", self.channel_name)
        await self.accept()

    async def disconnect(self, _code: int) -> None:
        """Leave."""
        await self.channel_layer.group_discard("room", self.channel_name)

    async def chat_message(self, event: dict[str, Any]) -> None:
        """Pass on what was said."""
        await self.send(text_data=event["message"])


class Speaker(AsyncWebsocketConsumer):  # type: ignore[misc] # channels has no types
    """Whose messages go to the room."""

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Broadcast a message."""
        await self.channel_layer.group_send("room", {"type": "chat.message", "message": text_data})


application = ProtocolTypeRouter(
    {"websocket": URLRouter([path("publish", Speaker.as_asgi()), path("", Member.as_asgi())])}
)

if SERVER == "daphne":
    from daphne.server import Server

    Server(application, endpoints=[f"tcp:port={PORT}:interface=127.0.0.1"], signal_handlers=False).run()
else:
    import uvicorn

    uvicorn.run(
        application,
        host="127.0.0.1",
        port=int(PORT),
        log_level="warning",
        loop="uvloop",
        ws="websockets-sansio",
        backlog=4096,
    )
