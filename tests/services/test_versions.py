"""Versions of service items: one in force a day, the old ones for good, each published once."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from services.exceptions import InThePast, UnfitContent, WrongOrder
from services.models import ServiceItem
from tests.services.makers import TODAY, loaded, publish
from yuhu.journal.models import Entry
from yuhu.kit.exceptions import Invalid
from yuhu.kit.scope import Scope

DAY = dt.timedelta(days=1)


def found(q: str) -> set[str]:
    return set(ServiceItem.objects.in_force(TODAY).search(q).values_list("code", flat=True))


@pytest.mark.django_db
def test_each_day_has_its_version() -> None:
    publish(promised_limit_amount=5)
    publish(effective_from=TODAY + 10 * DAY, promised_limit_amount=3)
    publish(effective_from=TODAY + 20 * DAY, offered=False)

    def on(day: dt.date) -> list[tuple[int, int]]:
        in_force = ServiceItem.objects.in_force(day).offered()
        return list(in_force.values_list("version", "promised_limit_amount"))

    assert on(TODAY - DAY) == []
    assert on(TODAY) == on(TODAY + 9 * DAY) == [(1, 5)]
    assert on(TODAY + 10 * DAY) == on(TODAY + 19 * DAY) == [(2, 3)]
    assert on(TODAY + 20 * DAY) == []


@pytest.mark.django_db
def test_announced_are_the_versions_that_have_yet_to_take_effect() -> None:
    publish()
    coming = publish(effective_from=TODAY + DAY)
    assert list(ServiceItem.objects.announced(TODAY)) == [coming]
    assert not ServiceItem.objects.announced(TODAY + DAY).exists()


@pytest.mark.django_db
def test_in_force_of_a_part_is_the_part_of_what_is_in_force() -> None:
    """A filter before ``in_force`` must not bring an old version back."""
    publish(domain="elder_care", domain_name="养老服务")
    publish(effective_from=TODAY + DAY, domain="health", domain_name="卫生健康")
    assert not ServiceItem.objects.in_domain("elder_care").in_force(TODAY + DAY).exists()


@pytest.mark.django_db
def test_a_new_version_leaves_the_published_one_as_it_was() -> None:
    first = publish(materials=("身份证",))
    before = ServiceItem.objects.filter(pk=first.pk).values().get()
    publish(effective_from=TODAY + DAY, materials=("社会保障卡",))
    assert ServiceItem.objects.filter(pk=first.pk).values().get() == before


@pytest.mark.django_db
def test_publishing_is_journaled_with_the_version() -> None:
    publish()
    publish(effective_from=TODAY + DAY, offered=False)
    entries = Entry.objects.filter(subject_type="service_item", subject_id="S90").order_by("seq")
    assert [entry.kind for entry in entries] == ["service_item.published"] * 2
    assert entries[1].data == {
        "version": 2,
        "effective_from": "2022-11-23",
        "offered": False,
        "source": "demo",
    }


@pytest.mark.django_db
@pytest.mark.parametrize("day", [TODAY, TODAY + DAY])
def test_a_version_cannot_overtake_a_newer_one(day: dt.date) -> None:
    publish(effective_from=TODAY + DAY)
    with pytest.raises(WrongOrder):
        publish(effective_from=day)
    assert ServiceItem.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("day", [TODAY - DAY, dt.date(1899, 12, 31), dt.date(1, 1, 1)])
def test_nothing_is_published_for_the_past(day: dt.date) -> None:
    with pytest.raises(InThePast) as caught:
        publish(effective_from=day)
    assert (caught.value.status, caught.value.field) == (400, "effective_from")


@pytest.mark.django_db
def test_today_is_the_day_of_the_district() -> None:
    late = dt.datetime(2022, 11, 21, 17, 0, tzinfo=dt.UTC)
    assert publish(at=late).effective_from == TODAY
    with pytest.raises(InThePast):
        publish("S91", effective_from=TODAY - DAY, at=late)


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["", "s90", "S 90", "S-90", "S" * 17, "\x00", "甲1", "٣"])
def test_a_code_of_another_shape_is_refused(code: str) -> None:
    with pytest.raises(Invalid) as caught:
        publish(code)
    assert caught.value.field == "code"


@pytest.mark.django_db
def test_a_refused_version_leaves_no_trace() -> None:
    with pytest.raises(UnfitContent):
        publish(agent_modes=("telepathy",))
    assert not ServiceItem.objects.exists()
    assert not Entry.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changes",
    [
        {"version": 1},
        {"effective_from": TODAY},
        {"version": 0},
        {"name": ""},
        {"code": ""},
        {"legal_limit_amount": 30},
        {"legal_limit_unit": "working_day"},
        {"promised_limit_amount": 0},
        {"promised_limit_unit": "instant"},
        {"promised_limit_unit": ""},
    ],
)
def test_the_database_itself_refuses_nonsense(changes: dict[str, Any]) -> None:
    item = publish()
    item.pk, item.version, item.effective_from = None, 2, TODAY + DAY
    for name, value in changes.items():
        setattr(item, name, value)
    with pytest.raises(IntegrityError), transaction.atomic():
        item.save(force_insert=True)


@pytest.mark.django_db
def test_the_same_row_with_another_version_and_day_is_accepted() -> None:
    """The control of the test above: nothing else in its row is refused."""
    item = publish()
    item.pk, item.version, item.effective_from = None, 2, TODAY + DAY
    item.save(force_insert=True)
    assert ServiceItem.objects.count() == 2


# Search


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("q", "codes"),
    [
        ("最低生活保障", {"S03"}),
        ("低保申请", {"S03"}),
        ("养老认证", {"S01"}),
        ("退伍军人", {"S17"}),
        ("户政", {"S08", "S09"}),
        ("居住证 签注", {"S09"}),
        ("签注 居住证", {"S09"}),
        ("居住证　续签", {"S09"}),
        ("医疗费用票据", {"S13"}),
        ("S07", {"S07"}),
        ("s07", {"S07"}),
        ("Ｓ０７", {"S07"}),
        ("Veteran", {"S17"}),
        ("social insurance", {"S01", "S18"}),
        ("月球旅行", set()),
        ("居住证 月球", set()),
    ],
)
def test_residents_find_items_by_their_own_words(q: str, codes: set[str]) -> None:
    loaded()
    assert found(q) == codes


@pytest.mark.django_db
def test_a_short_word_finds_everything_that_holds_it() -> None:
    loaded()
    assert {"S03", "S04", "S06", "S13", "S15"} <= found("低保")
    assert len(found("")) == len(found("   ")) == 18


@pytest.mark.django_db
@pytest.mark.parametrize(
    "q",
    [
        "\x00",
        "低保\x00",
        "\x1b[31m",
        "😀",
        "👨‍👩‍👧",
        "字" * 10_000,
        "a " * 5_000,
        "%",
        "_",
        "\\",
        "' OR 1=1 --",
        "\ud800",
        "[",
        "%%%%",
    ],
)
def test_a_hostile_question_finds_nothing_and_harms_nothing(q: str) -> None:
    loaded()
    assert found(q) == set()
    assert ServiceItem.objects.count() == 18


@pytest.mark.django_db
@pytest.mark.parametrize("domain", ["\x00", "moon", "😀", "' OR 1=1 --"])
def test_an_unknown_domain_is_empty(domain: str) -> None:
    loaded()
    assert not ServiceItem.objects.in_domain(domain).exists()


@pytest.mark.django_db
def test_at_the_staff_doors_a_scope_without_a_post_sees_nothing() -> None:
    loaded()
    assert not ServiceItem.objects.within(Scope.nothing()).exists()
    assert not ServiceItem.objects.within(Scope(person=1)).exists()
    assert ServiceItem.objects.within(Scope(person=1, has_post=True)).count() == 18
