"""The database itself refuses what must not be: every row here goes past all Python."""

import datetime as dt
import math

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.db.utils import DataError

from blocks.models import Block, Community, District, Division, Street
from tests.blocks.places import DISTRICT, FIRST, STREET, WEST, block_row, make_areas, make_division

pytestmark = pytest.mark.django_db


@pytest.fixture
def division() -> Division:
    district = make_areas()
    return Division.objects.create(district=district, number=1, effective_from=FIRST, source="demo")


def refused(constraint: str, row) -> None:
    """``row`` cannot be stored, for the reason that ``constraint`` names."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        type(row).objects.bulk_create([row])
    assert constraint in str(caught.value)


@pytest.mark.parametrize("code", ["43030", "4303O2", "43 302", "-43030", "４３０３０２", "43030\n", ""])
def test_a_district_code_is_six_digits(code):
    refused("district_code_digits", District(code=code, name="x", source="demo"))


@pytest.mark.parametrize("code", ["43030200", "43030200a", "430302 01"])
def test_a_street_code_is_nine_digits(division, code):
    refused("street_code_digits", Street(code=code, district_id=DISTRICT, name="x", source="demo"))


@pytest.mark.parametrize("code", ["43030200100", "43030200100x"])
def test_a_community_code_is_twelve_digits(division, code):
    refused("community_code_digits", Community(code=code, street_id=STREET, name="x", source="demo"))


@pytest.mark.parametrize("code", [f"{WEST}1", f"{WEST}1x", f"{WEST} 1"])
def test_a_block_code_is_fourteen_digits(division, code):
    refused("block_code_digits", block_row(division, code))


def test_a_longer_code_is_refused_by_both_engines(division):
    error = DataError if connection.vendor == "postgresql" else IntegrityError
    with pytest.raises(error), transaction.atomic():
        Block.objects.bulk_create([block_row(division, f"{WEST}001")])


def test_a_street_code_begins_with_its_districts(division):
    refused(
        "street_code_in_district", Street(code="430304001", district_id=DISTRICT, name="x", source="demo")
    )


def test_a_community_code_begins_with_its_streets(division):
    row = Community(code="430302002001", street_id=STREET, name="x", source="demo")
    refused("community_code_in_street", row)


def test_a_block_code_begins_with_its_communitys(division):
    refused("block_code_in_community", block_row(division, "43030200100201", community_id=WEST))


def test_an_update_cannot_break_the_nesting_either(division):
    Block.objects.bulk_create([block_row(division, f"{WEST}01")])
    with pytest.raises(IntegrityError, match="block_code_in_community"), transaction.atomic():
        Block.objects.update(code="43030200100201")
    with pytest.raises(IntegrityError, match="street_code_in_district"), transaction.atomic():
        Street.objects.update(district_id="430304")


def test_a_code_stands_once_in_a_division_and_again_in_the_next(division):
    Block.objects.bulk_create([block_row(division, f"{WEST}01")])
    with pytest.raises(IntegrityError), transaction.atomic():
        Block.objects.bulk_create([block_row(division, f"{WEST}01", number=2)])
    later = Division.objects.create(
        district_id=DISTRICT, number=2, effective_from=FIRST + dt.timedelta(days=1), source="demo"
    )
    Block.objects.bulk_create([block_row(later, f"{WEST}01")])
    assert Block.objects.filter(code=f"{WEST}01").count() == 2


def test_a_number_stands_once_in_a_community(division):
    Block.objects.bulk_create([block_row(division, f"{WEST}01")])
    with pytest.raises(IntegrityError), transaction.atomic():
        Block.objects.bulk_create([block_row(division, f"{WEST}02", number=1)])


@pytest.mark.parametrize(
    ("number", "days"), [(1, 1), (2, 0)], ids=["the same number twice", "two divisions on one day"]
)
def test_which_division_holds_is_never_open(division, number, days):
    begin = FIRST + dt.timedelta(days=days)
    with pytest.raises(IntegrityError), transaction.atomic():
        Division.objects.create(district_id=DISTRICT, number=number, effective_from=begin, source="demo")


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("division_number_from_1", {"number": 0}),
        ("division_date_plausible", {"effective_from": dt.date(22, 1, 1)}),
    ],
)
def test_a_division_has_a_number_and_a_plausible_date(division, constraint, values):
    usual = {"number": 2, "effective_from": dt.date(2030, 1, 1)}
    refused(constraint, Division(district_id=DISTRICT, source="demo", **(usual | values)))


@pytest.mark.parametrize(
    "values",
    [
        {"number": 0},
        {"number": -1},
        {"households": -1},
        {"boundary": None},
        {"centroid_longitude": 181},
        {"centroid_latitude": -90.5},
        {"centroid_latitude": math.nan},
        {"centroid_longitude": math.inf},
    ],
    ids=str,
)
def test_numbers_and_places_stay_in_their_range(division, values):
    with pytest.raises(IntegrityError), transaction.atomic():
        Block.objects.bulk_create([block_row(division, f"{WEST}01", **values)])


def test_an_area_that_holds_others_cannot_be_deleted():
    make_areas()
    division = make_division()
    for row in (District.objects.get(), Street.objects.get(), Community.objects.get(code=WEST), division):
        with pytest.raises(ProtectedError):
            row.delete()
