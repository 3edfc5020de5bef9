"""The calendar in the tables: loading, versions, office hours, limits of steps, and loud warnings."""

import datetime as dt
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from duties import actions, checks
from duties.exceptions import LimitMissing, PlanIncomplete, PlanInForce, YearBefore
from duties.figures import calendar_warnings, missing_calendar_years
from duties.models import (
    CalendarDay,
    CalendarVersion,
    CalendarYear,
    LimitUnit,
    Severity,
    StepLimit,
    WorkWindow,
    step_limit,
    time_rules,
    work_calendar,
)
from tests.duties.makers import AT, journaled, local, plan
from tests.kit.worktime_calendar import DAYS, WINDOWS
from yuhu.journal.actions import SYSTEM
from yuhu.kit import clock
from yuhu.kit.excel.lines import RowsRefused
from yuhu.kit.exceptions import Invalid
from yuhu.kit.worktime import Limit, TimeUnit, deadline, missing_years

pytestmark = pytest.mark.django_db
BY: dict[str, Any] = {"at": AT, "actor": SYSTEM}
NOTICE = [
    {"date": "2026-12-31", "day_type": "off", "name_zh": "元旦"},
    {"date": "2027-01-01", "day_type": "off", "name_zh": "元旦"},
    {"date": "2027-01-03", "day_type": "work", "name_zh": "元旦"},
]


@pytest.fixture
def loaded() -> None:
    assert actions.load_calendar(**BY)
    assert actions.load_step_limits(**BY)


def test_the_loaded_calendar_is_the_one_of_the_reference_vectors(loaded) -> None:
    calendar = work_calendar()
    assert dict(calendar.days) == DAYS
    assert set(calendar.windows) == set(WINDOWS)
    assert calendar.years == frozenset(range(2020, 2027))
    assert deadline(local("2022-09-30 16:00"), 4, "working_hour", calendar) == local("2022-10-08 11:30")


def test_loading_twice_changes_nothing_and_is_journaled_once(loaded) -> None:
    version = CalendarVersion.objects.get()
    assert not actions.load_calendar(**BY)
    assert not actions.load_step_limits(**BY)
    assert CalendarVersion.objects.get().token == version.token
    assert journaled("work_calendar") == ["work_calendar.loaded", "work_calendar.limits_loaded"]


def test_loading_fills_only_what_is_missing(loaded) -> None:
    CalendarDay.objects.filter(notice_year=2024).delete()
    CalendarYear.objects.filter(year=2024).delete()
    StepLimit.objects.filter(step="sign", severity="critical").delete()
    actions.set_step_limit(step="rate", severity="", amount=9, unit="natural_day", **BY)
    assert actions.load_calendar(**BY)
    assert actions.load_step_limits(**BY)
    assert dict(work_calendar().days) == DAYS
    assert step_limit("sign", "critical") == Limit(30, TimeUnit.NATURAL_MINUTE)
    assert step_limit("rate") == Limit(9, TimeUnit.NATURAL_DAY)


def test_the_calendar_is_kept_and_costs_one_query(loaded, django_assert_num_queries) -> None:
    kept = work_calendar()
    with django_assert_num_queries(1):
        assert work_calendar() is kept
    with django_assert_num_queries(1):
        assert step_limit("sign") is not None


def test_every_change_is_seen_at_once(loaded) -> None:
    before = time_rules()
    actions.set_day(date=dt.date(2022, 11, 23), is_working=False, name="停电", source="区政府通知", **BY)
    after = time_rules()
    assert before.calendar.is_working_day(dt.date(2022, 11, 23))
    assert not after.calendar.is_working_day(dt.date(2022, 11, 23))
    assert after.calendar.version == before.calendar.version + 1


def test_a_change_that_is_rolled_back_is_forgotten(loaded) -> None:
    day = dt.date(2022, 11, 23)
    with transaction.atomic():
        actions.set_day(date=day, is_working=False, name="", source="x", **BY)
        assert not work_calendar().is_working_day(day)
        transaction.set_rollback(True)
    assert work_calendar().is_working_day(day)
    actions.set_day(date=dt.date(2022, 11, 24), is_working=False, name="", source="x", **BY)
    assert work_calendar().is_working_day(day), (
        "the same version number must not bring the forgotten calendar back"
    )


def test_an_empty_database_has_an_empty_calendar() -> None:
    calendar = work_calendar()
    assert (dict(calendar.days), calendar.windows, calendar.years) == ({}, (), frozenset())


def test_rows_that_no_action_wrote_are_read_without_being_kept() -> None:
    assert not work_calendar().years
    CalendarYear.objects.create(year=2022, source="x")
    assert work_calendar().years == {2022}


# Notices of the State Council --------------------------------------------------------------------------------


def test_a_notice_makes_its_year_known_and_may_change_the_december_before(loaded) -> None:
    start, due = local("2026-12-30 10:00"), local("2027-01-04 17:00")
    assert missing_years(start, due, work_calendar()) == (2027,)
    actions.import_year(year=2027, rows=NOTICE, source="国办发明电〔2026〕7号", **BY)
    calendar = work_calendar()
    assert missing_years(start, due, calendar) == ()
    assert not calendar.is_working_day(dt.date(2026, 12, 31))
    assert calendar.is_working_day(dt.date(2027, 1, 3))
    assert CalendarDay.objects.get(date="2026-12-31").notice_year == 2027


def test_a_notice_imported_again_replaces_its_days(loaded) -> None:
    actions.import_year(year=2027, rows=NOTICE, source="草案", **BY)
    actions.import_year(year=2027, rows=NOTICE[1:2], source="正式", **BY)
    assert [str(day) for day in CalendarDay.objects.filter(notice_year=2027)] == ["2027-01-01 元旦"]
    assert CalendarYear.objects.get(year=2027).source == "正式"


def test_an_older_notice_does_not_undo_a_newer_one(loaded) -> None:
    actions.import_year(year=2027, rows=NOTICE, source="x", **BY)
    december = {"date": "2026-12-31", "day_type": "work", "name_zh": ""}
    with pytest.raises(YearBefore):
        actions.import_year(year=2026, rows=[december], source="x", **BY)
    assert not work_calendar().is_working_day(dt.date(2026, 12, 31))
    assert CalendarDay.objects.filter(notice_year=2026).count() == 39


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"date": "2027-13-01", "day_type": "off"}, "not_a_day"),
        ({"date": "2027-01-01", "day_type": "maybe"}, "not_a_day"),
        ({"date": "2026-11-30", "day_type": "off"}, "other_year"),
        ({"date": "2028-01-01", "day_type": "off"}, "other_year"),
        ({"date": "2027-01-03", "day_type": "off"}, "twice"),
        ({"date": "2027-05-01", "day_type": "off", "name_zh": "节" * 41}, "name"),
    ],
    ids=str,
)
def test_a_notice_with_a_fault_stores_nothing(loaded, row: dict[str, str], code: str) -> None:
    with pytest.raises(RowsRefused) as refusal:
        actions.import_year(year=2027, rows=[*NOTICE, row], source="x", **BY)
    assert [(error.row, error.code) for error in refusal.value.errors] == [(5, code)]
    assert not CalendarYear.objects.filter(year=2027).exists()


def test_an_empty_notice_is_refused_for_it_would_silence_the_warning(loaded) -> None:
    with pytest.raises(RowsRefused):
        actions.import_year(year=2027, rows=[], source="x", **BY)


@pytest.mark.parametrize("year", [0, 1900, 9999])
def test_a_year_that_cannot_be_meant_is_refused(year: int) -> None:
    with pytest.raises(Invalid):
        actions.import_year(year=year, rows=NOTICE, source="x", **BY)


# Office hours ------------------------------------------------------------------------------------------------


def test_new_office_hours_count_from_their_day_on(loaded) -> None:
    actions.set_windows(
        valid_from=dt.date(2022, 12, 1), windows=plan(dt.date(2022, 12, 1), 18), source="x", **BY
    )
    calendar = work_calendar()
    assert deadline(local("2022-11-29 10:00"), 1, "working_day", calendar) == local("2022-11-30 17:00")
    assert deadline(local("2022-11-30 10:00"), 1, "working_day", calendar) == local("2022-12-01 18:00")


def test_office_hours_that_have_not_begun_can_be_replaced(loaded) -> None:
    day = dt.date(2022, 12, 1)
    for closes in (18, 19):
        actions.set_windows(valid_from=day, windows=plan(day, closes), source="x", **BY)
    assert sorted(row.closes.hour for row in WorkWindow.objects.filter(valid_from=day)) == [12, 19]


def test_office_hours_of_the_past_stay(loaded) -> None:
    for day in (dt.date(2020, 1, 1), dt.date(2022, 11, 21)):
        with pytest.raises(PlanInForce):
            actions.set_windows(valid_from=day, windows=plan(day, 18), source="x", **BY)
    assert set(work_calendar().windows) == set(WINDOWS)


def test_office_hours_that_leave_out_days_are_refused(loaded) -> None:
    day = dt.date(2023, 1, 1)
    with pytest.raises(PlanIncomplete):
        actions.set_windows(valid_from=day, windows=WINDOWS[:2], source="x", **BY)
    assert not WorkWindow.objects.filter(valid_from=day).exists()


def test_the_database_refuses_hours_that_end_before_they_begin() -> None:
    fields = {"valid_from": "2022-01-01", "season_from": "01-01", "season_to": "12-31", "source": "x"}
    with pytest.raises(IntegrityError), transaction.atomic():
        WorkWindow.objects.create(opens=dt.time(17), closes=dt.time(9), **fields)
    assert WorkWindow.objects.create(opens=dt.time(9), closes=dt.time(17), **fields).pk


# Limits of steps ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "severity", "amount", "unit"),
    [
        ("dispatch", "normal", 1, "working_hour"),
        ("dispatch", "critical", 10, "natural_minute"),
        ("sign", "low", 4, "working_hour"),
        ("sign", "high", 4, "working_hour"),
        ("sign", "critical", 30, "natural_minute"),
        ("evaluate", "critical", 1, "working_day"),
        ("rate", "normal", 3, "working_day"),
    ],
)
def test_the_default_limits_of_the_steps(loaded, step: str, severity: str, amount: int, unit: str) -> None:
    assert step_limit(step, severity) == Limit(amount, TimeUnit(unit))


def test_a_limit_gives_its_deadline(loaded) -> None:
    rules = time_rules()
    due = rules.limit("sign", "critical").deadline(local("2022-10-01 02:00"), rules.calendar)
    assert due == local("2022-10-01 02:30")


def test_a_changed_limit_counts_at_once_and_the_journal_keeps_the_old_one(loaded) -> None:
    from yuhu.journal.models import Entry

    actions.set_step_limit(step="sign", severity="", amount=2, unit="working_hour", **BY)
    assert step_limit("sign", "normal") == Limit(2, TimeUnit.WORKING_HOUR)
    data = Entry.objects.get(kind="work_calendar.limit_set").data
    assert data["was"] == {"amount": 4, "unit": "working_hour"}
    assert data["now"] == {"amount": 2, "unit": "working_hour"}


def test_a_step_without_a_limit_is_told_and_not_guessed() -> None:
    with pytest.raises(LimitMissing):
        step_limit("sign", "normal")


@pytest.mark.parametrize(
    "wrong",
    [
        {"step": "sleep"},
        {"severity": "dreadful"},
        {"unit": "fortnight"},
        {"amount": 0},
        {"amount": -1},
        {"amount": 10_000},
    ],
    ids=str,
)
def test_a_limit_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    fields: dict[str, Any] = {"step": "sign", "severity": "", "amount": 4, "unit": "working_hour"}
    with pytest.raises(Invalid):
        actions.set_step_limit(**{**fields, **wrong}, **BY)
    assert actions.set_step_limit(**fields, **BY).pk


def test_units_and_their_names_cover_the_arithmetic() -> None:
    assert set(LimitUnit.values) == {unit.value for unit in TimeUnit}
    assert [severity.value for severity in Severity] == ["low", "normal", "high", "critical"]


# Warnings ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "missing"),
    [
        (dt.date(2026, 10, 31), ()),
        (dt.date(2026, 11, 1), (2027,)),
        (dt.date(2026, 11, 22), (2027,)),
        (dt.date(2027, 1, 1), (2027,)),
        (dt.date(2027, 12, 1), (2027, 2028)),
        (dt.date(2019, 11, 1), (2019,)),
    ],
)
def test_a_year_that_is_needed_and_unknown_is_named(loaded, on: dt.date, missing: tuple[int, ...]) -> None:
    assert missing_calendar_years(on) == missing
    warnings = calendar_warnings(on)
    assert len(warnings) == len(missing)
    assert all(str(year) in text for year, text in zip(missing, warnings, strict=True))


def test_the_warning_ends_when_the_notice_is_imported(loaded) -> None:
    actions.import_year(year=2027, rows=NOTICE, source="x", **BY)
    assert calendar_warnings(dt.date(2026, 11, 22)) == []


def test_missing_office_hours_are_told() -> None:
    warnings = calendar_warnings(dt.date(2022, 5, 1))
    assert len(warnings) == 2, "the year and the office hours"


def test_office_hours_with_a_gap_are_told(loaded) -> None:
    WorkWindow.objects.filter(season_from="07-01").delete()
    CalendarVersion.objects.all().delete()
    assert len(calendar_warnings(dt.date(2022, 5, 1))) == 1


def test_the_system_check_warns_of_a_missing_year(loaded, monkeypatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: dt.date(2026, 11, 22))
    found = checks.calendar_is_complete(app_configs=None, databases=["default"])
    assert [message.id for message in found] == ["duties.W001"]
    assert "2027" in found[0].msg
    monkeypatch.setattr(clock, "today", lambda: dt.date(2026, 5, 1))
    assert checks.calendar_is_complete(app_configs=None, databases=["default"]) == []


def test_the_system_check_asks_no_database_unless_it_may(django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        assert checks.calendar_is_complete(app_configs=None, databases=None) == []


def test_the_command_loads_everything_and_warns(monkeypatch, capsys) -> None:
    monkeypatch.setattr(clock, "now", lambda: dt.datetime(2026, 11, 22, tzinfo=dt.UTC))
    call_command("load_duties")
    call_command("load_duties")
    assert CalendarYear.objects.count() == 7
    assert capsys.readouterr().err.count("2027") == 2
