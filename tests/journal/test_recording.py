"""Recording: digests, numbers and refusals."""

import datetime as dt
import hashlib
import json
from decimal import Decimal

import pytest
from django.db import IntegrityError, models, transaction

from tests.journal.makers import AT, GOVERNOR, drafted, feed_all, recorded
from yuhu.journal import actions
from yuhu.journal.actions import SYSTEM, Actor, text_digest
from yuhu.journal.exceptions import Forked, OutsideTransaction, UnfitRecord
from yuhu.journal.models import Entry, FeedEntry, Outbox, RelayLease
from yuhu.kit import steps
from yuhu.kit.scope import Scope

pytestmark = pytest.mark.django_db


class Colour(models.TextChoices):
    RED = "red"


def test_an_entry_keeps_what_it_was_given():
    entry = Entry.objects.get(pk=recorded("YH-1", "case.dispatched", data={"unit": 5}).pk)
    assert (entry.kind, entry.subject_type, entry.subject_id, entry.seq) == (
        "case.dispatched",
        "case",
        "YH-1",
        1,
    )
    assert (entry.at, entry.area, entry.data, entry.actor) == (AT, "43030200100101", {"unit": 5}, GOVERNOR)


def test_the_digest_is_sha256_over_the_content_and_the_digest_before():
    recorded(1)
    entry = recorded(1, "case.signed", data={"b": 1, "a": "雨湖"})
    content = [
        1, "2022-08-01T04:30:15.123456+00:00", 7, "张三", "governor", "10.1.2.3", "case.signed", "case", "1", 2,
        "43030200100101", {"a": "雨湖", "b": 1}, Entry.objects.get(seq=1).digest,
    ]  # fmt: skip
    written = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    assert entry.digest == hashlib.sha256(written).hexdigest()


def test_each_subject_has_its_own_chain():
    entries = [recorded(1), recorded(2), recorded(1), recorded(2), recorded(1)]
    assert [entry.seq for entry in entries] == [1, 1, 2, 2, 3]
    assert [entry.previous for entry in entries] == [
        "",
        "",
        entries[0].digest,
        entries[1].digest,
        entries[2].digest,
    ]


@pytest.mark.parametrize(
    "data",
    [
        {
            "float": 0.1,
            "whole": 1.0,
            "zero": -0.0,
            "small": 1e-7,
            "large": 123456789012345.0,
            "int": 2**63 - 1,
        },
        {"nested": {"list": [1, (2, 3), {"k": None}], "flag": True}},
        {"on": dt.date(2022, 8, 1), "at": AT, "amount": Decimal("1.50"), "choice": Colour.RED},
        {"text": '🚮 𠮷 é\n\t"quoted" \\u0000', "": "empty key"},
        {},
    ],
)
def test_the_digest_still_fits_after_a_journey_through_the_database(data):
    entry = Entry.objects.get(pk=recorded(1, data=data).pk)
    assert entry.computed_digest() == entry.digest


def test_dates_and_choices_are_kept_as_plain_text():
    entry = recorded(1, data={"on": dt.date(2022, 8, 1), "at": AT, "choice": Colour.RED})
    assert entry.data == {"on": "2022-08-01", "at": "2022-08-01T04:30:15.123456+00:00", "choice": "red"}
    assert type(entry.data["choice"]) is str


@pytest.mark.parametrize(
    "data",
    [
        {"text": "x" * 201},
        {"list": ["x" * 201]},
        {"k" * 201: 1},
        {"text": "NUL \x00"},
        {"text": "\ud800"},
        {1: "number as key"},
        {"set": {1}},
        {"object": object()},
        {"float": float("nan")},
        {"float": float("inf")},
        {"float": 1e15},
        {"int": 2**63},
        {"naive": dt.datetime(2022, 8, 1)},
        {"a": {"b": {"c": {"d": {"e": {"f": 1}}}}}},
    ],
)
def test_data_that_is_not_codes_keys_dates_or_numbers_is_refused(data):
    with pytest.raises(UnfitRecord):
        recorded(1, data=data)
    assert not Entry.objects.exists()


def test_a_string_of_200_characters_is_kept():
    assert recorded(1, data={"text": "字" * 200}).data == {"text": "字" * 200}


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "Reported"},
        {"kind": "reported"},
        {"kind": "case." + "x" * 64},
        {"at": dt.datetime(2022, 8, 1)},
        {"area": "Yuhu"},
        {"area": "4" * 15},
        {"subject": ("", 1)},
        {"subject": ("case", "")},
        {"subject": ("case", "x" * 65)},
    ],
)
def test_a_malformed_event_is_refused(changes):
    with pytest.raises(UnfitRecord):
        recorded(**changes)


def test_overlong_names_of_actors_are_cut_and_sealed_as_kept():
    entry = Entry.objects.get(pk=recorded(actor=Actor(1, "n" * 300, "p" * 300, "a" * 300)).pk)
    assert (len(entry.actor_name), len(entry.actor_post), len(entry.actor_address)) == (150, 200, 64)
    assert entry.computed_digest() == entry.digest


def test_the_system_is_an_actor_without_id():
    entry = recorded(actor=SYSTEM)
    assert (entry.actor_id, entry.actor_name) == (None, "system")


@pytest.mark.django_db(transaction=True)
def test_recording_outside_a_transaction_is_refused():
    with pytest.raises(OutsideTransaction):
        actions.record(kind="case.reported", subject=("case", 1), at=AT, actor=GOVERNOR)
    with pytest.raises(OutsideTransaction):
        actions.record_many([drafted()])
    assert not Entry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_crash_inside_the_transaction_leaves_nothing():
    def crashing():
        with transaction.atomic():
            actions.record(kind="case.reported", subject=("case", 1), at=AT, actor=GOVERNOR)
            actions.record_many([drafted(2), drafted(3)], feed=True)
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        crashing()
    assert [model.objects.count() for model in (Entry, Outbox, FeedEntry)] == [0, 0, 0]
    assert not RelayLease.objects.filter(feed_no__gt=0).exists()


@pytest.mark.django_db(transaction=True)
def test_after_the_commit_the_entry_is_in_the_feed():
    entry = recorded(1)
    assert FeedEntry.objects.get().entry == entry
    assert not Outbox.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_transaction_with_many_events_hints_once(monkeypatch):
    hints = []
    monkeypatch.setattr(steps, "nudge", lambda name, pk=None: hints.append(name))
    with transaction.atomic():
        for key in range(5):
            actions.record(kind="case.reported", subject=("case", key), at=AT, actor=GOVERNOR)
    assert hints == ["journal.relay"]


@pytest.mark.django_db(transaction=True)
def test_a_hint_survives_the_rollback_of_an_inner_block(monkeypatch):
    hints = []
    monkeypatch.setattr(steps, "nudge", lambda name, pk=None: hints.append(name))
    with transaction.atomic():
        with transaction.atomic():
            actions.record(kind="case.reported", subject=("case", 1), at=AT, actor=GOVERNOR)
            transaction.set_rollback(True)
        actions.record(kind="case.reported", subject=("case", 2), at=AT, actor=GOVERNOR)
    assert hints == ["journal.relay"]
    assert Entry.objects.get().subject_id == "2"


def test_recording_costs_three_queries(django_assert_num_queries):
    with transaction.atomic(), django_assert_num_queries(3):
        actions.record(kind="case.reported", subject=("case", 1), at=AT, actor=GOVERNOR)


def test_a_fork_is_refused(monkeypatch):
    recorded(1)
    # As a writer sees it who read the end of the chain before the other committed.
    monkeypatch.setattr(actions._TIP, "rows", lambda **_: [])
    with pytest.raises(Forked), transaction.atomic():
        actions.record(kind="case.signed", subject=("case", 1), at=AT, actor=GOVERNOR)


def test_the_database_refuses_an_entry_that_does_not_say_what_was_before():
    recorded(1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.create(at=AT, kind="x.y", subject_type="case", subject_id="1", seq=2, digest="d")


DRAFTS = [
    drafted(1),
    drafted(2),
    drafted(1, "case.dispatched", data={"unit": 3}, actor=SYSTEM),
    drafted("A-9", "unit.opened", area=""),
    drafted(1, "case.signed", at=AT + dt.timedelta(hours=8)),
    drafted(2, "case.void", data={}),
]


def contents() -> list[tuple[object, ...]]:
    columns = ("subject_type", "subject_id", "seq", "kind", "at", "area", "data", "previous", "digest")
    return list(Entry.objects.order_by("pk").values_list(*columns))


def test_recording_many_writes_the_same_rows_as_one_by_one():
    with transaction.atomic():
        for draft in DRAFTS:
            actions.record(**vars(draft))
        singly = contents()
        waiting = Outbox.objects.count()
        transaction.set_rollback(True)
    assert not Entry.objects.exists()
    actions.record_many(DRAFTS)
    assert contents() == singly
    assert Outbox.objects.count() == waiting == len(DRAFTS)
    assert feed_all() == len(DRAFTS), "the relay accepts the seals"


def test_recording_many_goes_on_behind_the_entries_that_stand():
    recorded(1)
    last = recorded(1, "case.dispatched")
    first, second, third = actions.record_many([drafted(1), drafted(2), drafted(1)])
    assert [entry.seq for entry in (first, second, third)] == [3, 1, 4]
    assert [first.previous, second.previous, third.previous] == [last.digest, "", first.digest]


def test_recording_many_into_the_feed_goes_behind_what_waits():
    waiting = recorded(1)
    bulk = actions.record_many([drafted(1, "case.signed"), drafted(2)], feed=True)
    later = recorded(2, "case.signed")
    feed_all()
    expected = [waiting.pk, bulk[0].pk, bulk[1].pk, later.pk]
    assert list(FeedEntry.objects.order_by("feed_no").values_list("entry_id", flat=True)) == expected
    assert list(FeedEntry.objects.order_by("feed_no").values_list("feed_no", flat=True)) == [1, 2, 3, 4]


def test_recording_nothing_is_nothing():
    assert actions.record_many([]) == []
    assert actions.record_many([], feed=True) == []
    assert not FeedEntry.objects.exists()


def test_a_subjects_history_is_in_its_order():
    recorded(1)
    recorded(10)
    recorded(1, "case.signed")
    assert list(Entry.objects.for_subject("case", 1).values_list("kind", flat=True)) == [
        "case.reported",
        "case.signed",
    ]


def test_a_scope_opens_its_areas_and_nothing_without_area():
    block, street, other, nowhere = (
        recorded(key, area=area) for key, area in enumerate(("43030200100101", "430302001", "430302002", ""))
    )
    feed_all()
    opened = {
        scope: set(Entry.objects.within(Scope(areas=frozenset(scope))).values_list("pk", flat=True))
        for scope in (("430302001",), ("430302",), ("43030200100101", "430302002"), ())
    }
    assert opened == {
        ("430302001",): {block.pk, street.pk},
        ("430302",): {block.pk, street.pk, other.pk},
        ("43030200100101", "430302002"): {block.pk, other.pk},
        (): set(),
    }
    feed = FeedEntry.objects.after(1).within(Scope(areas=frozenset({"430302"})))
    assert [link.entry_id for link in feed] == [street.pk, other.pk]
    assert nowhere.pk not in {link.entry_id for link in feed}


def test_the_digest_of_a_text_needs_its_salt():
    assert text_digest("salt", "理由") != text_digest("other", "理由")
    assert text_digest("ab", "c") != text_digest("a", "bc")
    assert len(text_digest("salt", "理由")) == 64
