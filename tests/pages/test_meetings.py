"""A meeting's page for everybody invited, on paper and as a PDF; the case tells of its meetings."""

import contextlib
import re
import time
import zlib

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from cases.actions import meetings
from cases.models import Meeting
from cases.views import meetings as views
from staffing.policies import scope_of
from tests.cases.meeting_makers import a_closed, a_meeting
from tests.delivery.makers import feed
from tests.world import AT, World, a_dispatched, a_report
from yuhu.delivery.models import Delivery
from yuhu.kit import clock, pdf

pytestmark = pytest.mark.django_db
needs_pango = pytest.mark.skipif(bool(pdf.missing_libraries()), reason="makes no PDFs: Pango is missing")


def file_of(meeting: Meeting) -> str:
    return reverse("cases:minutes", args=[meeting.pk])


def unpacked(made: bytes) -> list[bytes]:
    """The compressed parts of a PDF."""
    parts = []
    for packed in re.findall(rb"stream\r?\n(.*?)endstream", made, re.DOTALL):
        with contextlib.suppress(zlib.error):
            parts.append(zlib.decompress(packed))
    return parts


def letters(made: bytes) -> set[str]:
    """Every character that can be copied out of the PDF: its fonts say which glyph is which."""
    found: set[str] = set()
    for text in unpacked(made):
        if b"beginbfchar" in text:
            for code in re.findall(rb"<[0-9A-Fa-f]+>\s*<([0-9A-Fa-f]+)>", text):
                found |= set(bytes.fromhex(code.decode()).decode("utf-16-be", "ignore"))
    return found


@pytest.fixture
def closed(world: World) -> Meeting:
    case = a_dispatched(world)
    return a_closed(
        world, case, invited=[world.assistant, world.handler], residents=["张三丰"], consent="同意"
    )


def test_whoever_sees_the_case_reads_what_was_decided_and_others_do_not(
    world: World, as_, closed: Meeting
) -> None:
    number = closed.items.get().case.number
    for name in ("dispatcher", "handler", "assistant", "auditor"):
        text = as_(name).get(closed.get_absolute_url()).content.decode()
        assert number in text, name
        assert "三日内清理完毕" in text, name
        assert "张**" in text
        assert "张三丰" not in text
    other = a_meeting(world, a_dispatched(world, description="另一件"), invited=[world.governor9])
    text = as_("governor9").get(other.get_absolute_url()).content.decode()
    assert other.items.get().case.number not in text
    assert "not open to you" in text


def test_whoever_is_not_invited_finds_nothing(world: World, as_, closed: Meeting) -> None:
    for name in ("dispatcher9", "governor9", "admin", "department", "stranger"):
        assert as_(name).get(closed.get_absolute_url()).status_code == 404
        assert as_(name).get(file_of(closed)).status_code == 404
    assert as_("leader").get(reverse("cases:meeting", args=[10**18])).status_code == 404


def test_only_those_who_lead_are_led_to_the_desk(world: World, as_, closed: Meeting) -> None:
    desk = reverse("admin:cases_meeting_change", args=[closed.pk])
    assert desk in as_("dispatcher").get(closed.get_absolute_url()).content.decode()
    assert desk not in as_("assistant").get(closed.get_absolute_url()).content.decode()


def test_a_notice_leads_somebody_without_a_desk_to_the_page(world: World, as_) -> None:
    meeting = a_meeting(world, invited=[world.governor])
    feed()
    assert Delivery.objects.filter(about="meeting", user=world.governor).exists()
    text = as_("governor").get(reverse("delivery:inbox")).content.decode()
    assert meeting.get_absolute_url() in text
    assert "楼道堆物专题会商" in text
    assert as_("governor").get(meeting.get_absolute_url()).status_code == 200


def test_invitation_and_minutes_number_items_as_the_desk_does(world: World, as_, rf) -> None:
    one, two = a_dispatched(world), a_dispatched(world, category="0102", description="渣土")
    meeting = a_meeting(world, one, two, invited=[world.governor9])
    first = meeting.items.get(case=one)
    meetings.remove_case(meeting=meeting, item=first, by=world.by("dispatcher"), at=AT)
    for name in ("dispatcher", "governor9"):
        assert '<li value="2">' in as_(name).get(meeting.get_absolute_url()).content.decode(), name
    request = rf.get("/")
    request.user, request.scope = world.dispatcher, scope_of(world.dispatcher, clock.local_date(AT))
    context = views.document(request, views.visible_meeting(request, meeting.pk))
    assert "counter-set: list-item 2" in render_to_string("cases/meetings/pdf.css", context)


@needs_pango
def test_the_pdf_has_the_chinese_text_in_its_own_fonts(world: World, as_, closed: Meeting) -> None:
    answer = as_("dispatcher").get(file_of(closed))
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Cache-Control"] == "private, no-store"
    made = answer.content
    assert made.startswith(b"%PDF-")
    assert set("楼道堆物专题会商三日内清理完毕城市管理办张雨湖路街道") <= letters(made)
    assert "丰" not in letters(made)


@needs_pango
def test_thirty_items_take_less_than_five_seconds(world: World, rf, closed: Meeting) -> None:
    request = rf.get("/")
    request.user = world.dispatcher
    request.scope = scope_of(world.dispatcher, clock.local_date(AT))
    context = views.document(request, views.visible_meeting(request, closed.pk))
    context["items"] = context["items"] * 30
    pdf.make("<p>warm</p>", "")
    started = time.monotonic()
    made = pdf.make(
        render_to_string("cases/meetings/pdf.html", context, request),
        render_to_string("cases/meetings/pdf.css", context),
    )
    assert time.monotonic() - started < 5
    pages = sum(len(re.findall(rb"/Type ?/Page\b", part)) for part in unpacked(made))
    assert pages > 3


@needs_pango
def test_a_document_asks_nobody_outside_and_opens_no_file(tmp_path) -> None:
    (tmp_path / "x.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>")
    outside = f"<img src='http://127.0.0.1:1/x.png'><img src='file://{tmp_path}/x.svg'>"
    assert pdf.make(f"<p>x{outside}</p>", "@import url(http://127.0.0.1:1/x.css);").startswith(b"%PDF-")


def test_without_the_libraries_the_page_says_what_to_install(world: World, as_, closed, monkeypatch) -> None:
    monkeypatch.setattr(pdf, "find_library", lambda name: None)
    client = as_("dispatcher")
    text = client.get(closed.get_absolute_url()).content.decode()
    assert "libpango-1.0-0 libpangoft2-1.0-0 fonts-noto-cjk" in text
    assert file_of(closed) not in text
    answer = client.get(file_of(closed))
    assert answer.status_code == 503
    assert "三日内清理完毕" in answer.content.decode()


def test_the_case_shows_its_meetings_and_tells_what_they_decided(world: World, as_, closed: Meeting) -> None:
    text = as_("dispatcher").get(closed.items.get().case.get_absolute_url()).content.decode()
    assert closed.get_absolute_url() in text
    assert "fixed who does it" in text
    assert "三日内清理完毕" in text


def test_a_complex_case_offers_a_meeting_to_whoever_may_convene_one(world: World, as_) -> None:
    case = a_report(world, category="0603", description="三楼漏水")
    address = f"{reverse('admin:cases_meeting_add')}?cases={case.pk}"
    offered = {
        name: address in as_(name).get(case.get_absolute_url()).content.decode()
        for name in ("dispatcher", "streetleader", "governor", "auditor")
    }
    assert offered == {"dispatcher": True, "streetleader": True, "governor": False, "auditor": False}
    meeting = a_meeting(world, case)
    assert address not in as_("dispatcher").get(case.get_absolute_url()).content.decode()
    meetings.cancel(meeting=meeting, reason="改期", by=world.by("dispatcher"), at=meeting.convened_at)
    assert "改期" in as_("dispatcher").get(meeting.get_absolute_url()).content.decode()
