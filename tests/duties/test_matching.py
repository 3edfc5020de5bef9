"""Tasks and items are compared by their words: what is certain, what is likely, what is an accident."""

from dataclasses import dataclass

import pytest

from duties.matching import certain, matches, pairs


@dataclass(frozen=True)
class Item:
    name: str


CENSUS, FOOD, FIRE, RENT = (
    Item("协助统计调查和普查"),
    Item("食品药品安全巡查配合"),
    Item("协助消防安全宣传和巡查"),
    Item("协助流动人口和出租房屋信息登记"),
)
ITEMS = [CENSUS, FOOD, FIRE, RENT]


@pytest.mark.parametrize("title", ["食品药品安全巡查配合", "节前食品药品安全巡查", "食品药品安全巡查，配合"])
def test_all_the_words_of_an_item_leave_no_doubt(title):
    found = matches(title, [Item("食品药品安全巡查")])
    assert certain(found) is not None


def test_what_begins_every_item_does_not_count():
    assert pairs("协助消防") == pairs("消防")
    found = matches("统计调查和普查", ITEMS)
    assert [(one.item, one.certain) for one in found] == [(CENSUS, True)]


def test_a_part_of_an_item_is_likely_but_not_certain():
    found = matches("出租房屋信息登记", ITEMS)
    assert [(one.item, one.certain) for one in found] == [(RENT, False)]
    assert certain(found) is None


@pytest.mark.parametrize(
    "title",
    ["小餐饮油烟净化设施底数摸排", "养犬登记和犬只免疫信息采集", "全国经济普查入户登记", "普", "", "！？"],
)
def test_accidents_of_common_words_are_no_match(title):
    assert matches(title, ITEMS) == []


def test_the_most_alike_stands_first():
    assert matches("消防安全巡查", ITEMS)[0].item == FIRE


def test_full_width_and_capitals_are_the_same():
    assert certain(matches("ＡＰＰ注册推广", [Item("app注册推广")])) is not None
