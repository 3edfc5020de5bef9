"""Counters are made or added to by one statement, on both engines."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import Tally
from yuhu.kit.sums import add_up

pytestmark = pytest.mark.django_db
KEY = ("area", "by", "day", "key")
DAY = dt.date(2026, 11, 24)
CELL = ("430302", "whole", DAY, "")


def numbers(**about: object) -> tuple[int, int]:
    row = Tally.objects.get(area=about.get("area", "430302"), by="whole", day=DAY)
    return row.registered, row.closed


def test_what_is_missing_is_made_and_what_is_there_is_added_to() -> None:
    add_up(Tally, {CELL: {"registered": 2}}, key=KEY)
    assert numbers() == (2, 0)
    add_up(Tally, {CELL: {"registered": 3, "closed": 1}, ("430302001", *CELL[1:]): {"closed": 4}}, key=KEY)
    assert numbers() == (5, 1)
    assert numbers(area="430302001") == (0, 4)


def test_what_was_added_can_be_taken_away() -> None:
    add_up(Tally, {CELL: {"registered": 2}}, key=KEY)
    add_up(Tally, {CELL: {"registered": -2}}, key=KEY)
    assert numbers() == (0, 0)


def test_nothing_is_written_for_noughts() -> None:
    add_up(Tally, {CELL: {"registered": 0}}, key=KEY)
    assert not Tally.objects.exists()


def test_many_rows_go_in_statements_that_no_engine_refuses() -> None:
    cells = {("430302", "category", DAY, f"{number:04d}"): {"closed": 1} for number in range(3000)}
    with CaptureQueriesContext(connection) as asked:
        add_up(Tally, cells, key=KEY)
    assert 2 <= len(asked) < 10
    assert Tally.objects.count() == 3000
