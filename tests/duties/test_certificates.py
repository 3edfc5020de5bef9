"""Certificates that a community must not issue: the national list, the answer by name, corrections with dates."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from duties import actions
from duties.exceptions import Overlaps
from duties.models import CertificateRule
from duties.models.certificates import certificate_key
from duties.policies import check_certificate, may_change_certificate
from tests.admin.desk import enter, listed, page
from tests.duties.makers import journaled
from tests.world import AT
from yuhu.journal.actions import SYSTEM
from yuhu.kit.exceptions import Invalid
from yuhu.kit.scope import Scope

pytestmark = pytest.mark.django_db
ON = dt.date(2026, 11, 24)
LIST = "duties.certificaterule"
WHO: dict[str, Any] = {"at": AT, "actor": SYSTEM}
NAMES = [
    "亲属关系", "居民身份信息", "户口登记项目内容变更申请", "居民养犬", "无犯罪记录", "社区戒毒社区康复人员情况",
    "人员失踪", "婚姻状况", "出生", "健在", "死亡", "疾病状况", "残疾状况", "婚育状况", "居民就业状况", "居民个人档案",
    "居民财产", "遗产继承权", "市场主体住所", "证件遗失",
]  # fmt: skip


@pytest.fixture
def loaded(db) -> None:
    actions.load_certificates(**WHO)


@pytest.fixture
def cast(world):
    actions.load_certificates(**WHO)
    return world


def rule(name: str = "居民养犬") -> CertificateRule:
    return CertificateRule.objects.get(name=name, ends_on=None)


def correction(**changes: object) -> dict[str, Any]:
    said = {
        "starts_on": dt.date(2027, 1, 1),
        "office": "区城市管理和综合执法局",
        "aliases": "养狗",
        "way": "到犬只登记点办理",
        "basis": "",
        "office_source": "湘潭市养犬管理规定（演示）",
        "unit": None,
    }
    return {**said, **changes}


def test_the_twenty_certificates_of_2020_are_loaded_once(loaded) -> None:
    assert list(CertificateRule.objects.on(ON).order_by("number").values_list("name", flat=True)) == NAMES
    assert actions.load_certificates(**WHO) == 0
    assert journaled("certificate_rule") == ["certificate_rule.loaded"]


def test_each_says_where_its_name_comes_from_and_whether_its_office_is_only_a_demo(loaded) -> None:
    for one in CertificateRule.objects.all():
        assert one.source == f"民发〔2020〕20号 第{one.number}项"
        assert one.office
        assert one.office_source in ("standard", "demo")
        assert one.is_demo == (one.office_source == "demo")
        assert one.basis or one.is_demo, one.name


def test_offices_of_the_district_are_linked_to_their_units(cast) -> None:
    assert rule("婚姻状况").unit.name == "区民政局"
    assert rule("证件遗失").unit is None


@pytest.mark.parametrize("name", NAMES)
def test_none_of_the_twenty_is_issued_and_the_right_office_is_named(loaded, name: str) -> None:
    for asked in (name, f"{name}证明", f" 开具{name}的证明 "):
        verdict = check_certificate(asked, on=ON)
        assert (bool(verdict), verdict.code) == (False, "not_to_be_issued")
        assert rule(name).office in str(verdict.reason)


@pytest.mark.parametrize(
    ("asked", "office"),
    [
        ("未婚证明", "婚姻登记"),
        ("单身证明", "婚姻登记"),
        ("张三与李四的亲属关系证明", "户籍地公安派出所"),
        ("养狗证明", "养犬登记"),
        ("无犯罪证明", "公安派出所"),
        ("住改商证明", "市场主体登记机关"),
        ("健 在 证 明", "待遇发放机构"),
        ("死亡证明书", "医疗卫生机构"),
    ],
)
def test_what_residents_call_it_is_understood(loaded, asked: str, office: str) -> None:
    assert office in str(check_certificate(asked, on=ON).reason)


def test_of_two_that_fit_the_longer_name_counts(loaded) -> None:
    assert "社区康复" in str(check_certificate("社区戒毒社区康复人员情况证明", on=ON).reason)
    assert "卫生健康部门" in str(check_certificate("婚育状况", on=ON).reason)


@pytest.mark.parametrize("asked", ["居住证明", "社区志愿服务证明", "困难家庭"])
def test_what_is_on_no_list_still_needs_a_basis(loaded, asked: str) -> None:
    verdict = check_certificate(asked, on=ON)
    assert (bool(verdict), verdict.code) == (True, "not_on_the_list")
    assert verdict.reason


@pytest.mark.parametrize("asked", ["", " ", "证明", "的", "情况证明"])
def test_a_name_that_says_nothing_forbids_nothing(loaded, asked: str) -> None:
    assert check_certificate(asked, on=ON)


def test_the_key_of_a_name_leaves_out_what_does_not_distinguish() -> None:
    assert certificate_key("关于开具亲属 关系的证明") == certificate_key("亲属关系") == "亲属关系"
    assert certificate_key("ＡＢ 证明") == "ab"


def test_an_answer_costs_one_query(loaded, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        check_certificate("未婚证明", on=ON)


def test_a_correction_counts_from_its_day_on_and_what_counted_stays(loaded) -> None:
    new = actions.correct_certificate(rule=rule(), **correction(), **WHO)
    before, after = (check_certificate("居民养犬", on=day) for day in (dt.date(2026, 12, 31), new.starts_on))
    assert "公安派出所" in str(before.reason)
    assert "综合执法局" in str(after.reason)
    assert (new.is_demo, new.number, CertificateRule.objects.filter(name="居民养犬").count()) == (False, 4, 2)
    assert journaled("certificate_rule")[-1] == "certificate_rule.corrected"


def test_what_was_corrected_is_not_corrected_again(loaded) -> None:
    old = rule()
    actions.correct_certificate(rule=old, **correction(), **WHO)
    with pytest.raises(Overlaps):
        actions.correct_certificate(rule=old, **correction(), **WHO)
    with pytest.raises(Overlaps):
        actions.end_certificate(rule=rule(), ends_on=dt.date(2027, 1, 1), **WHO)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"office": " "}, "office"),
        ({"office": "长" * 101}, "office"),
        ({"office_source": ""}, "office_source"),
    ],
)
def test_a_correction_says_who_and_by_which_document(loaded, wrong: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        actions.correct_certificate(rule=rule(), **correction(**wrong), **WHO)
    assert refusal.value.field == field
    assert CertificateRule.objects.filter(name="居民养犬").count() == 1


def test_a_certificate_leaves_the_list_on_its_day(loaded) -> None:
    actions.end_certificate(rule=rule(), ends_on=dt.date(2027, 1, 1), **WHO)
    assert not check_certificate("居民养犬", on=dt.date(2026, 12, 31))
    assert check_certificate("居民养犬", on=dt.date(2027, 1, 1))


@pytest.mark.parametrize(
    "wrong",
    [
        {"starts_on": dt.date(2022, 1, 1), "ends_on": dt.date(2023, 1, 1)},
        {},
        {"name": ""},
        {"office": ""},
        {"source": ""},
        {"name": "别的", "ends_on": dt.date(2023, 1, 1)},
    ],
    ids=str,
)
def test_the_database_refuses_rules_that_cannot_be(loaded, wrong: dict[str, object]) -> None:
    fields = {
        "number": 4,
        "name": "居民养犬",
        "office": "派出所",
        "source": "x",
        "office_source": "x",
        "starts_on": dt.date(2023, 1, 1),
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        CertificateRule.objects.create(**{**fields, **wrong})


def test_the_list_is_open_to_everybody_with_a_post_and_to_nobody_else(loaded) -> None:
    assert CertificateRule.objects.within(Scope(person=1, has_post=True)).count() == 20
    assert not CertificateRule.objects.within(Scope(person=1)).exists()
    assert not CertificateRule.objects.within(Scope.nothing()).exists()


def test_the_desk_finds_the_office_by_name_by_other_names_and_by_office(cast) -> None:
    desk = enter(cast.handler)
    for question, names in (
        ("单身", ["婚姻状况"]),
        ("婚姻登记", ["婚姻状况", "婚育状况"]),
        ("养犬", ["居民养犬"]),
    ):
        assert [one.name for one in listed(desk, LIST, q=question)] == names
    assert len(listed(desk, LIST, on="2021-01-01")) == 0
    assert len(desk.get(page(LIST)).context["messages"]) == 1


def test_the_system_administrator_corrects_an_office_at_the_desk(cast) -> None:
    desk, old = enter(cast.admin), rule()
    sent = correction(starts_on="2027-01-01", unit=cast.unit("coordination").pk)
    assert desk.post(page(LIST, "do", old.pk, "correct"), sent).status_code == 302
    assert rule().office == "区城市管理和综合执法局"
    again = desk.post(page(LIST, "do", rule().pk, "correct"), sent)
    [form] = [one.form for one in again.context["possible"] if one.verb.name == "correct"]
    assert "starts_on" in form.errors
    desk.post(page(LIST, "do", rule().pk, "end"), {"ends_on": "2028-01-01"})
    assert not CertificateRule.objects.filter(name="居民养犬", ends_on=None).exists()


@pytest.mark.parametrize("who", ["handler", "dispatcher", "streetleader", "leader", "auditor", "security"])
def test_others_read_it_and_change_nothing(cast, who: str) -> None:
    assert not may_change_certificate(cast.people[who], rule(), AT)
    desk, one = enter(cast.people[who]), rule()
    desk.post(page(LIST, "do", one.pk, "end"), {"ends_on": "2027-01-01"})
    one.refresh_from_db()
    assert one.ends_on is None
    answer = desk.get(page(LIST, "change", one.pk))
    assert (answer.context["possible"], answer.context["impossible"]) == ([], [])


ASK = "/certificates/"


@pytest.mark.parametrize("who", ["governor", "assistant", "handler", "auditor", "admin"])
def test_everybody_with_a_post_asks_and_is_told_the_office(cast, who: str) -> None:
    text = enter(cast.people[who]).get(ASK, {"q": "未婚证明"}).content.decode()
    assert rule("婚姻状况").office in text
    assert rule("婚姻状况").way in text


def test_while_one_types_the_names_that_fit_are_offered(cast) -> None:
    answer = enter(cast.governor).get(ASK, {"q": "状况"})
    assert [one.name for one in answer.context["like"]] == [name for name in NAMES if "状况" in name]
    assert answer.context["rule"] is None


def test_nothing_is_answered_before_something_is_asked(cast) -> None:
    for query in ({}, {"q": ""}, {"q": " "}, {"q": "证"}):
        answer = enter(cast.governor).get(ASK, query)
        assert (answer.status_code, answer.context["verdict"]) == (200, None)


@pytest.mark.parametrize("q", ["\x00", "字" * 5000, "<script>alert(1)</script>", "%", "'", "🙂🙂"])
def test_no_question_breaks_the_page(cast, q: str) -> None:
    answer = enter(cast.governor).get(ASK, {"q": q})
    assert answer.status_code in (200, 400)
    assert "<script>alert" not in answer.content.decode()


def test_without_a_list_the_page_says_what_to_do(world) -> None:
    answer = enter(world.governor).get(ASK)
    assert (answer.status_code, answer.context["rules"], answer.context["demo"]) == (200, [], False)
