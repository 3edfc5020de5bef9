"""The catalogue that comes with the system, and what may be said in a version."""

from typing import Any

import pytest
from django.utils import translation

from services import actions
from services.catalogue import AgentMode, Frequency, LimitUnit, checked, limit_words, read_sheet, search_text
from services.models import ServiceItem
from tests.services.makers import AT, TODAY, content, loaded, publish
from yuhu.journal.actions import SYSTEM
from yuhu.journal.models import Entry
from yuhu.kit.exceptions import Invalid

ARTICLE = {"S01", "S02", "S03"}


@pytest.mark.django_db
def test_the_catalogue_has_the_eighteen_items() -> None:
    assert len(loaded()) == 18
    found = ServiceItem.objects.in_force(TODAY).offered()
    assert set(found.values_list("code", flat=True)) == {f"S{number:02}" for number in range(1, 19)}
    assert set(found.filter(source="article").values_list("code", flat=True)) == ARTICLE


def test_every_row_of_the_sheet_may_be_published_as_it_is() -> None:
    rows = dict(read_sheet())
    assert len(rows) == 18
    for row in rows.values():
        assert checked(row) == row
        assert row.aliases
        assert len(row.materials) == len(row.materials_en)


@pytest.mark.django_db
def test_columns_hold_their_proper_types() -> None:
    loaded()
    allowance = ServiceItem.objects.get(code="S03")
    assert allowance.name == "最低生活保障申请"
    assert allowance.materials == [
        "申请书",
        "家庭成员身份证和户口簿",
        "收入财产声明和核查授权书",
        "残疾、重病等证明(有则提供)",
    ]
    assert (allowance.legal_limit_amount, allowance.legal_limit_unit) == (30, LimitUnit.WORKING_DAY)
    assert (allowance.promised_limit_amount, allowance.promised_limit_unit) == (22, LimitUnit.WORKING_DAY)
    assert allowance.ways_of_help == [AgentMode.DOORSTEP, AgentMode.COLLECT]
    assert allowance.sensitive is True
    assert ServiceItem.objects.get(code="S05").frequency == Frequency.EVERY_10_YEARS


@pytest.mark.django_db
def test_a_legal_limit_that_was_not_found_is_not_invented() -> None:
    loaded()
    unknown = ServiceItem.objects.filter(legal_limit_amount=None)
    assert unknown.count() == 15
    assert {item.legal_limit for item in unknown} == {"—"}


@pytest.mark.django_db
def test_loading_again_changes_nothing() -> None:
    loaded()
    entries = Entry.objects.count()
    assert loaded() == []
    assert ServiceItem.objects.count() == 18
    assert Entry.objects.count() == entries == 18


@pytest.mark.django_db
def test_loading_again_keeps_what_the_desk_has_published_since() -> None:
    loaded()
    publish("S03", name="低保新办法")
    publish("S07", offered=False)
    assert loaded() == []
    in_force = ServiceItem.objects.in_force(TODAY)
    assert in_force.get(code="S03").name == "低保新办法"
    assert not in_force.get(code="S07").offered


@pytest.mark.django_db
def test_loading_is_all_or_nothing() -> None:
    rows = [("S80", content()), ("S81", content(name=""))]
    with pytest.raises(Invalid):
        actions.load_catalogue(at=AT, actor=SYSTEM, items=rows)
    assert not ServiceItem.objects.exists()
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "字" * 101}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"eligible": ""}, "eligible"),
        ({"source": ""}, "source"),
        ({"materials": ()}, "materials"),
        ({"materials": ("身份证",) * 31}, "materials"),
        ({"materials": ("身份证", "字" * 201)}, "materials"),
        ({"materials": ("身份证", "\x07")}, "materials"),
        ({"acceptance_level": "moon"}, "acceptance_level"),
        ({"frequency": "often"}, "frequency"),
        ({"promised_limit_unit": ""}, "promised_limit_unit"),
        ({"promised_limit_unit": "instant"}, "promised_limit_amount"),
        ({"promised_limit_amount": 0}, "promised_limit_amount"),
        ({"promised_limit_amount": -1}, "promised_limit_amount"),
        ({"promised_limit_amount": 10_000}, "promised_limit_amount"),
        ({"promised_limit_amount": True}, "promised_limit_amount"),
        ({"promised_limit_amount": "5"}, "promised_limit_amount"),
        ({"legal_limit_amount": 30}, "legal_limit_amount"),
        ({"legal_limit_unit": "working_day"}, "legal_limit_amount"),
        ({"legal_limit_amount": 30, "legal_limit_unit": "moons"}, "legal_limit_unit"),
        ({"legal_limit_amount": 0, "legal_limit_unit": "working_day"}, "legal_limit_amount"),
        ({"agent_modes": ("telepathy",)}, "agent_modes"),
        ({"agent_modes": ()}, "agent_modes"),
        ({"agent_help": "no"}, "agent_modes"),
    ],
)
def test_a_version_that_contradicts_itself_is_refused_at_its_field(
    changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as caught:
        checked(content(**changes))
    assert caught.value.field == field
    assert str(caught.value)


def test_limits_are_said_in_words() -> None:
    with translation.override("en"):
        assert limit_words(1, "working_day") == "1 working day"
        assert limit_words(22, "working_day") == "22 working days"
        assert limit_words(15, "natural_day") == "15 calendar days"
        assert limit_words(24, "natural_hour") == "24 hours"
        assert limit_words(0, "instant") == "At once"
        assert limit_words(None, "") == "—"


def test_the_text_for_the_search_keeps_names_apart_and_folds_them() -> None:
    text = search_text("S90", content(aliases=("ＡＢＣ证",), materials=("身份证", "照片")))
    assert "abc证" in text
    assert "证照" not in text
    assert "s90" in text
