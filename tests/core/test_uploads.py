"""What people send is known by its bytes, loses a camera's notes, and is swept if nobody claims it."""

from __future__ import annotations

import io
import os
import random
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.ExifTags import IFD, Base

from core.files import (
    DamagedPicture,
    FileTooLarge,
    UnwelcomeFile,
    has_content,
    keep_content,
    keep_upload,
    read_content,
    register_file,
    sweep_files,
)
from core.files.metadata import without_metadata
from core.shared.clock import SystemClock
from core.store import Database
from tests.pictures import PDF, PNG, docx, photo_with_place

ODT = b"PK\x03\x04" + bytes(26) + b"mimetypeapplication/vnd.oasis.opendocument.textPK\x03\x04"
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def opened(content: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(content))
    picture.load()
    return picture


@pytest.mark.parametrize(
    ("form", "more"),
    [
        pytest.param("JPEG", {}, id="JPEG"),
        pytest.param("JPEG", {"progressive": True, "comment": b"at home"}, id="JPEG in several scans"),
        pytest.param(
            "JPEG", {"icc_profile": b"a profile", "restart_marker_blocks": 1}, id="JPEG with a profile"
        ),
        pytest.param("PNG", {"icc_profile": b"a profile"}, id="PNG"),
    ],
)
def test_a_photo_loses_its_place_and_keeps_its_pixels_and_its_right_way_up(
    tmp_path: Path, form: str, more: dict[str, Any]
) -> None:
    taken = photo_with_place(form, **more)
    # Behind the end telephones put a short film or a second picture, with a place of its own.
    assert opened(taken).getexif().get_ifd(IFD.GPSInfo)
    assert b"Telephone" in taken

    kept = keep_upload(tmp_path, taken + photo_with_place(), name="IMG_1.JPG")

    content = read_content(tmp_path, kept.key)
    exif = opened(content).getexif()
    assert dict(exif) == {Base.Orientation: 6}
    assert not exif.get_ifd(IFD.GPSInfo)
    assert b"Telephone" not in content
    assert b"at home" not in content
    assert opened(content).tobytes() == opened(taken).tobytes()
    assert opened(content).info.get("icc_profile") == more.get("icc_profile")
    assert without_metadata(content) == content


def test_an_upright_photo_says_nothing_at_all() -> None:
    assert not opened(without_metadata(photo_with_place(orientation=1))).getexif()


@settings(max_examples=150)
@given(seed=st.integers(0, 2**32), form=st.sampled_from(["JPEG", "PNG"]))
def test_whatever_is_broken_in_a_photo_it_is_refused_or_loses_its_place(seed: int, form: str) -> None:
    dice = random.Random(seed)
    content = bytearray(photo_with_place(form))
    for _ in range(dice.randint(1, 6)):
        at = dice.randrange(8, len(content))
        match dice.randrange(3):
            case 0:
                content[at] = dice.randrange(256)
            case 1:
                del content[at : at + dice.randint(1, 9)]
            case _:
                content[at:at] = dice.randbytes(dice.randint(1, 9))
    try:
        kept = without_metadata(bytes(content))
    except DamagedPicture:
        return
    assert kept.startswith((b"\x89PNG", b"\xff\xd8"))
    assert without_metadata(kept) == kept
    head = kept[: kept.find(b"\xff\xda")] if form == "JPEG" else kept[: kept.find(b"IDAT")]
    assert b"Telephone" not in head or b"Exif" not in head


@pytest.mark.parametrize(
    "content", [b"\xff\xd8\xff", b"\xff\xd8\xff\xe1\x00", PNG[:20], PNG[:-30], b"\x89PNG\r\n\x1a\n"]
)
def test_a_picture_that_does_not_go_on_as_one_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(DamagedPicture):
        keep_upload(tmp_path, content, name="a.png")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "called", "media_type", "name"),
    [
        pytest.param(PDF, "Смета 2027.pdf", "application/pdf", "Смета 2027.pdf", id="pdf"),
        pytest.param(
            PDF, "../../etc/p\u202efdp.exe", "application/pdf", "pfdp.exe.pdf", id="pdf in disguise"
        ),
        pytest.param(PNG, "", "image/png", "file.png", id="a photo without a name"),
        pytest.param(
            docx(),
            "a" * 200 + ".docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "a" * 115 + ".docx",
            id="docx",
        ),
        pytest.param(ODT, "x.odt", "application/vnd.oasis.opendocument.text", "x.odt", id="odt"),
        pytest.param(OLD_OFFICE, "x.XLS", "application/vnd.ms-excel", "x.XLS", id="xls"),
        pytest.param("Яма;12".encode("cp1251"), "x.csv", "text/csv", "x.csv", id="csv of Windows"),
        pytest.param(b"{\\rtf1}", "x", "application/rtf", "x.rtf", id="rtf"),
    ],
)
def test_a_document_is_known_by_its_bytes_and_named_safely(
    tmp_path: Path, content: bytes, called: str, media_type: str, name: str
) -> None:
    kept = keep_upload(tmp_path, content, name=called)

    assert (kept.media_type, kept.name) == (media_type, name)
    assert read_content(tmp_path, kept.key) == content


@pytest.mark.parametrize(
    ("content", "name"),
    [
        pytest.param(b"<svg onload='alert(1)'>", "a.svg", id="svg"),
        pytest.param(b"<html><script>", "a.html", id="page"),
        pytest.param(b"MZ\x90\x00", "a.pdf", id="program"),
        pytest.param(docx("word/vbaProject.bin"), "a.docx", id="macros"),
        pytest.param(b"PK\x03\x04 no archive", "a.docx", id="broken archive"),
        pytest.param(OLD_OFFICE, "a.msi", id="installer in the form of old office files"),
        pytest.param(b"a\x00b", "a.txt", id="bytes called text"),
        pytest.param(b"", "a.pdf", id="nothing"),
    ],
)
def test_what_could_do_harm_is_not_taken(tmp_path: Path, content: bytes, name: str) -> None:
    with pytest.raises(UnwelcomeFile):
        keep_upload(tmp_path, content, name=name)

    assert list(tmp_path.iterdir()) == []


@given(
    content=st.binary(max_size=200), start=st.sampled_from([b"PK\x03\x04", b"%PDF-", b"\xff\xd8\xff", b""])
)
@settings(max_examples=150)
def test_any_bytes_are_taken_or_refused_in_words(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, start: bytes
) -> None:
    folder = tmp_path_factory.getbasetemp() / "any"
    with suppress(UnwelcomeFile, DamagedPicture):
        kept = keep_upload(folder, start + content, name="a.txt")
        assert read_content(folder, kept.key) == start + content


def test_more_than_a_messenger_carries_is_not_taken(tmp_path: Path) -> None:
    with pytest.raises(FileTooLarge, match="10"):
        keep_upload(tmp_path, PNG + bytes(10_000_000), name="a.png")
    with pytest.raises(FileTooLarge, match="20"):
        keep_upload(tmp_path, PDF + bytes(20_000_000), name="a.pdf")


def test_what_no_row_points_to_is_swept_when_it_is_a_day_old(database: Database, tmp_path: Path) -> None:
    now = SystemClock().now()
    day = timedelta(days=1)
    old, young = (now - 2 * day).timestamp(), (now - day / 2).timestamp()
    claimed, lost, fresh, again = (keep_content(tmp_path, word) for word in (b"a", b"b", b"c", b"d"))
    database.run(register_file, key=claimed, media_type="text/plain", size_bytes=1, parent="alert:1")
    partial = tmp_path / claimed[:2] / "tmp1.part"
    partial.write_bytes(b"half")
    foreign = tmp_path / claimed[:2] / "README"
    foreign.write_bytes(b"not ours")
    for path in tmp_path.rglob("*"):
        os.utime(path, (old, old))
    os.utime(tmp_path / fresh[:2] / fresh, (young, young))
    # Sent once more today: what was swept a moment ago would be missed.
    keep_content(tmp_path, b"d")

    assert sweep_files(database, tmp_path, before=now - day) == 2
    assert sweep_files(database, tmp_path, before=now - day) == 0

    assert [has_content(tmp_path, key) for key in (claimed, lost, fresh, again)] == [True, False, True, True]
    assert (partial.exists(), foreign.exists()) == (False, True)
