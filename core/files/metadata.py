"""What a camera writes beside the picture, above all where it stood: taken off before anything is stored.

Lossless: the picture's own bytes stay as they are. Only which way up it is to be held is kept.
"""

import struct
import zlib
from collections.abc import Iterator

from core.shared.errors import Invalid
from core.shared.language import N_

PNG_START = b"\x89PNG\r\n\x1a\n"
JPEG_START = b"\xff\xd8"

_EXIF = b"Exif\x00\x00"
_START_OF_SCAN, _END_OF_IMAGE, _APP1, _APP2, _COMMENT = 0xDA, 0xD9, 0xE1, 0xE2, 0xFE
_COLOUR_PROFILE = b"ICC_PROFILE\x00"
# JFIF (density) and Adobe (colour transform) decide how the picture is decoded.
_APP_NEEDED = {0xE0, 0xEE}
_ALL_APP = range(0xE0, 0xF0)
# Restart marks stand inside the pixels, as does a stuffed 0xFF (followed by 0x00).
_INSIDE_A_SCAN = {0x00, *range(0xD0, 0xD8)}
# Chunks of a PNG beside the critical ones (whose names begin with a capital) that change what is seen.
_PNG_NEEDED = {b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"bKGD", b"pHYs", b"sBIT"}
_ORIENTATION_TAG, _SHORT = 0x0112, 3
_UPRIGHT = 1


class DamagedPicture(Invalid):
    """The bytes begin as a picture and do not go on as one, so nothing can be taken off them."""

    code = "damaged_picture"
    message = N_("The picture is damaged and cannot be read. Save it anew or choose another one.")


def without_metadata(content: bytes) -> bytes:
    """The picture (PNG or JPEG) without place, time, camera, comments and what lies behind its end.

    Raises: DamagedPicture.
    """
    parts = _png_parts(content) if content.startswith(PNG_START) else _jpeg_parts(content)
    try:
        return b"".join(parts)
    except (struct.error, IndexError) as error:
        # A length that leads out of the file.
        raise DamagedPicture from error


def _jpeg_parts(content: bytes) -> Iterator[bytes]:
    yield JPEG_START
    position, seen_pixels = 2, False
    while position < len(content):
        if content[position] != 0xFF:
            raise DamagedPicture
        marker = content[position + 1]
        if marker == 0xFF:
            position += 1
            continue
        if marker == _END_OF_IMAGE:
            break
        (length,) = struct.unpack_from(">H", content, position + 2)
        end = position + 2 + length
        if length < 2 or end > len(content):
            raise DamagedPicture
        yield _kept_segment(marker, content[position:end])
        if marker == _START_OF_SCAN:
            seen_pixels, start = True, end
            end = _end_of_scan(content, start)
            yield content[start:end]
        position = end
    if not seen_pixels:
        raise DamagedPicture
    # Also where the file was cut short: what has come of the picture can be seen.
    yield bytes((0xFF, _END_OF_IMAGE))


def _end_of_scan(content: bytes, position: int) -> int:
    while True:
        position = content.find(b"\xff", position)
        if position < 0 or position + 1 >= len(content):
            return len(content)
        if content[position + 1] not in _INSIDE_A_SCAN:
            return position
        position += 2


def _kept_segment(marker: int, segment: bytes) -> bytes:
    payload = segment[4:]
    if marker == _APP1 and payload.startswith(_EXIF):
        orientation = _orientation(payload[len(_EXIF) :])
        exif = _EXIF + _exif(orientation)
        head = bytes((0xFF, _APP1)) + struct.pack(">H", len(exif) + 2)
        return head + exif if orientation != _UPRIGHT else b""
    if marker == _APP2 and payload.startswith(_COLOUR_PROFILE):
        return segment
    dropped = marker == _COMMENT or (marker in _ALL_APP and marker not in _APP_NEEDED)
    return b"" if dropped else segment


def _png_parts(content: bytes) -> Iterator[bytes]:
    yield PNG_START
    position, seen_pixels, name = len(PNG_START), False, b""
    while name != b"IEND":
        length, name = struct.unpack_from(">I4s", content, position)
        end = position + 12 + length
        if end > len(content):
            raise DamagedPicture
        if name == b"eXIf":
            yield _kept_exif(content[position + 8 : end - 4])
        elif name[:1].isupper() or name in _PNG_NEEDED:
            yield content[position:end]
        seen_pixels = seen_pixels or name == b"IDAT"
        position = end
    if not seen_pixels:
        raise DamagedPicture


def _kept_exif(exif: bytes) -> bytes:
    orientation = _orientation(exif)
    if orientation == _UPRIGHT:
        return b""
    named = b"eXIf" + _exif(orientation)
    return struct.pack(">I", len(named) - 4) + named + struct.pack(">I", zlib.crc32(named))


def _orientation(exif: bytes) -> int:
    """Which way up, 1 to 8; 1 also where it is not said or cannot be read."""
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if order is None:
        return _UPRIGHT
    try:
        (directory,) = struct.unpack_from(f"{order}I", exif, 4)
        (count,) = struct.unpack_from(f"{order}H", exif, directory)
        for place in range(directory + 2, directory + 2 + 12 * count, 12):
            tag, kind, _, value = struct.unpack_from(f"{order}HHIH", exif, place)
            if (tag, kind) == (_ORIENTATION_TAG, _SHORT):
                return value if 1 <= value <= 8 else _UPRIGHT
    except struct.error:
        # A damaged description is no damaged picture: it goes, the picture stays.
        pass
    return _UPRIGHT


def _exif(orientation: int) -> bytes:
    """A description that says only which way up the picture is to be held."""
    entry = struct.pack(">HHIHH", _ORIENTATION_TAG, _SHORT, 1, orientation, 0)
    return b"MM\x00\x2a" + struct.pack(">IH", 8, 1) + entry + struct.pack(">I", 0)
