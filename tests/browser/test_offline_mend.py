"""What the server wants mended stays on the device with text and photos until the person has mended it."""

from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import expect

from cases.models import Case
from tests.browser.gate import SEND, turn
from tests.browser.phone import Phone, Picture, arrived, exactly, once

ONE, TWO, THREE = Picture(1), Picture(2), Picture(3)
TEXT, OTHER = "楼下垃圾堆了三天", "桥头也有垃圾"
GPS = 0x8825


def with_wrong_phone(phone: Phone, text: str, *pictures: Picture) -> None:
    phone.write(text, *pictures)
    phone.page.locator("summary", has_text="等待答复").click()
    phone.page.fill("input[name=reporter_phone]", "123")
    phone.press()


def test_a_refused_field_is_shown_in_the_form_and_mended_there(phone: Phone) -> None:
    with_wrong_phone(phone, TEXT, ONE, TWO)
    page = phone.page
    expect(page.locator(".error-summary")).to_contain_text("电话")
    expect(page.locator("input[name=reporter_phone]")).to_have_attribute("aria-invalid", "true")
    (report,) = phone.waits(1, "mend")
    assert report["photos"] == 2
    page.locator(".error-summary a").click()
    page.fill("input[name=reporter_phone]", "13800005678")
    phone.press()
    page.wait_for_url("**/sent/")
    once((TEXT, [ONE, TWO]))


def test_a_report_that_was_refused_later_is_opened_again_with_its_photos(phone: Phone) -> None:
    phone.off()
    with_wrong_phone(phone, TEXT, ONE, TWO)
    phone.kept()
    phone.on()
    phone.waits(1, "mend")
    page = phone.list()
    row = page.locator("[data-reports] > li")
    expect(row).to_contain_text("需要处理")
    expect(row.locator("[data-part=problems]")).to_contain_text("电话")
    expect(row.locator("img")).to_have_count(2)
    assert arrived() == []
    row.get_by_role("link", name="修改").click()
    expect(page.locator("textarea[name=description]")).to_have_value(TEXT)
    expect(page.locator("[data-chosen]")).to_have_count(2)
    expect(page.locator(".error-summary")).to_be_visible()
    page.fill("input[name=reporter_phone]", "13800005678")
    page.get_by_role("button", name="p1.jpg").click()
    page.set_input_files("input[name=photos]", [THREE.file])
    expect(page.locator("[data-chosen]")).to_have_count(2)
    phone.press()
    page.wait_for_url("**/sent/")
    once((TEXT, [TWO, THREE]))


def test_a_known_case_is_asked_about_and_the_report_may_be_added_to_it(phone: Phone) -> None:
    phone.report(TEXT, ONE)
    once((TEXT, [ONE]))
    phone.go("/cases/new/")
    phone.write(OTHER, TWO)
    phone.page.get_by_role("button", name="补充到该案件").click()
    phone.page.wait_for_url(lambda url: "/cases/4303" in url)
    once((TEXT, [ONE, TWO]))
    with turn():
        (note,) = Case.objects.get().notes.filter(move="join")
        assert note.text == OTHER
    phone.waits(2, "sent")


def test_a_report_that_is_sent_later_is_not_held_up_by_that_question(phone: Phone) -> None:
    phone.report(TEXT, ONE)
    once((TEXT, [ONE]))
    phone.off()
    phone.report_from("/cases/new/", OTHER, TWO)
    phone.kept()
    phone.on()
    once((TEXT, [ONE]), (OTHER, [TWO]))


def test_a_report_that_is_open_for_a_change_is_not_sent_meanwhile(phone: Phone) -> None:
    phone.off()
    phone.report(TEXT, ONE)
    phone.kept()
    page = phone.list()
    page.get_by_role("link", name="修改").click()
    expect(page.locator("textarea[name=description]")).to_have_value(TEXT)
    phone.on()
    phone.waits(1, "mend")
    page.fill("textarea[name=description]", OTHER)
    assert arrived() == []
    phone.press()
    once((OTHER, [ONE]))


def test_the_person_sends_now_or_deletes_after_a_question(phone: Phone) -> None:
    phone.gate.answers(503)
    phone.report(TEXT, ONE)
    phone.kept()
    phone.report_from("/cases/new/", OTHER, TWO)
    phone.kept()
    page = phone.list()
    row = page.locator("[data-reports] > li", has_text=OTHER)
    row.get_by_role("button", name="删除").click()
    expect(page.locator("#confirm")).to_contain_text("可能已经收到")
    page.locator("#confirm").get_by_role("button", name="取消").click()
    phone.waits(2)
    row.get_by_role("button", name="删除").click()
    page.locator("#confirm").get_by_role("button", name="删除").click()
    phone.waits(1)
    phone.gate.mend()
    page.get_by_role("button", name="立即提交").click()
    expect(page.locator("[data-told]")).to_contain_text("已提交，案件编号 430302-")
    once((TEXT, [ONE]))
    expect(page.locator("[data-part=open]")).to_contain_text("430302-")


def test_a_device_without_room_says_so_and_sends_at_once(phone: Phone) -> None:
    phone.page.evaluate(
        """() => {
          IDBObjectStore.prototype.put = IDBObjectStore.prototype.add = () => {
            throw new DOMException("full", "QuotaExceededError");
          };
        }"""
    )
    phone.write(TEXT, ONE, TWO)
    expect(phone.page.locator("[data-notice=offline]")).to_contain_text("存储空间不足")
    phone.press()
    phone.page.wait_for_url("**/sent/")
    once((TEXT, [ONE, TWO]))


def test_the_place_of_a_photo_is_offered_and_not_taken_by_itself(phone: Phone) -> None:
    picture = Picture(4)
    image = Image.open(BytesIO(picture.bytes))
    exif = image.getexif()
    exif.get_ifd(GPS).update({1: "N", 2: (27.0, 52.0, 0.48), 3: "E", 4: (112.0, 54.0, 37.8)})
    out = BytesIO()
    image.save(out, "JPEG", exif=exif)
    picture.file["buffer"] = out.getvalue()
    phone.write(TEXT, picture)
    page = phone.page
    assert page.input_value("[data-longitude]") == ""
    page.get_by_role("button", name="使用照片拍摄位置").click()
    expect(page.locator("[data-place-status]")).to_contain_text("照片拍摄位置：")
    assert page.input_value("[data-longitude]") == "112.910500"
    assert page.input_value("[data-latitude]") == "27.866800"


def test_three_taps_report_a_trouble(phone: Phone) -> None:
    """Photo, the category that the words suggest, send."""
    page = phone.page
    page.set_input_files("input[name=photos]", [ONE.file])
    page.fill("textarea[name=description]", "桥头路边垃圾没人收")
    page.get_by_role("button", name="暴露垃圾").click()
    phone.press()
    page.wait_for_url("**/sent/")
    once(("桥头路边垃圾没人收", [ONE]))


@pytest.mark.parametrize("typed", ["bllj", "baolu", "baollj", "BLLJ", "lblj"])
def test_pinyin_finds_a_category_without_a_signal(phone: Phone, typed: str) -> None:
    phone.off()
    page = phone.go("/cases/new/")
    box = page.get_by_role("combobox", name="类别")
    box.fill(typed)
    expect(page.get_by_role("option").first).to_contain_text("暴露垃圾")


CARELESS = """const honest = window.fetch;
window.fetch = async (...asked) => {
  const answer = await honest(...asked);
  if (!String(asked[0]).includes("/cases/unsent/send/") || answer.status !== 500) return answer;
  const headers = { "Content-Type": "application/json" };
  return new Response(JSON.stringify({ number: "430302-1", url: "/" }), { status: 201, headers });
};"""


def lost_one(phone: Phone) -> Phone:
    """A phone that takes a fault of the server for its word."""
    phone.context.add_init_script(CARELESS)
    phone.go("/cases/new/")
    phone.gate.answers(500, times=1)
    phone.report(TEXT, ONE)
    phone.page.wait_for_url(phone.gate.url + "/")
    return phone


def test_a_report_that_was_lost_would_be_found(phone: Phone) -> None:
    lost_one(phone).try_again()
    with pytest.raises(AssertionError):
        once((TEXT, [ONE]), seconds=3)
    assert arrived() == exactly()


def test_an_answer_that_comes_late_takes_nothing_from_the_next_report(phone: Phone) -> None:
    """The first hangs on the line, the person goes on to the next; then the server wants the first one mended."""
    phone.gate.holds(SEND, late=True)
    with_wrong_phone(phone, TEXT, ONE)
    expect(phone.page.locator("[data-report-kept]")).to_be_visible(timeout=20_000)
    phone.page.locator("[data-report-another]").click()
    phone.write(OTHER, TWO)
    phone.gate.mend()
    phone.waits(1, "mend")
    expect(phone.page.locator("textarea[name=description]")).to_have_value(OTHER)
    phone.press()
    phone.page.wait_for_url("**/sent/")
    once((OTHER, [TWO]))
    (first,) = phone.waits(1, "mend")
    assert (dict(first["fields"])["description"], first["photos"]) == (TEXT, 1)


def test_a_report_that_fails_by_itself_keeps_no_other_waiting(phone: Phone) -> None:
    phone.off()
    for text, photo in ((TEXT, ONE), (OTHER, TWO)):
        phone.report_from("/cases/new/", text, photo)
        phone.kept()
    phone.gate.mend()
    phone.gate.answers(403, b"<html>not this one</html>", times=1)
    phone.context.set_offline(False)
    once((TEXT, [ONE]), (OTHER, [TWO]), seconds=60)
    with turn():
        assert Case.objects.earliest("pk").description == OTHER
