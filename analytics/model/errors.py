"""What can be wrong with a model: one kind of error that names the file, line, equation and year."""

from dataclasses import dataclass, replace
from typing import Any

from core.shared.language import N_, Language, translate

_PLACE_FILE = N_("{file}, line {line}")
_PLACE_EQUATION = N_("equation {equation}")
_PLACE_YEAR = N_("year {year}")

SENTENCES = {
    "bad_toml": N_("This is not a TOML file: {reason}."),
    "too_long": N_("The text is too long: at most {limit} characters are read."),
    "too_many": N_("There are too many entries of this kind: at most {limit}."),
    "unexpected": N_("“{found}” cannot stand here; {expected} was expected."),
    "unfinished": N_("The formula ends too early; {expected} was expected."),
    "too_deep": N_("The formula is nested too deeply: at most {limit} levels."),
    "too_many_terms": N_("The formula is too long: at most {limit} sums and products."),
    "bad_number": N_("“{found}” is too large or too small a number."),
    "bad_lag": N_("A lag is written NAME[-1] to NAME[-{limit}]."),
    "unknown_function": N_("There is no function “{found}”; there are {known}."),
    "wrong_arguments": N_("{function} takes {expected} arguments, not {count}."),
    "unknown_name": N_("“{name}” is not described in the model and not in the data.{hint}"),
    "unknown_key": N_("The key “{key}” is not known here.{hint}"),
    "missing_key": N_("The key “{key}” is missing."),
    "wrong_type": N_("“{key}” must be {expected}."),
    "bad_left_side": N_("The left side must be {name}, log({name}), dlog({name}) or dlogit({name})."),
    "defined_twice": N_("{name} is explained twice: by an equation and by an identity."),
    "coefficient_in_identity": N_("An identity has no coefficient to estimate: “{name}” needs a value."),
    "not_linear": N_("The equation is not linear in its coefficients, so they cannot be estimated."),
    "no_freedom": N_("{count} years of data are too few for {coefficients} coefficients."),
    "left_too_few": N_(
        "{count} years of data are too few for {coefficients} coefficients; {left_out} more would compare "
        "two definitions: {names}."
    ),
    "no_variation": N_("The coefficients cannot be told apart: their data move together."),
    "inherit_cycle": N_("The scenario inherits from itself: {names}."),
    "bad_path": N_(
        "A path is a number, years with numbers, a growth such as “2%” or a shift such as “-10%”."
    ),
    "exogenous_only": N_("{name} is explained by an equation; use addfactor or exogenize."),
    "endogenous_only": N_("{name} has no equation; give its path instead."),
    "no_value": N_("There is no value of {name} for {at}."),
    "division_by_zero": N_("Division by zero."),
    "log_of_negative": N_("The logarithm of {value}: only a number above zero has one."),
    "share_outside": N_("{value} is not a share between 0 and 100 %."),
    "power": N_("{base} cannot be raised to the power {exponent}."),
    "overflow": N_("The result is too large."),
    "not_solved": N_("The equations {names} depend on each other and no common solution was found."),
    "no_territory": N_("The data hold no territory “{territory}”."),
    "bad_row": N_("The row has no territory, indicator, period and value that can be read."),
    "no_project": N_("The model has no project “{project}”; there are: {known}."),
    "target_unreachable": N_("No change of {instrument} brings {name} to {value} in {at}."),
}


@dataclass(frozen=True)
class Where:
    """A place in a model; what is not known stays empty."""

    file: str = ""
    line: int = 0
    equation: str = ""
    year: int = 0


class ModelError(Exception):
    """A model or its data cannot be used; `code` names the reason, `fields` fill its sentence."""

    def __init__(self, code: str, *, where: Where | None = None, **fields: Any) -> None:
        self.code = code
        self.where = where or Where()
        self.fields = fields
        super().__init__(self.sentence("en"))

    def at(self, **place: Any) -> "ModelError":
        """The same error with the parts of its place that were not known yet."""
        known = {name: value for name, value in vars(self.where).items() if value}
        return ModelError(self.code, where=replace(Where(**place), **known), **self.fields)

    def sentence(self, language: Language) -> str:
        """Where and why, for a person: ``model.toml, line 12, equation GRP, year 2027: …``."""
        where = self.where
        places = [
            translate(language, _PLACE_FILE, file=where.file, line=where.line) if where.line else where.file,
            translate(language, _PLACE_EQUATION, equation=where.equation) if where.equation else "",
            translate(language, _PLACE_YEAR, year=where.year) if where.year else "",
        ]
        words = {name: _word(language, value) for name, value in self.fields.items()}
        reason = translate(language, SENTENCES[self.code], **words)
        place = ", ".join(filter(None, places))
        return f"{place}: {reason}" if place else reason


def _word(language: Language, value: Any) -> Any:
    """What the grammar expected is a message of its own, and so is a hint with its fields."""
    if isinstance(value, tuple):
        return translate(language, value[0], **value[1])
    return translate(language, value) if isinstance(value, str) and value in EXPECTED else value


HINT = N_(" Did you mean “{close}”?")
AN_OPERAND = N_("a number, a name or a bracket")
AN_OPERATOR = N_("an operator")
AN_END = N_("the end")
A_CLOSING = N_("a closing bracket")
AN_EQUALS = N_("the sign =")
A_COMPARISON = N_("a comparison")
A_NAME = N_("the name of an indicator in capitals")
A_TABLE = N_("a table")
A_TEXT = N_("a text in quotes")
A_NUMBER = N_("a number")
AN_INTERVAL = N_("two numbers in square brackets")
EXPECTED = {
    AN_OPERAND, AN_OPERATOR, AN_END, A_CLOSING, AN_EQUALS, A_COMPARISON, A_NAME, A_TABLE, A_TEXT, A_NUMBER,
    AN_INTERVAL,
}  # fmt: skip
