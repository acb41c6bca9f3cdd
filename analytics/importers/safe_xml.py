"""XML without document types: no entity can grow, nothing is fetched. Events in, events out."""

from collections.abc import Callable, Mapping
from xml.parsers import expat

from analytics.importers.reasons import BrokenTable, DangerousFile
from core.shared.language import N_

MAX_DEPTH = 64

Start = Callable[[str, Mapping[str, str]], None]
End = Callable[[str, str], None]

_DOCTYPE = N_("a document type of its own, by which a small file can grow without end")
_DEEP = N_("elements nested too deeply")


def read_xml(content: bytes, *, start: Start, end: End) -> None:
    """Walk the elements; `start` is given a name and attributes, `end` a name and the text inside.

    Names come without their namespaces. Raises: DangerousFile for a DTD, BrokenTable for what is no XML.
    """
    parser = expat.ParserCreate()
    texts: list[list[str]] = [[]]

    def refuse(*_: object) -> None:
        raise DangerousFile(what=_DOCTYPE)

    def opened(name: str, attributes: dict[str, str]) -> None:
        if len(texts) > MAX_DEPTH:
            raise DangerousFile(what=_DEEP)
        texts.append([])
        start(_bare(name), {_bare(key): value for key, value in attributes.items()})

    def closed(name: str) -> None:
        end(_bare(name), "".join(texts.pop()))

    def said(text: str) -> None:
        texts[-1].append(text)

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = opened
    parser.EndElementHandler = closed
    parser.CharacterDataHandler = said
    try:
        parser.Parse(content, True)
    # An encoding that nobody knows is a LookupError, one of several bytes a ValueError.
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise BrokenTable(row=parser.CurrentLineNumber) from error


def _bare(name: str) -> str:
    return name.rpartition(":")[2]
