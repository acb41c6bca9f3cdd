"""The table command × door, drawn from what commands declare, checked against what the doors import."""

import ast
import importlib
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.shared.doors import Actor, Door, Doors, doors_of

ROOT = Path(__file__).parents[1]
PARITY = ROOT / "docs/parity.md"
FOLDERS: dict[Door, tuple[str, ...]] = {
    Door.BOT: ("bots/flows",),
    Door.WEB: ("web", "realtime"),
    Door.API: ("web/api",),
    Door.CONSOLE: ("web/console", "web/workshop"),
    Door.CLI: ("app/cli",),
}
_INSIDE_WEB = ("web/api/", "web/console/", "web/workshop/")
_OPENING = """# Who can do what, and through which door

Drawn by `tools/parity` from what each command of `core/` declares; a test keeps the two equal, sees that a
declared door has code, and lets no hole pass without its reason.

✓ there is a way, — nobody looks for it there, a number: left out on purpose, the reason is below the table.
"""
_TITLES = {
    Actor.CITIZEN: "What a citizen does",
    Actor.OFFICIAL: "What an official or a moderator does",
    Actor.OPERATOR: "What the operator of an instance does",
    Actor.PROGRAM: "Steps that doors take by themselves",
}


@dataclass(frozen=True, slots=True)
class CommandAtDoors:
    """A command of core: what it declares, and the doors whose code imports it."""

    name: str
    summary: str
    declared: Doors | None
    used: frozenset[Door]


def commands() -> list[CommandAtDoors]:
    """Every public command of core that declares doors or is imported by one, by folder and name."""
    used = _used()
    found = []
    for name, command in _public_commands():
        declared = doors_of(command)
        if declared is not None or name in used:
            summary = (inspect.getdoc(command) or "").partition("\n")[0]
            found.append(CommandAtDoors(name, summary, declared, frozenset(used.get(name, ()))))
    return found


def faults(found: list[CommandAtDoors]) -> list[str]:
    """What is wrong, a sentence each; empty when all is declared, coded and reasoned."""
    said = []
    for one in found:
        if one.declared is None:
            said.append(f"{one.name} is reached by {', '.join(sorted(one.used))} and declares no door")
            continue
        name, open_at, used = one.name, one.declared.open, one.used
        said += [f"{name} declares {door} and has no code there" for door in open_at - used]
        said += [f"{name} has code in {door} and does not declare it" for door in used - open_at]
        said += [f"{name} is missing at {door} without a reason" for door in one.declared.holes]
        said += [f"{name} is open and closed at {door}" for door in open_at & one.declared.closed.keys()]
    return sorted(said)


def document(found: list[CommandAtDoors]) -> str:
    """The whole of docs/parity.md."""
    parts = [_OPENING]
    reasons: list[str] = []
    for actor, title in _TITLES.items():
        rows = [one for one in found if one.declared is not None and one.declared.actor is actor]
        heads = " | ".join(Door)
        parts.append(f"## {title}\n\n| command | {heads} | what it does |\n|---|{'---|' * (len(Door) + 1)}")
        parts += [_row(one, reasons) for one in rows]
        parts.append("")
    parts.append("## Left out on purpose\n")
    parts += [f"{number}. {reason}" for number, reason in enumerate(reasons, start=1)]
    return "\n".join(parts) + "\n"


def _row(one: CommandAtDoors, reasons: list[str]) -> str:
    assert one.declared is not None  # noqa: S101 - document() has looked
    cells = [_cell(one.declared, door, reasons) for door in Door]
    return f"| `{one.name}` | {' | '.join(cells)} | {one.summary} |"


def _cell(declared: Doors, door: Door, reasons: list[str]) -> str:
    if door in declared.open:
        return "✓"
    reason = declared.closed.get(door)
    if reason is None:
        return "—"
    if reason not in reasons:
        reasons.append(reason)
    return str(reasons.index(reason) + 1)


def _public_commands() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Public functions of core that take a unit of work first."""
    for init in sorted((ROOT / "core").glob("*/__init__.py")):
        folder = f"core.{init.parent.name}"
        module = importlib.import_module(folder)
        for name in sorted(getattr(module, "__all__", ())):
            thing = getattr(module, name)
            if inspect.isfunction(thing) and next(iter(inspect.signature(thing).parameters), "") == "uow":
                yield f"{init.parent.name}.{name}", thing


def _used() -> dict[str, set[Door]]:
    """Names that the doors import from core, with the doors."""
    found: dict[str, set[Door]] = {}
    for door, folders in FOLDERS.items():
        for path in (path for folder in folders for path in (ROOT / folder).rglob("*.py")):
            place = path.relative_to(ROOT).as_posix()
            if door is Door.WEB and place.startswith(_INSIDE_WEB):
                continue
            for name in _imported(path):
                found.setdefault(name, set()).add(door)
    return found


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("core."):
            yield from (f"{node.module.split('.')[1]}.{one.name}" for one in node.names)  # type: ignore[union-attr]


if __name__ == "__main__":
    PARITY.write_text(document(commands()), encoding="utf-8")
