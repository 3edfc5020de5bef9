"""Keeping the tallies: what the feed says has changed is counted anew, and the difference is added.

Each case remembers what it has added (``Tallied``), so counting one again adds nothing, and a late correction takes
away what was wrong. Folding is safe to run twice, after a kill goes on where it was, and runs in one process at a time:
the row that says how far the tallies are is locked first. Making them anew goes the same way, case by case; until that
is done nobody reads them.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q

from cases.actions.tallies.counting import REPEAT_DAYS, SETTLED, SETTLED_BY_CLOSING
from cases.actions.tallies.grouping import settled_of
from cases.models import Case, Tallied, Tally, TallyState
from yuhu.journal.models import Entry, FeedEntry
from yuhu.kit import clock
from yuhu.kit.scope import DISTRICT, STREET
from yuhu.kit.sums import add_up

BATCH = 200  # entries of the feed
CHUNK = 2_000  # cases that are made anew in one transaction
# Categories, paths and promises are told apart for areas of these levels only: below, the rows themselves are few.
SLICED = (DISTRICT, STREET)
# After these another case may be no longer, or now, the repetition of an earlier one.
_ERASED = ("case.erased", "case.person_forgotten")
_AGAIN = ("case.reported", "case.voided", "case.merged", *_ERASED)
_KEY = ("area", "by", "day", "key")
Sums = dict[tuple[str, str, dt.date, str], dict[str, int]]


def fold(*, at: dt.datetime, limit: int = BATCH) -> int:
    """Bring the tallies up to the feed, or make the next of them anew; returns how much was done.

    A database in which nothing was ever tallied begins with its first case.
    """
    state = TallyState.objects.first()
    if state is not None and state.is_whole and FeedEntry.objects.last_no() <= state.feed_no:
        return 0
    if state is None:
        begin_anew(at=at)
        return 1
    return fold_feed(limit=limit) if state.is_whole else build_next(at=at)


def fold_feed(*, limit: int = BATCH) -> int:
    """Count anew the cases of the next ``limit`` entries of the feed; returns the number of entries."""
    with transaction.atomic():
        state = _locked()
        if not state.is_whole:
            return 0
        batch = list(FeedEntry.objects.after(state.feed_no)[:limit])
        if not batch:
            return 0
        _recount(_touched([feed.entry for feed in batch if feed.entry.subject_type == "case"]))
        state.feed_no, state.as_of = batch[-1].feed_no, batch[-1].entry.at
        state.save(update_fields=["feed_no", "as_of"])
    return len(batch)


def begin_anew(*, at: dt.datetime) -> None:
    """Forget all tallies. From now on they are made anew, and nobody reads them before that is done."""
    with transaction.atomic():
        TallyState.objects.get_or_create(pk=TallyState.ONLY, defaults={"as_of": at})
        state = _locked()
        # What comes into the feed from here on is folded once the rest is done.
        state.feed_no, state.as_of, state.next_case = FeedEntry.objects.last_no(), at, 0
        state.save()
        for model in (Tally, Tallied):
            rows = model._default_manager.all()
            rows._raw_delete(rows.db)


def build_next(*, at: dt.datetime, limit: int = CHUNK) -> int:
    """Count the next cases while the tallies are made anew; returns how many, at least 1 until they are whole."""
    with transaction.atomic():
        state = _locked()
        if state.next_case is None:
            return 0
        rows = Case.objects.filter(pk__gte=state.next_case).order_by("pk")
        keys = list(rows.values_list("pk", flat=True)[:limit])
        _recount(keys)
        state.next_case = keys[-1] + 1 if len(keys) == limit else None
        state.as_of = at
        state.save(update_fields=["next_case", "as_of"])
    return max(len(keys), 1)


def rebuild(*, at: dt.datetime) -> Iterator[int]:
    """Make all tallies anew; yields the number of cases after each chunk."""
    begin_anew(at=at)
    while TallyState.objects.filter(next_case__isnull=False).exists():
        yield build_next(at=at)


def _locked() -> TallyState:
    """One at a time; the second waits here and then finds what the first has left."""
    return TallyState.objects.select_for_update().get()


# --- Which cases ----------------------------------------------------------------------------------


def _touched(entries: Collection[Entry]) -> set[int]:
    """The cases of these entries, and those that one of them repeats or no longer repeats."""
    kinds: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        kinds[entry.subject_id].add(entry.kind)
    cases = list(Case.objects.filter(number__in=kinds).select_related("reporter"))
    before = {row.pk: row for row in Tallied.objects.filter(case__in=cases)}
    found = {case.pk for case in cases}
    for case in cases:
        was, told = before.get(case.pk), kinds[case.number]
        moved = was is not None and _where_and_when(was) != _where_and_when(_row(case, {}))
        if moved or told & set(_AGAIN):
            found |= set(_repeated_by(case, was, erased=bool(told & set(_ERASED))))
    return found


def _where_and_when(row: Tallied) -> tuple[str, str, dt.date]:
    return row.areas, row.category, row.reported_on


def _repeated_by(case: Case, was: Tallied | None, *, erased: bool) -> Iterable[int]:
    """Earlier ended cases that this one may repeat, or did as it ``was``. Of an erased one nobody knows any longer
    whose it was."""
    days = {
        clock.local_date(case.reported_at),
        was.reported_on if was else clock.local_date(case.reported_at),
    }
    rows = Case.objects.filter(
        category__in={case.category_id, was.category if was else case.category_id},
        closed_at__gte=clock.day_start(min(days) - dt.timedelta(days=REPEAT_DAYS)),
        closed_at__lt=clock.day_start(max(days) + dt.timedelta(days=1)),
    )
    if not erased:
        phone = getattr(getattr(case, "reporter", None), "phone_index", "")
        same = Q(pk__in=[])
        if phone:
            same |= Q(reporter__phone_index=phone)
        if case.address:
            same |= Q(address=case.address)
        rows = rows.filter(same)
    return rows.values_list("pk", flat=True)


def _areas(case: Case) -> str:
    codes = (case.district_code, case.street_code, case.community_code, case.block_code)
    return " ".join(code for code in codes if code)


# --- Adding up ------------------------------------------------------------------------------------


def _recount(keys: Collection[int]) -> None:
    """Count these cases anew and add the difference to the tallies."""
    before = {row.pk: row for row in Tallied.objects.filter(pk__in=keys)}
    now = _now(keys)
    sums: Sums = defaultdict(lambda: defaultdict(int))
    for key in {*before, *now}:
        if before.get(key) and now.get(key) and _same(before[key], now[key]):
            del now[key]
            continue
        for row, sign in ((before.get(key), -1), (now.get(key), 1)):
            if row is not None:
                _add(sums, row, sign)
    add_up(Tally, sums, key=_KEY)
    fields = [field.name for field in Tallied._meta.concrete_fields if not field.primary_key]
    Tallied.objects.bulk_create(
        now.values(), update_conflicts=True, unique_fields=["case"], update_fields=fields
    )


def _now(keys: Collection[int]) -> dict[int, Tallied]:
    """What these cases add by now, not yet stored; a case that no figure counts adds nothing."""
    rows = Case.objects.filter(pk__in=keys)
    counts = settled_of(rows.order_by().values("pk"))
    fields = ("category", "path", "programme", "reported_at", "closed_at")
    places = ("district_code", "street_code", "community_code", "block_code")
    found = {}
    for case in rows.only("pk", *fields, *places):
        found[case.pk] = _row(case, counts.get(str(case.pk), {}))
    return found


def _row(case: Case, counts: Mapping[str, int]) -> Tallied:
    return Tallied(
        case_id=case.pk,
        areas=_areas(case),
        category=case.category_id,
        path=case.path,
        programme=case.programme,
        reported_on=clock.local_date(case.reported_at),
        closed_on=clock.local_date(case.closed_at) if case.closed_at else None,
        counts={name: number for name, number in counts.items() if number},
    )


def _same(one: Tallied, other: Tallied) -> bool:
    return all(
        getattr(one, field.attname) == getattr(other, field.attname)
        for field in Tallied._meta.concrete_fields
    )


def _add(sums: Sums, row: Tallied, sign: int) -> None:
    """Into the cells of each of its areas, on the day of its report and on that of its closing."""
    for day, names in _days(row):
        for cell in _cells(row, day):
            for name in names:
                sums[cell][name] += sign * row.counts[name]


def _days(row: Tallied) -> Iterator[tuple[dt.date, list[str]]]:
    closing = [name for name in row.counts if name in SETTLED_BY_CLOSING]
    yield row.reported_on, [name for name in row.counts if name not in SETTLED_BY_CLOSING]
    if row.closed_on is not None:
        yield row.closed_on, closing


def _cells(row: Tallied, day: dt.date) -> Iterator[tuple[str, str, dt.date, str]]:
    kinds: Mapping[str, Any] = {
        Tally.By.CATEGORY: row.category,
        Tally.By.PATH: row.path,
        Tally.By.PROGRAMME: row.programme,
    }
    for area in row.areas.split():
        yield area, Tally.By.WHOLE.value, day, ""
        if len(area) in SLICED:
            for by, key in kinds.items():
                yield area, str(by), day, key


# --- Checking -------------------------------------------------------------------------------------


def compare(*, on_chunk: Callable[[int], object]) -> list[str]:
    """Where the tallies differ from the cases, in words for operators; ``on_chunk`` is told how many were counted.

    What is not folded yet counts as a difference, so ask when nothing happens.
    """
    right: Sums = defaultdict(lambda: defaultdict(int))
    last = 0
    while keys := list(Case.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        for row in _now(keys).values():
            _add(right, row, 1)
        last = keys[-1]
        on_chunk(len(keys))
    found = []
    for line in Tally.objects.values(*_KEY, *SETTLED).iterator():
        numbers = right.pop((line["area"], line["by"], line["day"], line["key"]), {})
        found += [
            _difference(line, name, line[name], numbers.get(name, 0))
            for name in SETTLED
            if line[name] != numbers.get(name, 0)
        ]
    for cell, numbers in right.items():
        line = dict(zip(_KEY, cell, strict=True))
        found += [_difference(line, name, 0, number) for name, number in numbers.items() if number]
    return sorted(found)


def _difference(cell: Mapping[str, Any], name: str, told: int, counted: int) -> str:
    where = " ".join(str(cell[part]) for part in _KEY if cell[part])
    return f"{where}: {name} is {told}, the cases say {counted}"
