"""A file attached: chosen or pasted, refused in words, taken back on its way, sent, downloaded."""

import io
import re
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from tests.pictures import PDF
from tests.town import ANNA, IVANOV
from tests.web.browser.looking import Visitor
from tests.web.stage import Stage

pytestmark = pytest.mark.browser

PASTE = """(field) => {
  const data = new DataTransfer();
  data.items.add(new File(["not really"], "снимок.gif", { type: "image/gif" }));
  field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, cancelable: true }));
}"""


def photo() -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(drawn, "JPEG")
    return drawn.getvalue()


def choose(page: Page, name: str, kind: str, content: bytes, *more: FilePayload) -> None:
    """By the keyboard: the button opens the browser's own dialogue."""
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Прикрепить файл").press("Enter")
    chooser.value.set_files([FilePayload(name=name, mimeType=kind, buffer=content), *more])


def test_a_photo_is_refused_taken_back_and_sent(visitor: Callable[..., Visitor]) -> None:
    anna = visitor(ANNA, width=390).open("/chat")
    page = anna.page
    field, refusal = page.get_by_label("Сообщение", exact=True), page.locator("[data-file-refusal]")
    strip, sent = page.locator("[data-file-strip]"), page.locator(".message--own img:visible")
    before = sent.count()

    choose(page, "смета.exe", "application/octet-stream", b"MZ")
    expect(refusal).to_contain_text("Такой файл не принимаем.")
    choose(page, "яма.jpg", "image/jpeg", photo() + bytes(20_000_000))
    expect(refusal).to_have_text("Файл больше 20 МБ. Пришлите файл поменьше.")
    field.evaluate(PASTE)
    expect(refusal).to_contain_text("Такой файл не принимаем.")
    expect(strip).to_be_hidden()

    # Held on its way and taken back there: nothing is sent, the words are in the field again.
    page.route("**/chat/files", lambda _route: None)
    choose(page, "яма.jpg", "image/jpeg", photo())
    expect(strip).to_contain_text("яма.jpg")
    expect(refusal).to_be_hidden()
    field.fill("Яма на Ленина")
    field.press("Enter")
    expect(page.get_by_role("progressbar")).to_be_visible()
    assert anna.look() == []
    page.get_by_role("button", name="Не отправлять файл").click()
    expect(strip).to_be_hidden()
    expect(field).to_have_value("Яма на Ленина")
    page.unroute("**/chat/files")

    second = FilePayload(name="вид.jpg", mimeType="image/jpeg", buffer=photo())
    program = FilePayload(name="смета.exe", mimeType="application/octet-stream", buffer=b"MZ")
    choose(page, "яма.jpg", "image/jpeg", photo(), program, second)
    expect(strip).to_contain_text("яма.jpg, вид.jpg")
    expect(refusal).to_contain_text("смета.exe: Такой файл не принимаем.")
    field.press("Enter")
    expect(sent).to_have_count(before + 2)
    expect(page.locator(".message--own").nth(-2)).to_contain_text("Яма на Ленина")
    expect(strip).to_be_hidden()
    expect(field).to_have_value("")
    assert sent.last.evaluate("(image) => image.decode().then(() => image.naturalWidth)") == 64
    assert anna.look() == []


def test_a_document_goes_to_the_authority_and_its_answer_brings_a_photo(
    visitor: Callable[..., Visitor], stage: Stage
) -> None:
    anna = visitor(ANNA, width=390).open(f"/conversations/{stage.conversation}")
    ivanov = visitor(IVANOV).open(f"/console/conversations/{stage.conversation}")
    choose(anna.page, "Смета на двор.pdf", "application/pdf", PDF)
    anna.page.get_by_label("Сообщение", exact=True).press("Enter")

    link = ivanov.page.get_by_role("link", name="Смета на двор.pdf")
    expect(link).to_be_visible()
    with ivanov.page.expect_download() as download:
        link.click()
    assert download.value.suggested_filename == "Смета на двор.pdf"

    choose(ivanov.page, "план.jpg", "image/jpeg", photo())
    expect(ivanov.page.locator("[data-file-strip]")).to_contain_text("план.jpg")
    assert ivanov.look() == []
    ivanov.page.get_by_label(re.compile("Ответ:")).fill("План работ")
    ivanov.page.get_by_role("button", name="Ответить", exact=True).click()
    expect(ivanov.page.locator("[data-preview]")).to_be_hidden()
    answer = anna.page.locator(".message:not(.message--own)").last
    expect(answer).to_contain_text("План работ")
    expect(answer.locator("img")).to_be_visible()
    assert anna.look() == []
