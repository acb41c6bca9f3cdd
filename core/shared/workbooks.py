"""An Excel workbook of text cells: a zip of XML, of which the few parts that are needed are written here."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
    'content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
    'relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/'
    'workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    "{sheets}</Types>"
)
_SHEET_TYPE = (
    '<Override PartName="/xl/worksheets/sheet{place}.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
)
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELS = '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
_RELATION = '<Relationship Id="{id}" Type="' + _REL + '/{kind}" Target="{target}"/>'


def workbook(sheets: Mapping[str, Sequence[Sequence[str]]]) -> bytes:
    """The workbook with these sheets of rows, in their order; the same rows give the same bytes."""
    places = dict(enumerate(sheets, start=1))
    names = "".join(
        f'<sheet name="{escape(name)}" sheetId="{place}" r:id="r{place}"/>' for place, name in places.items()
    )
    relations = "".join(
        _RELATION.format(id=f"r{place}", kind="worksheet", target=f"worksheets/sheet{place}.xml")
        for place in places
    )
    types = "".join(_SHEET_TYPE.format(place=place) for place in places)
    parts = {
        "[Content_Types].xml": _TYPES.format(sheets=types),
        "_rels/.rels": _RELS
        + _RELATION.format(id="r1", kind="officeDocument", target="xl/workbook.xml")
        + "</Relationships>",
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_REL}"><sheets>{names}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f"{_RELS}{relations}</Relationships>",
        **{f"xl/worksheets/sheet{place}.xml": _sheet(sheets[name]) for place, name in places.items()},
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in parts.items():
            # A fixed moment: the same catalogue gives the same bytes.
            moment = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
            archive.writestr(moment, text, compress_type=zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _sheet(rows: Sequence[Sequence[str]]) -> str:
    lines = "".join("<row>" + "".join(map(_inline, row)) + "</row>" for row in rows)
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{lines}</sheetData></worksheet>'


def _inline(cell: str) -> str:
    return f'<c t="inlineStr"><is><t>{escape(cell)}</t></is></c>'
