"""A photo attached in the chat: chosen or pasted, refused in words, taken back on its way, sent."""

import io
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from tests.town import ANNA
from tests.web.browser.looking import Visitor

pytestmark = pytest.mark.browser

SOON_MS = 8_000
PASTE = """(field) => {
  const data = new DataTransfer();
  data.items.add(new File(["not really"], "снимок.gif", { type: "image/gif" }));
  field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, cancelable: true }));
}"""


def photo() -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(drawn, "JPEG")
    return drawn.getvalue()


def choose(page: Page, name: str, kind: str, content: bytes) -> None:
    """By the keyboard: the button opens the browser's own dialogue."""
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Прикрепить фото").press("Enter")
    chooser.value.set_files(FilePayload(name=name, mimeType=kind, buffer=content))


def test_a_photo_is_refused_taken_back_and_sent(visitor: Callable[..., Visitor]) -> None:
    anna = visitor(ANNA, width=390).open("/chat")
    page = anna.page
    field, refusal = page.get_by_label("Сообщение", exact=True), page.locator("[data-photo-refusal]")
    strip, sent = page.locator("[data-photo-strip]"), page.locator(".message--own img:visible")
    before = sent.count()

    choose(page, "смета.txt", "text/plain", b"words")
    expect(refusal).to_have_text("Это не фото. Выберите файл JPEG или PNG.")
    choose(page, "яма.jpg", "image/jpeg", photo() + bytes(10_000_000))
    expect(refusal).to_have_text("Фото больше 10 МБ. Выберите файл поменьше.")
    field.evaluate(PASTE)
    expect(refusal).to_have_text("Это не фото. Выберите файл JPEG или PNG.")
    expect(strip).to_be_hidden()

    # Held on its way and taken back there: nothing is sent, the words are in the field again.
    page.route("**/chat/photos", lambda _route: None)
    choose(page, "яма.jpg", "image/jpeg", photo())
    expect(strip).to_contain_text("яма.jpg")
    expect(refusal).to_be_hidden()
    field.fill("Яма на Ленина")
    field.press("Enter")
    expect(page.get_by_role("progressbar")).to_be_visible()
    assert anna.look() == []
    page.get_by_role("button", name="Не отправлять фото").click()
    expect(strip).to_be_hidden()
    expect(field).to_have_value("Яма на Ленина")
    page.unroute("**/chat/photos")

    choose(page, "яма.jpg", "image/jpeg", photo())
    field.press("Enter")
    expect(sent).to_have_count(before + 1, timeout=SOON_MS)
    expect(page.locator(".message--own").last).to_contain_text("Яма на Ленина")
    expect(strip).to_be_hidden()
    expect(field).to_have_value("")
    assert sent.last.evaluate("(image) => image.decode().then(() => image.naturalWidth)") == 64
    assert anna.look() == []
