"""What a partner's system may do: report, add photos, rate and reopen its own; read what its area opens."""

from typing import Any

import pytest

from cases.models import Case
from cases.states import MOVES
from tests.api.callers import As, Caller, errors
from tests.api.partners import Partner, partner
from tests.api.test_attachments import photo, picture
from tests.world import (
    OTHER_STREET,
    STREET,
    World,
    a_closed,
    a_dispatched,
    a_report,
    an_evaluated,
    as_reporter,
)
from yuhu.delivery.actions import fan_out
from yuhu.delivery.models import Delivery
from yuhu.journal.actions import relay
from yuhu.journal.models import Entry
from yuhu.kit import clock

pytestmark = pytest.mark.django_db

GOOD = {"category": "0101", "description": "楼下垃圾堆了三天", "block": "43030200100101"}


@pytest.fixture
def me(world: World) -> Partner:
    return partner()


def reported(me: Caller, **changes: Any) -> Case:
    answer = me.post("cases/", {**GOOD, **changes})
    assert answer.status_code == 201, answer.content
    return Case.objects.get(number=answer.json()["number"])


# Reporting


def test_a_report_is_the_systems_own_and_the_journal_names_it(me):
    case = reported(me, external_id="12345-2026-778", reporter={"name": "张三", "phone": "13800005678"})
    assert (case.client, case.external_id, case.channel) == ("hotline-system", "12345-2026-778", "partner")
    assert case.programme == "instant_response"
    entry = Entry.objects.for_subject("case", case.number).get()
    assert (entry.actor_name, entry.actor_id) == ("热线平台", case.reported_by_id)
    assert entry.actor_post == "合作系统"
    assert me.get(f"cases/{case.number}/").json()["reporter"] == {"name": "张*", "phone": "138****5678"}


def test_a_report_without_an_external_number_bears_the_clients_name_too(me):
    assert reported(me).client == "hotline-system"
    assert reported(me).client == "hotline-system", "many without a number"


@pytest.mark.parametrize("channel", ["partner", "hotline", "open311", "wecom"])
def test_a_system_reports_through_its_own_channel_only(world: World, channel):
    me = partner(channel=channel)
    assert reported(me).channel == channel
    assert reported(me, channel=channel).channel == channel
    for other in sorted(
        {"partner", "hotline", "visit", "meeting", "desk", "governor", "resident"} - {channel}
    ):
        answer = me.post("cases/", {**GOOD, "channel": other})
        assert (answer.status_code, errors(answer)) == (403, [("not_your_channel", "channel")]), other


def test_a_person_does_not_report_through_a_partners_channel(as_):
    assert as_("dispatcher").post("cases/", {**GOOD, "channel": "hotline"}).status_code == 403


def test_an_address_alone_waits_for_a_person(me, as_, world: World):
    body = {"category": "0101", "description": "楼下垃圾", "address": "雨湖路1号"}
    case = me.post("cases/", body).json()
    assert (case["state"], case["waits_for_person"], case["block"]) == ("reported", True, None)
    assert me.get(f"cases/{case['number']}/").status_code == 200
    assert as_("governor").post("cases/", body).status_code == 400, "people know the place"


def test_a_known_external_number_is_409_and_names_the_case(me):
    case = reported(me, external_id="A-1")
    again = me.post("cases/", {**GOOD, "external_id": "A-1"}, headers={"Idempotency-Key": "another"})
    assert (again.status_code, errors(again)) == (409, [("duplicate_external_id", "external_id")])
    assert case.number in again.json()["errors"][0]["detail"]
    other = partner("other-system")
    assert reported(other, external_id="A-1").number != case.number, "unique per client"
    assert reported(me, external_id="A-2").number != case.number


def test_a_repeated_report_is_answered_and_not_stored_again(me):
    body, key = {**GOOD, "external_id": "A-1"}, {"Idempotency-Key": "k-1"}
    first, second = me.post("cases/", body, headers=key), me.post("cases/", body, headers=key)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert second["Idempotency-Replayed"] == "true"
    assert second["Location"] == first["Location"]
    other = me.post("cases/", {**body, "description": "另一件"}, headers=key)
    assert (other.status_code, errors(other)) == (422, [("idempotency_key_reused", None)])
    assert Case.objects.count() == 1


def test_two_systems_may_choose_the_same_key(me):
    key = {"Idempotency-Key": "k-1"}
    numbers = {
        one.post("cases/", GOOD, headers=key).json()["number"] for one in (me, partner("other-system"))
    }
    assert len(numbers) == 2


# Bound to an area


@pytest.mark.parametrize(
    "area, opens",
    [("430302", True), (STREET, True), ("430302001001", True), (GOOD["block"], True), (OTHER_STREET, False)],
)  # fmt: skip
def test_a_system_reads_what_its_area_opens(world: World, area, opens):
    case, me = a_dispatched(world), partner(area=area)
    listed = [row["number"] for row in me.results("cases/")]
    assert listed == ([case.number] if opens else [])
    for suffix in ("", "events/", "attachments/"):
        assert me.get(f"cases/{case.number}/{suffix}").status_code == (200 if opens else 404), suffix
    assert bool(me.get("cases/", q=case.number).json()["results"]) == opens


def test_a_system_reports_nothing_from_outside_its_area(world: World):
    me = partner(area=OTHER_STREET)
    answer = me.post("cases/", GOOD)
    assert (answer.status_code, errors(answer)) == (403, [("outside_area", "block")])
    longitude, latitude = world.b1.centroid
    place = {"block": None, "longitude": longitude, "latitude": latitude}
    assert errors(me.post("cases/", {**GOOD, **place})) == [("outside_area", "longitude")]
    assert reported(me, block=world.b9.code).street_code == OTHER_STREET
    assert Case.objects.count() == 1


def test_a_case_about_an_official_is_opened_by_no_area(me, world: World):
    case = a_dispatched(world, category="1204")
    assert me.get(f"cases/{case.number}/").status_code == 404
    assert me.results("cases/") == []
    own = reported(me, category="1204")
    assert [row["number"] for row in me.results("cases/")] == [own.number], "what it reported itself"


# Bound to categories


@pytest.mark.parametrize("bound", [["0101"], ["01"], ["0101", "07"]])
def test_a_system_for_some_categories_sees_and_reports_only_these(world: World, bound):
    good, other = a_dispatched(world), a_dispatched(world, category="0401", name="handler", channel="desk")
    me = partner(categories=bound)
    assert [row["number"] for row in me.results("cases/")] == [good.number]
    for suffix in ("", "events/", "attachments/"):
        assert me.get(f"cases/{good.number}/{suffix}").status_code == 200
        assert me.get(f"cases/{other.number}/{suffix}").status_code == 404, suffix
    assert me.results("cases/", category="0401") == []
    refused = me.post("cases/", {**GOOD, "category": "0401"})
    assert (refused.status_code, errors(refused)) == (403, [("outside_categories", "category")])
    assert reported(me).category_id == "0101"
    while relay(at=clock.now()):
        pass
    assert {row["case"] for row in me.get("events/").json()["results"]} >= {good.number}
    assert other.number not in str(me.get("events/").json())


# Photos, rating, reopening


def test_photos_are_added_to_what_the_system_itself_reported(me, world: World):
    own, foreign = reported(me), a_dispatched(world)
    added = me.upload(f"cases/{own.number}/attachments/", file=photo(), stage="before")
    assert added.status_code == 201
    assert added.json()["uploaded_by"] == "热线平台"
    refused = me.upload(f"cases/{foreign.number}/attachments/", file=photo(), stage="before")
    assert (refused.status_code, errors(refused)) == (403, [("not_your_case", None)])
    assert picture(me.get(added.json()["file"])).size == (64, 48)


def owned(world: World, me: Partner, make: Any) -> Case:
    """A case of the cast as if the system had reported it."""
    account = Case.objects.get(number=reported(me).number).reported_by
    case: Case = make(world)
    Case.objects.filter(pk=case.pk).update(reported_by=account)
    return case


def test_a_system_rates_for_the_resident_whose_case_it_brought_in(me, world: World):
    case, foreign = owned(world, me, an_evaluated), an_evaluated(world)
    assert me.get(f"cases/{case.number}/").json()["moves"] == ["rate"]
    assert me.get(f"cases/{foreign.number}/").json()["moves"] == []
    body = {"solved": "solved", "satisfaction": "satisfied", "comment": "谢谢"}
    assert me.post(f"cases/{foreign.number}/moves/rate/", body).status_code == 403
    answer = me.post(f"cases/{case.number}/moves/rate/", body)
    assert (answer.status_code, answer.json()["state"]) == (200, "closed")
    assert me.post(f"cases/{case.number}/moves/rate/", body).status_code == 409


def test_a_system_reopens_for_a_resident_who_is_not_satisfied(me, world: World):
    case = owned(world, me, lambda world: a_closed(world, satisfied=False))
    foreign = a_closed(world, satisfied=False)
    path, body = f"cases/{case.number}/moves/reopen/", {"reason": "没有清理干净"}
    assert me.post(f"cases/{foreign.number}/moves/reopen/", body).status_code == 403
    assert me.post(path, body).json()["state"] == "in_progress"
    as_reporter(foreign, "reopen", reason="没有清理干净")


def test_a_system_makes_no_other_move_on_any_case(me, world: World):
    cases = [reported(me), a_dispatched(world), owned(world, me, an_evaluated)]
    for case in cases:
        for name in sorted(set(MOVES) - {"rate", "reopen"}):
            assert me.post(f"cases/{case.number}/moves/{name}/").status_code in (403, 409), name


def test_a_system_is_no_colleague(me, world: World):
    """It cannot be given an order, has no inbox and stands in no list of people."""
    case = reported(me)
    account = case.reported_by
    assert account is not None
    body = {"assignee": account.pk, "reason": "试一试"}
    path = f"cases/{a_dispatched(world).number}/moves/reassign/"
    assert errors(Caller(world.dispatcher).post(path, body)) == [("unknown", "assignee")]
    while relay(at=clock.now()):
        pass
    while fan_out(at=clock.now()):
        pass
    assert Delivery.objects.exists()
    assert not Delivery.objects.filter(user=account).exists()


# The contract, through a token


def test_a_case_that_somebody_changed_meanwhile_is_412_and_an_unchanged_one_304(me, world: World):
    case = owned(world, me, an_evaluated)
    seen = me.get(f"cases/{case.number}/")["ETag"]
    assert me.get(f"cases/{case.number}/", headers={"If-None-Match": seen}).status_code == 304
    Case.objects.filter(pk=case.pk).update(version=99)
    body = {"solved": "solved", "satisfaction": "satisfied"}
    path = f"cases/{case.number}/moves/rate/"
    stale = me.post(path, body, headers={"If-Match": seen})
    assert (stale.status_code, errors(stale)) == (412, [("stale", None)])
    fresh = me.get(f"cases/{case.number}/")["ETag"]
    assert me.post(path, body, headers={"If-Match": fresh}).status_code == 200


def test_pages_follow_each_other_without_gap_or_repeat(me, world: World):
    numbers = {a_report(world).number for _ in range(7)}
    rows = me.results("cases/", page_size=3)
    assert len(rows) == 7
    assert {row["number"] for row in rows} == numbers
    assert errors(me.get("cases/", page_size=201)) == [("page_size", "page_size")]
    assert errors(me.get("cases/", colour="red")) == [("unknown_filter", "colour")]


def test_errors_come_in_the_language_that_was_asked_for(me):
    for language, word in (("en", "category"), ("zh-hans", "类别")):
        answer = me.post("cases/", {**GOOD, "category": "9999"}, headers={"Accept-Language": language})
        assert (answer.status_code, errors(answer)) == (400, [("unknown", "category")])
        assert word in answer.json()["errors"][0]["detail"], language


def test_a_missing_scope_is_named_in_both_languages(world: World):
    me = partner(scope="blocks:read")
    details = set()
    for language in ("en", "zh-hans"):
        answer = me.get("cases/", headers={"Accept-Language": language})
        assert (answer.status_code, errors(answer)) == (403, [("insufficient_scope", None)])
        assert "cases:read" in answer.json()["errors"][0]["detail"]
        details.add(answer.json()["errors"][0]["detail"])
    assert len(details) == 2


def test_the_request_and_the_system_are_named_in_answer_and_log(me, caplog):
    with caplog.at_level("INFO", logger="django_structlog"):
        answer = me.get("cases/", headers={"X-Request-ID": "partner-7"})
    assert answer["X-Request-ID"] == "partner-7"
    assert any(
        "partner-7" in str(record.msg) and "hotline-system" in str(record.msg) for record in caplog.records
    )


def test_a_systems_burst_is_its_own_or_the_settings(world: World, settings):
    settings.API_CLIENT_REQUESTS_PER_MINUTE, settings.API_REQUESTS_PER_MINUTE = 3, 1
    usual, small = partner(), partner("small-system", requests_per_minute=1)
    assert [usual.get("streets/").status_code for _ in range(4)] == [200, 200, 200, 429]
    assert [small.get("streets/").status_code for _ in range(2)] == [200, 429]
    answer = small.get("streets/")
    assert errors(answer) == [("throttled", None)]
    assert 1 <= int(answer["Retry-After"]) <= 61


# The feed


@pytest.fixture
def fed(world: World) -> dict[str, Case]:
    cases = {
        "here": a_dispatched(world),
        "there": a_dispatched(world, name="governor9", block=world.b9.code),
        "official": a_dispatched(world, category="1204"),
    }
    while relay(at=clock.now()):
        pass
    return cases


def test_the_feed_tells_what_happened_in_order_and_where_to_go_on(me, fed):
    first = me.get("events/", limit=2).json()
    assert [row["kind"] for row in first["results"]] == ["case.reported", "case.dispatched"]
    assert {row["case"] for row in first["results"]} == {fed["here"].number}
    assert set(first["results"][0]) == {"feed_no", "id", "case", "kind", "at", "actor", "data"}
    assert (first["last"], first["more"]) == (first["results"][-1]["feed_no"], True)
    rest = me.get("events/", after=first["last"]).json()
    numbers = [row["feed_no"] for row in first["results"] + rest["results"]]
    assert numbers == sorted(set(numbers))
    assert (len(numbers), rest["more"]) == (4, False)
    again = me.get("events/", after=rest["last"]).json()
    assert again == {"last": rest["last"], "more": False, "results": []}


def test_the_feed_is_scoped_and_tells_nothing_of_officials(world: World, fed):
    me = partner(area=OTHER_STREET)
    answer = me.get("events/").json()
    assert {row["case"] for row in answer["results"]} == {fed["there"].number}
    whole = partner("whole-district").get("events/").json()
    assert {row["case"] for row in whole["results"]} == {fed["here"].number, fed["there"].number}
    assert answer["last"] == whole["last"], "both have looked up to the end"


def test_its_own_case_about_an_official_is_in_no_feed(me):
    case = reported(me, category="1204")
    while relay(at=clock.now()):
        pass
    assert case.number not in str(me.get("events/").json())


def test_a_caller_who_sees_little_walks_the_feed_in_bounded_steps(world: World, fed, monkeypatch):
    monkeypatch.setattr("cases.api.feed.WINDOW", 2)
    monkeypatch.setattr("cases.api.feed.STEPS", 1)
    me, after, found, steps = partner(area=OTHER_STREET), 0, [], 0
    while True:
        answer = me.get("events/", after=after).json()
        found += answer["results"]
        after, steps = answer["last"], steps + 1
        if not answer["more"]:
            break
    assert {row["case"] for row in found} == {fed["there"].number}
    assert steps > 2
    monkeypatch.setattr("cases.api.feed.STEPS", 99)
    assert me.get("events/").json()["results"][0] == found[0], (
        "nothing is answered only when there is nothing"
    )


def test_an_event_that_is_not_yet_fed_comes_behind_last(me, world: World, fed):
    last = me.get("events/").json()["last"]
    case = a_report(world)
    assert me.get("events/", after=last).json() == {"last": last, "more": False, "results": []}
    while relay(at=clock.now()):
        pass
    assert [row["case"] for row in me.get("events/", after=last).json()["results"]] == [case.number]


BAD_QUESTIONS = [
    {"after": "x"}, {"after": "-1"}, {"after": ""}, {"after": "9" * 30}, {"limit": "0"}, {"limit": "501"},
    {"limit": "１"}, {"since": "1"},
]  # fmt: skip


@pytest.mark.parametrize("asked", BAD_QUESTIONS)
def test_a_question_that_the_feed_does_not_understand_is_400(me, asked):
    answer = me.get("events/", **asked)
    assert answer.status_code == 400
    assert [attr for _code, attr in errors(answer)] == list(asked)


def test_people_read_the_feed_of_what_they_see(as_: As, fed):
    assert {row["case"] for row in as_("governor").get("events/").json()["results"]} == {fed["here"].number}
    assert as_("stranger").get("events/").status_code == 403
