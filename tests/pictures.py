"""Files as people send them: small, whole, made here."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import Any

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


# One grey pixel: the smallest picture that a viewer can draw.
PNG = b"".join(
    [
        b"\x89PNG\r\n\x1a\n",
        _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
        _chunk(b"IDAT", zlib.compress(b"\x00\x80")),
        _chunk(b"IEND", b""),
    ]
)
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def photo_with_place(form: str = "JPEG", *, orientation: int = 6, **more: Any) -> bytes:
    """A picture of 64 × 48 as a telephone makes it: it says where and when it was taken and by what."""
    exif = Image.Exif()
    exif[Base.Orientation] = orientation
    exif[Base.Make] = "Telephone"
    exif.get_ifd(IFD.GPSInfo).update(
        {GPS.GPSLatitudeRef: "N", GPS.GPSLatitude: (55.0, 1.0, 48.36), GPS.GPSLongitude: (82.0, 55.0, 13.4)}
    )
    buffer = io.BytesIO()
    Image.linear_gradient("L").resize((64, 48)).save(buffer, form, exif=exif, **more)
    return buffer.getvalue()


def docx(*names: str) -> bytes:
    """A modern office file with these entries beside the ones that each has."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in ("[Content_Types].xml", "word/document.xml", *names):
            archive.writestr(name, "<x/>")
    return buffer.getvalue()
