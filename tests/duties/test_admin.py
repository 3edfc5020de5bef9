"""The desk: who may look and edit, import and publish by form, and that a refusal loses nothing that was typed."""

import datetime as dt
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from duties import actions
from duties.models import CalendarDay, CalendarYear, DutyItem, DutyList, StepLimit, WorkWindow, step_limit
from staffing.models import Membership, Unit, User
from tests.duties.makers import AT, department, sheet
from yuhu.journal.actions import SYSTEM
from yuhu.journal.models import Entry
from yuhu.kit import clock
from yuhu.kit.worktime import Limit, TimeUnit

pytestmark = pytest.mark.django_db
MODELS = ["dutylist", "dutyitem", "calendarday", "calendaryear", "workwindow", "steplimit"]
ITEMS = "事项编码,事项名称\nR1,巡查\nR2,走访\n"


@pytest.fixture(autouse=True)
def _november_2026(monkeypatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: dt.datetime(2026, 11, 22, 2, 0, tzinfo=dt.UTC))


@pytest.fixture
def loaded() -> None:
    actions.load_calendar(at=AT, actor=SYSTEM)
    actions.load_step_limits(at=AT, actor=SYSTEM)
    actions.load_lists(at=AT, actor=SYSTEM)


def person(role: str | None) -> Client:
    """A browser of somebody who holds ``role`` in the district, or no post at all."""
    user = User.objects.create_user(username=f"person-{role}", name="李强", is_staff=True)
    if role:
        unit = department("区数据局", "D99")
        if role != Membership.Role.MEMBER:
            facts = {"name": "雨湖区", "kind": "district", "district": unit.district}
            unit, _made = Unit.objects.get_or_create(code="430302", defaults=facts)
        Membership.objects.create(unit=unit, user=user, role=role, starts_on=dt.date(2020, 1, 1))
    browser = Client()
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return browser


@pytest.fixture
def editor() -> Client:
    return person(Membership.Role.SYSTEM_ADMIN)


def page(model: str, what: str = "changelist", *args: object) -> str:
    return reverse(f"admin:duties_{model}_{what}", args=args)


def upload(text: str, name: str = "list.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode())


def draft(effective_from: dt.date = dt.date(2027, 1, 1)) -> DutyList:
    return actions.import_list(
        kind="responsibility",
        effective_from=effective_from,
        rows=sheet(("R1", "巡查"), ("R2", "走访")),
        source="雨办发〔2026〕1号",
        at=AT,
        actor=SYSTEM,
    )


@pytest.mark.parametrize("model", MODELS)
def test_every_list_opens_and_every_row_opens(loaded, editor: Client, model: str) -> None:
    answer = editor.get(page(model))
    assert answer.status_code == 200
    first = answer.context["cl"].result_list[0]
    assert editor.get(page(model, "change", first.pk)).status_code == 200


@pytest.mark.parametrize("model", MODELS)
def test_a_person_without_a_post_sees_nothing(loaded, model: str) -> None:
    browser = person(None)
    assert browser.get(page(model)).status_code == 403


@pytest.mark.parametrize(
    "role", [Membership.Role.MEMBER, Membership.Role.AUDITOR, Membership.Role.SECURITY_ADMIN]
)
def test_other_posts_look_and_cannot_edit(loaded, role: str) -> None:
    browser = person(role)
    one = draft()
    for model in MODELS:
        answer = browser.get(page(model))
        assert answer.status_code == 200
        assert not answer.context["has_add_permission"]
    assert browser.get(page("dutylist", "add")).status_code == 403
    assert one not in browser.get(page("dutylist")).context["cl"].result_list
    assert (
        browser.post(
            page("steplimit", "change", StepLimit.objects.get(step="rate").pk), {"amount": 1}
        ).status_code
        == 403
    )
    browser.post(page("dutylist", "do", one.pk, "publish"), {"effective_from": "2027-01-01"})
    one.refresh_from_db()
    assert not one.is_published


@pytest.mark.parametrize("model", MODELS)
def test_nobody_deletes(loaded, editor: Client, model: str) -> None:
    first = editor.get(page(model)).context["cl"].result_list[0]
    assert editor.post(page(model, "delete", first.pk), {"post": "yes"}).status_code == 403


def test_a_list_is_imported_checked_and_published(editor: Client) -> None:
    fields = {"kind": "responsibility", "effective_from": "2026-12-01", "source": "雨办发〔2026〕1号"}
    answer = editor.post(page("dutylist", "add"), {**fields, "sheet": upload(ITEMS)})
    assert answer.status_code == 302
    one = DutyList.objects.get()
    assert (one.version, one.is_published, one.items.count()) == (1, False, 2)
    assert editor.get(page("dutylist", "change", one.pk)).status_code == 200
    editor.post(page("dutylist", "do", one.pk, "publish"), {"effective_from": "2026-12-15"})
    one.refresh_from_db()
    assert one.is_published
    assert one.effective_from == dt.date(2026, 12, 15)
    entry = Entry.objects.get(kind="duty_list.published")
    assert (entry.actor_name, entry.actor_post) == ("李强", entry.actor.post)
    assert entry.actor_post


def test_a_sheet_with_faults_names_the_rows_and_keeps_what_was_typed(editor: Client) -> None:
    fields = {"kind": "responsibility", "effective_from": "2026-12-01", "source": "雨办发〔2026〕1号"}
    answer = editor.post(page("dutylist", "add"), {**fields, "sheet": upload(ITEMS + "R2,重复\n")})
    assert answer.status_code == 200
    form = answer.context["adminform"].form
    assert any("4" in error for error in form.errors["sheet"])
    assert form["source"].value() == "雨办发〔2026〕1号"
    assert not DutyList.objects.exists()


def test_a_refused_date_stands_beside_its_field(editor: Client) -> None:
    draft(dt.date(2027, 1, 1))
    fields = {"kind": "responsibility", "effective_from": "2026-12-01", "source": "x", "sheet": upload(ITEMS)}
    answer = editor.post(page("dutylist", "add"), fields)
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors["effective_from"]
    assert DutyList.objects.count() == 1


def test_a_file_that_is_no_sheet_is_told_beside_its_field(editor: Client) -> None:
    file = SimpleUploadedFile("list.xlsx", b"PK\x03\x04 broken")
    fields = {"kind": "responsibility", "effective_from": "2026-12-01", "source": "x", "sheet": file}
    answer = editor.post(page("dutylist", "add"), fields)
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors["sheet"]


def test_an_item_of_a_draft_can_be_corrected(editor: Client) -> None:
    item = draft().items.get(code="R1")
    answer = editor.post(page("dutyitem", "change", item.pk), {"name": "日常巡查", "code": "R9"})
    assert answer.status_code == 302
    item.refresh_from_db()
    assert (item.name, item.code) == ("日常巡查", "R1")


def test_an_item_of_a_published_list_is_read_only(loaded, editor: Client) -> None:
    item = DutyItem.objects.get(code="R1101")
    assert editor.post(page("dutyitem", "change", item.pk), {"name": "别的"}).status_code == 403
    assert editor.post(page("dutylist", "change", item.list_id), {"source": "别的"}).status_code == 403
    item.refresh_from_db()
    assert item.name != "别的"


def test_publishing_twice_is_told_and_not_done(loaded, editor: Client) -> None:
    one = DutyList.objects.get(kind="measure")
    address = page("dutylist", "do", one.pk, "publish")
    answer = editor.post(address, {"effective_from": "2027-01-01"}, follow=True)
    assert "error" in {message.level_tag for message in answer.context["messages"]}


def test_a_draft_is_discarded(editor: Client) -> None:
    one = draft()
    editor.post(page("dutylist", "do", one.pk, "discard"))
    assert not DutyList.objects.exists()


def test_a_notice_is_imported(loaded, editor: Client) -> None:
    rows = "日期,类型,名称\n2027-01-01,休,元旦\n2027-01-03,班,元旦\n"
    fields = {"year": 2027, "source": "国办发明电", "sheet": upload(rows)}
    assert editor.post(page("calendaryear", "add"), fields).status_code == 302
    assert CalendarYear.objects.filter(year=2027).exists()
    assert CalendarDay.objects.filter(notice_year=2027).count() == 2


def test_a_day_is_set_and_corrected(loaded, editor: Client) -> None:
    fields = {"date": "2026-12-07", "is_working": "", "name": "停电", "source": "区政府通知"}
    assert editor.post(page("calendarday", "add"), fields).status_code == 302
    assert not CalendarDay.objects.get(date="2026-12-07").is_working
    answer = editor.post(
        page("calendarday", "change", "2026-12-07"), {**fields, "is_working": "on", "date": "2020-01-01"}
    )
    assert answer.status_code == 302
    assert CalendarDay.objects.get(date="2026-12-07").is_working


def hours(**more: str) -> dict[str, str]:
    fields = {"valid_from": "2027-01-01", "source": "潭政办函", "summer_from": "07-01", "summer_to": "09-30"}
    for season, afternoon in (("summer", ("14:30", "18:00")), ("winter", ("14:00", "17:30"))):
        fields |= {f"{season}_morning_opens": "08:30", f"{season}_morning_closes": "12:00"}
        fields |= dict(
            zip((f"{season}_afternoon_opens", f"{season}_afternoon_closes"), afternoon, strict=True)
        )
    return {**fields, **more}


def test_office_hours_are_set_as_a_whole(loaded, editor: Client) -> None:
    assert editor.post(page("workwindow", "add"), hours()).status_code == 302
    rows = WorkWindow.objects.filter(valid_from="2027-01-01").order_by("season_from", "opens")
    assert [str(row) for row in rows] == [
        "07-01/09-30 08:30-12:00",
        "07-01/09-30 14:30-18:00",
        "10-01/06-30 08:30-12:00",
        "10-01/06-30 14:00-17:30",
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"summer_from": "13-01"},
        {"summer_from": "7-1"},
        {"winter_morning_opens": "noon"},
        {"summer_morning_closes": "15:00"},
        {"valid_from": "2026-11-21"},
        {"winter_afternoon_closes": "13:00"},
    ],
    ids=str,
)
def test_office_hours_that_cannot_be_are_told(loaded, editor: Client, wrong: dict[str, str]) -> None:
    answer = editor.post(page("workwindow", "add"), hours(**wrong))
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors
    assert WorkWindow.objects.count() == 4


def test_a_limit_is_changed_and_its_step_is_not(loaded, editor: Client) -> None:
    row = StepLimit.objects.get(step="sign", severity="")
    fields = {"amount": 2, "unit": "working_hour", "step": "rate", "severity": "critical"}
    assert editor.post(page("steplimit", "change", row.pk), fields).status_code == 302
    assert step_limit("sign") == Limit(2, TimeUnit.WORKING_HOUR)
    assert step_limit("rate", "critical") == Limit(3, TimeUnit.WORKING_DAY)


def test_the_demo_says_so_above_its_lists(loaded, editor: Client) -> None:
    for model in ("dutylist", "dutyitem"):
        assert len(editor.get(page(model)).context["messages"]) == 1


@pytest.mark.parametrize("model", ["calendarday", "calendaryear", "workwindow", "steplimit"])
def test_a_missing_year_is_announced_above_the_calendar(loaded, editor: Client, model: str) -> None:
    assert "2027" in editor.get(page(model)).content.decode()


@pytest.mark.parametrize("model", MODELS)
def test_lists_cost_the_same_number_of_queries_for_more_rows(loaded, editor: Client, model: str) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    editor.get(page(model))
    with CaptureQueriesContext(
        connection,
    ) as few:
        editor.get(page(model) + "?p=0")
    for year in range(2028, 2033):
        draft(dt.date(year, 1, 1))
        rows = [{"date": f"{year}-01-0{day}", "day_type": "off"} for day in range(1, 6)]
        actions.import_year(year=year, rows=rows, source="x", at=AT, actor=SYSTEM)
    StepLimit.objects.create(step="rate", severity="low", amount=1, unit="working_day")
    editor.get(page(model))
    with CaptureQueriesContext(connection) as many:
        editor.get(page(model) + "?p=0")
    assert len(many) == len(few)


def test_excel_is_accepted_too(editor: Client) -> None:
    from openpyxl import Workbook

    book = Workbook()
    assert book.active is not None
    book.active.append(["事项编码", "事项名称"])
    book.active.append(["R1", "巡查"])
    file = io.BytesIO()
    book.save(file)
    fields = {"kind": "responsibility", "effective_from": "2026-12-01", "source": "x"}
    sheet_file = SimpleUploadedFile("list.xlsx", file.getvalue())
    assert editor.post(page("dutylist", "add"), {**fields, "sheet": sheet_file}).status_code == 302
    assert DutyItem.objects.get().name == "巡查"
