"""Reading what was typed: commands, labels of the menu, words."""

from dataclasses import dataclass

from core.shared.language import N_

# What a messenger lists behind «/».
COMMANDS = {
    "menu": N_("Menu"),
    "obr": N_("Write to the authority"),
    "vote": N_("Polls"),
    "indicators": N_("Indicators"),
    "indicator": N_("An indicator by its name"),
    "my": N_("My account"),
    "cancel": N_("Leave what you are doing"),
    "help": N_("What can be done here"),
}


@dataclass(frozen=True, slots=True)
class Command:
    """``/name argument``; the name in lower case and without the bot's own name."""

    name: str
    argument: str


def as_command(text: str) -> Command | None:
    """The command in a text, in Latin or Cyrillic letters (messengers mark only Latin ones).

    >>> as_command("/start@town_bot 4F7K"), as_command("/Отмена"), as_command("и/или")
    (Command(name='start', argument='4F7K'), Command(name='отмена', argument=''), None)
    """
    if not text.startswith("/") or len(text) < 2:
        return None
    head, _, argument = text[1:].partition(" ")
    return Command(head.split("@", maxsplit=1)[0].lower(), argument.strip())


def bare(text: str) -> str:
    """Letters and digits only, in lower case, ё as е: «🗳 Голосования» is «голосования».

    >>> bare("✉️ Прямая связь")
    'прямаясвязь'
    """
    return "".join(letter for letter in text.lower().replace("ё", "е") if letter.isalnum())
