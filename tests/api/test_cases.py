"""One case through the API: what is shown to whom, versions and what must not be overwritten."""

import datetime as dt

import pytest

from cases.actions import unmask
from cases.models import Reporter
from tests.api.callers import errors
from tests.world import (
    AT,
    World,
    a_dispatched,
    a_handled,
    a_signed,
    do,
)
from yuhu.kit import clock

pytestmark = pytest.mark.django_db


# One case


def test_moves_are_what_this_person_may_do_now(as_, world: World):
    case = a_signed(world)
    path = f"cases/{case.number}/"
    governor = as_("governor").get(path).json()["moves"]
    assert {"hand-back", "return", "request-extension", "contact"} <= set(governor)
    assert "evaluate" not in governor
    assert set(as_("dispatcher").get(path).json()["moves"]) >= {"reassign", "void", "merge", "urge"}
    assert set(as_("leader").get(path).json()["moves"]) == {"raise-path", "urge", "supervise"}
    assert as_("auditor").get(path).json()["moves"] == []
    handled = a_handled(world)
    assert "evaluate" in as_("supervisor").get(f"cases/{handled.number}/").json()["moves"]


def test_explanations_are_sentences_in_the_readers_language(me, world: World):
    path = f"cases/{a_dispatched(world).number}/"
    chinese = me.get(path).json()["explanation"]
    english = me.get(path, headers={"Accept-Language": "en"}).json()["explanation"]
    assert english[0] == "The category is 0101 暴露垃圾."
    assert len(chinese) == len(english) == 4


def test_unmasking_for_one_person_shows_nothing_to_programs(me, world: World):
    case = a_dispatched(world)
    unmask(case_id=case.pk, reason="回访核实", by=world.by("governor"), at=AT)
    for path in ("cases/", f"cases/{case.number}/", f"cases/{case.number}/events/"):
        text = me.get(path).content.decode()
        assert "13800005678" not in text
        assert "张三" not in text
        assert Reporter.objects.get(case=case).token not in text


# Versions


def test_an_unchanged_case_is_not_sent_again(me, world: World):
    path = f"cases/{a_dispatched(world).number}/"
    first = me.get(path)
    again = me.get(path, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    weak = me.get(path, headers={"If-None-Match": f'"other", W/{first["ETag"]}'})
    assert weak.status_code == 304


def test_a_changed_case_is_sent_again_also_when_only_time_or_reader_changed(
    me, as_, world: World, monkeypatch
):
    case = a_dispatched(world)
    path = f"cases/{case.number}/"
    tag = me.get(path)["ETag"]
    assert as_("leader").get(path, headers={"If-None-Match": tag}).status_code == 200
    monkeypatch.setattr(clock, "now", lambda: AT + dt.timedelta(days=3))
    late = me.get(path, headers={"If-None-Match": tag})
    assert late.status_code == 200
    assert late.json()["overdue"] is True


def test_a_move_on_the_version_that_one_saw_is_made(me, world: World):
    case = a_dispatched(world)
    seen = me.get(f"cases/{case.number}/")["ETag"]
    answer = me.post(f"cases/{case.number}/moves/sign/", headers={"If-Match": seen})
    assert answer.status_code == 200
    assert answer["ETag"] != seen
    weak = f"W/{answer['ETag']}"
    body = {"channel": "phone"}
    assert me.post(f"cases/{case.number}/moves/contact/", body, headers={"If-Match": weak}).status_code == 200


@pytest.mark.parametrize("tag", ['"430302-20261124-000001-1"', '"x"', "x", '""', "W/", '"a", "b"'])
def test_a_move_on_another_version_is_412_and_changes_nothing(me, world: World, tag):
    case = a_dispatched(world)
    answer = me.post(f"cases/{case.number}/moves/sign/", headers={"If-Match": tag})
    assert answer.status_code == 412
    assert errors(answer) == [("stale", None)]
    case.refresh_from_db()
    assert case.state == "dispatched"


def test_a_move_on_what_somebody_else_changed_meanwhile_is_412(me, world: World):
    case = a_dispatched(world)
    seen = me.get(f"cases/{case.number}/")["ETag"]
    do(world, case, "urge", "leader", comment="请加快")
    answer = me.post(f"cases/{case.number}/moves/sign/", headers={"If-Match": seen})
    assert answer.status_code == 412
    assert me.post(f"cases/{case.number}/moves/sign/", headers={"If-Match": "*"}).status_code == 200
