"""What must hold after every drill, whatever was broken: asked of the database, inside the drilled system.

Each function yields sentences about what does not hold. ``main`` is what drills run: it waits until nothing is pending
(at most the grace period) and prints all sentences as JSON. Leaves to others: the journal's chains
(``verify_journal``).
"""

import datetime as dt
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import close_old_connections, connection, transaction
from django.db.models import Count, F, Max, Min, Q, QuerySet

from cases.actions.follow_ups import weeks_to_draw
from cases.actions.tallies.folding import compare
from cases.models import CallDraw, Case, Deadline, Escalation, TallyState, WorkOrder
from cases.states import FINAL, State, Step
from staffing.models import Membership, User
from yuhu.api.models import IdempotencyRecord
from yuhu.delivery.actions.sending import LEASE_SECONDS as SENDING_SECONDS
from yuhu.delivery.models import Cursor, Delivery
from yuhu.journal.actions import LEASE_SECONDS as RELAY_SECONDS
from yuhu.journal.models import Entry, FeedEntry, Outbox, RelayLease
from yuhu.kit import clock

Found = Iterator[str]
# What became due so recently may still be on its way: the next sweep asks for it.
RECENT = dt.timedelta(seconds=8)
# A moment at which everything is folded is waited for so long.
QUIET_SECONDS = 30
# Kinds that only a person's move records, so that accepted moves and entries must agree one to one.
BY_PERSON = {
    "case.signed", "case.handed_back", "case.evaluated", "case.return_requested", "case.return_decided",
    "case.extension_requested", "case.extension_decided", "case.contacted", "case.urged", "case.solved_on_spot",
}  # fmt: skip
MAKES_ORDER = Q(kind__in=["case.dispatched", "case.reassigned", "case.solved_on_spot", "case.reopened"])
MAKES_ORDER |= Q(kind="case.evaluated", data__effective=False)
MAKES_ORDER |= Q(kind="case.return_decided", data__has_key="order")


def pending(at: dt.datetime) -> Counter[str]:
    """Automatic steps that should have been done by now, by kind."""
    before = at - RECENT
    fed = Cursor.objects.filter(name=Cursor.NOTICES).values_list("feed_no", flat=True).first() or 0
    found = {
        "to dispatch": Case.objects.awaiting_dispatch().filter(reported_at__lte=before).count(),
        "to warn": Deadline.objects.to_warn(before).count(),
        "to escalate": Deadline.objects.breached(before).count(),
        "to resume": Case.objects.filter(state=State.SUSPENDED, review_at__lte=before).count(),
        "to draw": sum(1 for _street_and_week in weeks_to_draw(before)),
        "to feed": Outbox.objects.filter(entry__at__lte=before).count(),
        "to announce": FeedEntry.objects.after(fed).filter(entry__at__lte=before).count(),
        "to send": Delivery.objects.due(before).count(),
        "to tally": _untallied(before),
    }
    return Counter({name: count for name, count in found.items() if count})


def _untallied(before: dt.datetime) -> int:
    state = TallyState.objects.first()
    if state is None or not state.is_whole:
        return 1
    return FeedEntry.objects.after(state.feed_no).filter(entry__at__lte=before).count()


def violations(accepted: dict[str, Any], at: dt.datetime) -> list[str]:
    """Everything that does not hold at ``at``, with what was accepted (``lives.Accepted.as_json``)."""
    asked: tuple[Callable[[], Found], ...] = (
        lambda: _pending(at),
        lambda: _reports(accepted["reports"]),
        lambda: _moves(accepted["events"], accepted["rated"]),
        _histories,
        _orders,
        _warnings,
        _escalations,
        _closings,
        _draws,
        lambda: _notices(at),
        _letters,
        lambda: _leases(at),
        lambda: _receivers(clock.local_date(at)),
        _feed,
        lambda: _tallies(at),
        _keys,
    )
    return [sentence for ask in asked for sentence in ask()]


def _pending(at: dt.datetime) -> Found:
    for name, count in pending(at).items():
        yield f"pending: {count} {name}"


def _reports(reports: dict[str, str]) -> Found:
    """Every accepted report is there once, under the number that was answered, and no other case came of any."""
    told = {f"演练 {key}": number for key, number in reports.items()}
    rows = Case.objects.filter(description__startswith="演练 ").values_list("description", "number")
    stored: dict[str, list[str]] = {}
    for description, number in rows:
        stored.setdefault(description, []).append(number)
    for description in told.keys() | stored.keys():
        numbers = stored.get(description, [])
        if numbers != [told.get(description)]:
            yield f"report {description}: told {told.get(description)}, stored {numbers}"


def _moves(events: Iterable[tuple[str, str, int]], rated: Iterable[str]) -> Found:
    """What was answered with yes is in the journal as often, and nothing else is."""
    yes = Counter({(number, kind): count for number, kind, count in events if kind in BY_PERSON})
    numbers = {number for number, _kind in yes}
    rows = Entry.objects.filter(subject_type="case", subject_id__in=numbers, kind__in=BY_PERSON)
    done = Counter(rows.values_list("subject_id", "kind"))
    for key in yes.keys() | done.keys():
        if yes[key] != done[key]:
            yield f"move {key[1]} of {key[0]}: accepted {yes[key]} times, journaled {done[key]} times"
    ended = set(Case.objects.filter(state=State.CLOSED).values_list("number", flat=True))
    for number in set(rated) - ended:
        yield f"rating of {number}: accepted, and the case is not closed"


def _histories() -> Found:
    """The journal of each case is one path through the states that ends where the case stands."""
    entries = Entry.objects.filter(subject_type="case").order_by("subject_id", "seq")
    states: dict[str, str] = {}
    for number, seq, kind, data in entries.values_list("subject_id", "seq", "kind", "data"):
        before = states.get(number)
        if (kind == "case.reported") != (seq == 1):
            yield f"history of {number}: {kind} as number {seq}"
        if "from" in data and data["from"] != before:
            yield f"history of {number}: {kind} from {data['from']}, but it was {before}"
        if "to" in data:
            states[number] = data["to"]
    for number, state in Case.objects.values_list("number", "state"):
        if states.get(number) != state:
            yield f"history of {number}: ends in {states.get(number)}, the case is {state}"


def _orders() -> Found:
    """Orders count 1, 2, 3 …, one per entry that sends; one runs while somebody holds the case, else none."""
    sent = Counter(
        Entry.objects.filter(MAKES_ORDER, subject_type="case").values_list("subject_id", flat=True)
    )
    rows = Case.objects.annotate(
        orders_made=Count("orders"),
        last=Max("orders__no"),
        running=Count("orders", filter=Q(orders__ended_at__isnull=True)),
    )
    held = {State.DISPATCHED, State.IN_PROGRESS, State.SUSPENDED}
    for number, state, made, last, running in rows.values_list(
        "number", "state", "orders_made", "last", "running"
    ):
        if not made == (last or 0) == sent[number]:
            yield f"orders of {number}: {made} rows, last number {last}, {sent[number]} entries"
        if running != (state in held):
            yield f"orders of {number}: {running} running, the case is {state}"
    once = Entry.objects.filter(kind__in=["case.dispatched", "case.left_to_person"], actor_id__isnull=True)
    for number, count in Counter(once.values_list("subject_id", flat=True)).items():
        if count > 1:
            yield f"dispatch by rule of {number}: {count} times"


def _warnings() -> Found:
    """Each limit was warned of once, and no clock says so without its entry."""
    entries = Entry.objects.filter(kind="case.warned").values_list("subject_id", "data__step", "data__due_at")
    told = Counter(entries)
    for (number, step, due), count in told.items():
        if count > 1:
            yield f"warning of {step} of {number} due {due}: {count} times"
    of_clock = Counter((number, step) for number, step, _due in told)
    clocks = Deadline.objects.filter(warned_at__isnull=False).values_list("case__number", "step")
    for (number, step), count in Counter(clocks).items():
        if of_clock[number, step] < count:
            yield f"warning of {step} of {number}: {count} clocks, {of_clock[number, step]} entries"


def _escalations() -> Found:
    """Each level of each clock was told once, and each row has its entry."""
    entries = Entry.objects.filter(kind="case.escalated")
    levels = entries.values_list("subject_id", "data__step", "data__due_at", "data__level")
    for (number, step, due, level), count in Counter(levels).items():
        if count > 1:
            yield f"escalation of {step} of {number} due {due} to level {level}: {count} times"
    yield from _levels_too_early(entries)
    told = Counter(entries.exclude(data__role="").values_list("subject_id", flat=True))
    rows = Counter(Escalation.objects.values_list("deadline__case__number", flat=True))
    for number in told.keys() | rows.keys():
        if told[number] != rows[number]:
            yield f"escalations of {number}: {rows[number]} rows, {told[number]} entries"
    clocks = Counter(Deadline.objects.filter(level__gt=0).values_list("case__number", flat=True))
    entered = Counter(entries.values_list("subject_id", flat=True))
    for number, count in clocks.items():
        if entered[number] < count:
            yield f"escalations of {number}: {count} clocks, {entered[number]} entries"


def _levels_too_early(entries: "QuerySet[Entry]") -> Found:
    """The next level is told a working day later, so never twice within the hours of a drill."""
    last: dict[tuple[str, str, str], dt.datetime] = {}
    rows = entries.order_by("at").values_list("subject_id", "data__step", "data__due_at", "at")
    for number, step, due, at in rows:
        before = last.get((number, step, due))
        if before is not None and at - before < dt.timedelta(hours=2):
            yield f"escalation of {step} of {number}: a level {at - before} after the one before, too early"
        last[number, step, due] = at


def _closings() -> Found:
    """What ends, ends once: rated, unrated, or by an evaluation with nobody to ask."""
    ends = Entry.objects.filter(subject_type="case", data__to__in=sorted(FINAL))
    for number, count in Counter(ends.values_list("subject_id", flat=True)).items():
        if count > 1:
            yield f"end of {number}: {count} times"
    for number in Case.objects.filter(state__in=sorted(FINAL), deadlines__is_running=True).values_list(
        "number", flat=True
    ):
        yield f"clock of {number} runs, and the case has ended"


def _draws() -> Found:
    """A street's week is drawn whole or not at all, but for cases that were reopened at that moment."""
    rows = CallDraw.objects.annotate(number=Count("calls"))
    for row in rows.exclude(number__lte=F("sampled") + F("always")):
        yield f"draw {row}: {row.number} calls, {row.sampled} and {row.always} drawn"
    for row in rows.filter(number=0).exclude(sampled=0, always=0):
        yield f"draw {row}: no calls, {row.sampled} and {row.always} drawn"


def _notices(at: dt.datetime) -> Found:
    """The ledger holds one row per event, receiver and channel; what must be told was told to somebody.

    An event of the last seconds may still be on its way: ``pending`` does not wait for it either.
    """
    settled = Entry.objects.filter(at__lte=at - RECENT)
    for who in ("user", "reporter"):
        rows = Delivery.objects.filter(**{f"{who}__isnull": False}).values("entry", who, "channel")
        for row in rows.annotate(count=Count("pk")).filter(count__gt=1):
            yield f"notice of entry {row['entry']} to {who} {row[who]} by {row['channel']}: {row['count']} rows"
    must = {"case.dispatched": "dispatched", "case.left_to_person": "left_to_person"}
    for event, notice in must.items():
        told = Delivery.objects.filter(kind=notice).values("entry")
        for number in settled.filter(kind=event).exclude(pk__in=told).values_list("subject_id", flat=True):
            yield f"notice {notice} of {number}: nobody was told"
    escalated = settled.filter(kind="case.escalated").exclude(data__role="")
    for number in escalated.exclude(pk__in=Delivery.objects.values("entry")).values_list(
        "subject_id", flat=True
    ):
        yield f"escalation of {number}: nobody was told"
    phones = Case.objects.filter(reporter__phone_sealed__isnull=False).values("number")
    reported = settled.filter(kind="case.reported", subject_id__in=phones)
    answered = Delivery.objects.filter(channel=Delivery.Channel.SMS, kind="received").values("entry")
    for number in reported.exclude(pk__in=answered).values_list("subject_id", flat=True):
        yield f"report {number}: the resident was not told"


def _letters() -> Found:
    """Every letter that the ledger calls sent has left; where nobody was killed, it has left once.

    (A worker that is killed between the two leaves the row to be sent again: at least once, with one row.)
    """
    rows = Delivery.objects.filter(channel=Delivery.Channel.EMAIL, state=Delivery.State.SENT).count()
    # Django's backend for files ends every message with this line.
    files = Path(settings.EMAIL_CONFIG["EMAIL_FILE_PATH"]).glob("*")
    left = sum(file.read_text(encoding="utf-8").count("-" * 79) for file in files)
    gentle = bool(os.environ.get("DRILL_GENTLE"))
    if left < rows or (gentle and left != rows):
        yield f"letters: {rows} sent by the ledger, {left} have left"


def _leases(at: dt.datetime) -> Found:
    """Nothing is claimed longer than its lease, and nothing that is finished is claimed."""
    latest = at + dt.timedelta(seconds=SENDING_SECONDS)
    held = Delivery.objects.filter(lease_until__isnull=False)
    for pk in held.exclude(state=Delivery.State.PENDING).values_list("pk", flat=True):
        yield f"delivery {pk} is finished and claimed"
    for pk in held.filter(lease_until__gt=latest).values_list("pk", flat=True):
        yield f"delivery {pk} is claimed beyond its lease"
    for pk in held.filter(lease_until__lte=at - RECENT).values_list("pk", flat=True):
        yield f"delivery {pk} is claimed by somebody who died, and nobody took it up"
    if RelayLease.objects.filter(lease_until__gt=at + dt.timedelta(seconds=RELAY_SECONDS)).exists():
        yield "the relay is claimed beyond its lease"


def _receivers(on: dt.date) -> Found:
    """Every open case has somebody who can answer: holder, evaluator, duty officer, or a clock for the resident."""
    people = set(User.objects.filter(is_active=True).values_list("pk", flat=True))
    units = set(Membership.objects.on(on).filter(user__is_active=True).values_list("unit", flat=True))
    clocks = {
        step: set(Deadline.objects.running().filter(step=step).values_list("case", flat=True))
        for step in (Step.DISPATCH, Step.RATE)
    }
    for case in Case.objects.open():
        match case.state:
            case State.REPORTED:
                answers = case.waits_for_person and case.pk in clocks[Step.DISPATCH]
            case State.HANDLED:
                answers = case.evaluator_id in people or case.evaluator_unit_id in units
            case State.EVALUATED:
                answers = case.pk in clocks[Step.RATE]
            case _:
                answers = case.assignee_id in people or case.lead_unit_id in units
        if not answers:
            yield f"case {case.number} is {case.state} and nobody answers for it"


def _tallies(at: dt.datetime) -> Found:
    """What the figures add up is what the cases say; to be asked of a moment at which everything is folded."""
    if unfolded := _unfolded(at):
        yield f"pending: {unfolded} to tally or to feed, so nobody could compare the tallies with the cases"
        return
    for difference in compare(on_chunk=lambda _count: None)[:5]:
        yield f"tallies: {difference}"


def _unfolded(at: dt.datetime) -> int:
    """What the tallies do not know yet at ``at``, however recent it is."""
    return _untallied(at) + Outbox.objects.count()


def _feed() -> Found:
    """Numbers without a gap, every entry once in the feed or waiting for it."""
    span = FeedEntry.objects.aggregate(first=Min("feed_no"), last=Max("feed_no"), count=Count("pk"))
    if span["count"] and (span["first"], span["last"]) != (1, span["count"]):
        yield f"feed: {span['count']} rows from {span['first']} to {span['last']}"
    waiting, entries = Outbox.objects.count(), Entry.objects.count()
    if waiting + span["count"] != entries:
        yield f"feed: {span['count']} fed and {waiting} waiting of {entries} entries"
    unfed = Entry.objects.filter(feed__isnull=True, outbox__isnull=True).count()
    if unfed:
        yield f"feed: {unfed} entries are neither fed nor waiting"
    if RelayLease.objects.exclude(feed_no=F("feed_no") * 0 + (span["last"] or 0)).exists():
        yield f"feed: the relay's row does not know the end {span['last']}"


def _keys() -> Found:
    """No key is kept without the answer to what was done under it."""
    for key in IdempotencyRecord.objects.filter(status__isnull=True).values_list("key", flat=True):
        yield f"key {key} is kept without an answer"


def counts() -> dict[str, int]:
    """What really happened by itself, so that no drill passes because nothing did."""
    kinds = ("case.dispatched", "case.warned", "case.escalated", "case.closed", "case.resumed")
    entries = Entry.objects.filter(actor_id__isnull=True, kind__in=kinds)
    found = Counter(entries.values_list("kind", flat=True))
    sent = Delivery.objects.filter(state=Delivery.State.SENT).exclude(channel=Delivery.Channel.INBOX)
    return {
        **{kind.partition(".")[2]: found[kind] for kind in kinds},
        "notices": Delivery.objects.count(),
        "sent": sent.count(),
        "cases": Case.objects.count(),
        "orders": WorkOrder.objects.count(),
    }


@contextmanager
def one_moment() -> Iterator[dt.datetime]:
    """All questions see the tables as they are at the moment that it yields, although the drilled system goes on.

    Otherwise what is claimed, fed or moved between two questions looks like a fault.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT 1")  # the first question takes the snapshot
        yield clock.now()


def main() -> None:
    """Wait for what is pending, then print ``{"violations", "counts", "seconds"}``. Read by ``drill.conclude``."""
    accepted = json.loads(Path(os.environ["DRILL_ACCEPTED"]).read_text(encoding="utf-8"))
    began, grace = time.monotonic(), float(os.environ["DRILL_GRACE"])
    while pending(clock.now()) and time.monotonic() - began < grace:
        time.sleep(0.5)
        close_old_connections()
    found: dict[str, Any] = {}
    until = time.monotonic() + min(grace, QUIET_SECONDS)
    while not found:
        with one_moment() as at:
            if time.monotonic() > until or not _unfolded(at):
                found = {"violations": violations(accepted, at), "counts": counts()}
        time.sleep(0.05)
    sys.stdout.write(json.dumps(found | {"seconds": round(time.monotonic() - began, 1)}) + "\n")
