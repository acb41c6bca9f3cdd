"""Who reaches what through which door: declared at the command, coded at the door, true in docs/parity.md."""

from core.shared.doors import Actor, Door, Doors, doors_of, reached
from tools.parity import PARITY, CommandAtDoors, commands, document, faults


@reached(Actor.CITIZEN, Door.BOT, Door.WEB, closed={Door.API: "a reason"})
def wave(uow: object) -> None:
    """Wave."""


def at_doors(*used: Door, declared: Doors | None) -> list[CommandAtDoors]:
    return [CommandAtDoors("town.wave", "Wave.", declared, frozenset(used))]


def test_every_command_declares_its_doors_and_has_code_there() -> None:
    assert faults(commands()) == []


def test_the_table_in_the_docs_is_what_the_code_declares() -> None:
    assert PARITY.read_text(encoding="utf-8") == document(commands()), "run tools/parity"


def test_a_declared_door_without_code_a_silent_one_and_a_hole_are_found() -> None:
    whole = doors_of(wave)
    holed = Doors(Actor.CITIZEN, frozenset({Door.BOT}), {Door.WEB: "a reason"})

    assert faults(at_doors(Door.BOT, Door.WEB, declared=whole)) == []
    assert faults(at_doors(Door.BOT, declared=whole)) == ["town.wave declares web and has no code there"]
    assert faults(at_doors(Door.BOT, Door.WEB, Door.CLI, declared=whole)) == [
        "town.wave has code in cli and does not declare it"
    ]
    assert faults(at_doors(Door.BOT, declared=holed)) == ["town.wave is missing at api without a reason"]
    assert faults(at_doors(Door.BOT, declared=None)) == ["town.wave is reached by bot and declares no door"]


def test_a_declaration_leaves_the_command_as_it_was() -> None:
    assert wave.__name__ == "wave"
    assert wave(None) is None
