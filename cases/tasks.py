"""The loop's automatic steps by name: what a nudge runs, and what the sweep asks of the tables again and again."""

import datetime as dt

from cases.actions import close_unrated, dispatch_by_rule, escalate, resume_when_due, warn
from cases.actions.drafts import forget_old_drafts
from cases.actions.follow_ups import draw, weeks_to_draw
from cases.actions.handling import keep_handling_time
from cases.actions.platforms import follow_platforms
from cases.actions.report import DISPATCH_STEP
from cases.actions.roster import follow_planned
from cases.actions.tallies.folding import fold
from cases.actions.whistles.automatic import escalate_silence, tell_late_approval, warn_department
from cases.models import Case, Deadline, Whistle, WhistleCall
from cases.states import State, Step
from yuhu.kit import steps
from yuhu.kit.search import refold

BATCH = 200


def dispatch_one(pk: int | None, at: dt.datetime) -> None:
    """Dispatch the case that a report just hinted at."""
    if pk is not None:
        dispatch_by_rule(case_id=pk, at=at)


def sweep_dispatch(at: dt.datetime) -> int:
    """Whatever no nudge reached."""
    keys = Case.objects.awaiting_dispatch().order_by("pk").values_list("pk", flat=True)[:BATCH]
    return steps.each("cases.dispatch", list(keys), lambda pk: dispatch_by_rule(case_id=pk, at=at))


def sweep_warnings(at: dt.datetime) -> int:
    keys = Deadline.objects.to_warn(at).order_by("warn_at").values_list("pk", flat=True)[:BATCH]
    return steps.each("cases.warn", list(keys), lambda pk: warn(deadline_id=pk, at=at))


def sweep_breaches(at: dt.datetime) -> int:
    rows = Deadline.objects.breached(at).exclude(step=Step.RATE)
    keys = rows.order_by("next_level_at").values_list("pk", flat=True)[:BATCH]
    return steps.each("cases.escalate", list(keys), lambda pk: escalate(deadline_id=pk, at=at))


def sweep_unrated(at: dt.datetime) -> int:
    rows = Deadline.objects.breached(at).filter(step=Step.RATE)
    keys = rows.order_by("next_level_at").values_list("case", flat=True)[:BATCH]
    return steps.each("cases.close_unrated", list(keys), lambda pk: close_unrated(case_id=pk, at=at))


def sweep_suspended(at: dt.datetime) -> int:
    rows = Case.objects.filter(state=State.SUSPENDED, review_at__lte=at)
    keys = rows.order_by("review_at").values_list("pk", flat=True)[:BATCH]
    return steps.each("cases.resume", list(keys), lambda pk: resume_when_due(case_id=pk, at=at))


def sweep_roster(at: dt.datetime) -> int:
    """Tenures that were planned and have begun."""
    return follow_planned(at=at)


def sweep_whistles(at: dt.datetime) -> int:
    """Departments that must be warned, silence that must be told to the district, approvals that do not come."""
    warn_keys = WhistleCall.objects.to_warn(at).order_by("warn_at").values_list("pk", flat=True)[:BATCH]
    silent = (
        WhistleCall.objects.to_escalate(at).order_by("answer_due_at").values_list("pk", flat=True)[:BATCH]
    )
    waiting = Whistle.objects.to_remind(at).order_by("approve_due_at").values_list("pk", flat=True)[:BATCH]
    name = "cases.whistles"
    done = steps.each(name, list(warn_keys), lambda pk: warn_department(call_id=pk, at=at))
    done += steps.each(name, list(silent), lambda pk: escalate_silence(call_id=pk, at=at))
    return done + steps.each(name, list(waiting), lambda pk: tell_late_approval(whistle_id=pk, at=at))


def sweep_platforms(at: dt.datetime) -> int:
    """What a platform holds that its street no longer has."""
    return follow_platforms(at=at)


def sweep_follow_ups(at: dt.datetime) -> int:
    """Weeks whose follow-up calls were not drawn."""
    wanted = list(weeks_to_draw(at))

    def draw_one(place: int) -> bool:
        street, week = wanted[place]
        return draw(street=street, week=week, at=at)

    return steps.each("cases.follow_ups", range(len(wanted)), draw_one)


def sweep_handling(at: dt.datetime) -> int:
    """Results that were accepted before their working time was kept."""
    keys = Case.objects.to_time().order_by("pk").values_list("pk", flat=True)[:BATCH]
    return steps.each("cases.handling", list(keys), lambda pk: keep_handling_time(case_id=pk))


def sweep_photo_drafts(at: dt.datetime) -> int:
    return forget_old_drafts(at=at, limit=BATCH)


def sweep_tallies(at: dt.datetime) -> int:
    """What the feed says since the tallies were last brought up to it; or the next cases, while they are made anew."""
    return fold(at=at)


def sweep_fold(at: dt.datetime) -> int:
    """Cases that were written past the ORM: until they are folded no search finds them."""
    return refold(Case.objects.all(), "words", most=BATCH)


def register() -> None:
    """Make the steps known (apps.ready)."""
    steps.register(DISPATCH_STEP, dispatch_one)
    steps.register_sweep("cases.dispatch", sweep_dispatch)
    steps.register_sweep("cases.warn", sweep_warnings)
    steps.register_sweep("cases.escalate", sweep_breaches)
    steps.register_sweep("cases.close_unrated", sweep_unrated)
    steps.register_sweep("cases.resume", sweep_suspended)
    steps.register_sweep("cases.roster", sweep_roster)
    steps.register_sweep("cases.whistles", sweep_whistles)
    steps.register_sweep("cases.platforms", sweep_platforms)
    steps.register_sweep("cases.follow_ups", sweep_follow_ups)
    steps.register_sweep("cases.handling", sweep_handling)
    # Removes files, from a store that may be another machine.
    steps.register_sweep("cases.photo_drafts", sweep_photo_drafts, external=True)
    steps.register_sweep("cases.fold", sweep_fold)
    steps.register_sweep("cases.tallies", sweep_tallies)
