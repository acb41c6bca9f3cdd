"""Lets aiogram build a type's validator when the type is first met; imported before all that imports aiogram.

Of its 600 types and methods a conversation meets some dozens. Building the others took half of the CPU of a
start of this process, and 95 MB for as long as it ran.

aiogram builds them in a loop at its import, when all their names are known. The loop is let run empty, and
the names are given to the modules of the types, where pydantic looks for them when it builds.
"""

import importlib
import sys
from typing import Any, Literal, Optional, Union

from pydantic import BaseModel


def _import_aiogram() -> None:
    if "aiogram.types" in sys.modules:
        return
    build = BaseModel.__dict__["model_rebuild"]
    BaseModel.model_rebuild = classmethod(_build_later)  # type: ignore[method-assign, assignment]
    try:
        types = importlib.import_module("aiogram.types")
    finally:
        BaseModel.model_rebuild = build  # type: ignore[method-assign]
    default = importlib.import_module("aiogram.client.default").Default
    names = {name: getattr(types, name) for name in types.__all__}
    names |= {"List": list, "Optional": Optional, "Union": Union, "Literal": Literal, "Default": default}
    for module in {sys.modules[one.__module__] for one in names.values() if _is_model(one)}:
        for name, meaning in names.items():
            module.__dict__.setdefault(name, meaning)


def _build_later(_model: type[BaseModel], /, **_: Any) -> None:
    """Stand in for `model_rebuild`: the model stays as it is declared, with its build deferred."""


def _is_model(one: object) -> bool:
    return isinstance(one, type) and issubclass(one, BaseModel)


# Work at import, as aiogram's own is.
_import_aiogram()
