"""The texts that the person who starts an instance reads in the terminal."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from app.degraded import degradations
from app.settings import PROJECT, Settings, child_environment

# A slow machine has much to do at the start: twenty seconds were too few on two busy cores.
_LINKS_LIMIT_S = 60.0
_NEW_LINKS = "./run accounts --demo --links-only"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoLink:
    """A one-time link that signs a person of the synthetic town in."""

    name: str
    role: str
    link: str


def welcome(address: str) -> str:
    """Return what is said as soon as pages are served."""
    return f"Strategy24 answers at {address} (the other processes are still starting)."


def farewell() -> str:
    """Return what is said when the end begins."""
    return "Stopping ... (Ctrl-C again to stop at once)"


async def started(settings: Settings, *, address: str, failing: Sequence[str]) -> str:
    """Return what is said when everything was started: address, ways in, and what works in a lesser way."""
    lines = [f"Strategy24 is ready: {address}"]
    lines += await _ways_in(address) if settings.fills_demo else []
    lesser = [f"{name} does not start (see above)" for name in failing] + degradations(settings)
    if lesser:
        lines += ["", "In a lesser way:", *(f"  - {text}" for text in lesser)]
    lines += ["", "Stop with Ctrl-C. Something wrong? ./run doctor"]
    return "\n".join(lines)


async def _ways_in(address: str) -> list[str]:
    links = await _demo_links(address)
    if not links:
        return ["", f"Sign in as a person of the synthetic town: {_NEW_LINKS}"]
    width = max(len(f"{link.name}, {link.role}") for link in links)
    return [
        "",
        "Sign in as a person of the synthetic town (each link works once, for 10 minutes):",
        *(f"  {f'{link.name}, {link.role}':{width}}  {link.link}" for link in links),
        f"  New links: {_NEW_LINKS}",
        "What to do first: as the administrator open «Рабочее место», it lists what is left to set up.",
    ]


async def _demo_links(address: str) -> list[DemoLink]:
    # A process of its own: the database libraries would double the memory of the supervisor.
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-m", "app", "accounts", "--demo", "--links-only", "--json",
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={**child_environment(public_url=address), "PYTHONPATH": str(PROJECT)},
    )  # fmt: skip
    try:
        output, _ = await asyncio.wait_for(process.communicate(), _LINKS_LIMIT_S)
    except TimeoutError:
        return []
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
    if process.returncode != 0:
        return []
    accounts = json.loads(output)["accounts"]
    return [DemoLink(name=each["name"], role=each["role"], link=each["link"]) for each in accounts]
