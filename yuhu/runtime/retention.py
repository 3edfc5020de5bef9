"""What is removed after which time, by which rule: one table. The journal is in none of its rows.

Each rule has one selection that the dry run counts and the real run works off, batch by batch; a killed run loses
nothing, since what it had not removed is selected again. Leaves to others: removing (each app's actions).
"""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.actions import mediation, meetings
from cases.actions import retention as of_cases
from cases.actions.drafts import KEPT_FOR, forget_old_drafts
from cases.models import PhotoDraft
from staffing.actions import accounts, empty_visits, forget_absences, importing
from staffing.models import Absence, RosterImport, Visit
from yuhu.api.actions import KEPT, forget_old
from yuhu.api.models import IdempotencyRecord
from yuhu.delivery.actions import inbox
from yuhu.delivery.models import Delivery
from yuhu.kit import clock

BATCH = 500
# Six months in the year's longest half: the law's minimum for network logs.
LAWFUL_DAYS = 184


@dataclass(frozen=True)
class Rule:
    """``count`` says how much is due at a moment; ``remove`` does it in batches and yields the size of each."""

    name: str
    what: str | Promise
    kept: dt.timedelta
    source: str | Promise
    count: Callable[[dt.datetime], int]
    remove: Callable[[dt.datetime], Iterator[int]]


def rules() -> list[Rule]:
    """The table, with the limits of the settings."""
    orphans = dt.timedelta(hours=max(settings.RETAIN_ORPHAN_HOURS, 1))
    return [
        *_of_people(),
        *_of_accounts(),
        _of_leave(),
        _of_visits(),
        *_short_lived(),
        Rule(
            "orphans",
            _("Files that no row names"),
            orphans,
            _("Own rule: their transaction was rolled back"),
            lambda at: sum(1 for _name in of_cases.orphans(at - orphans)),
            lambda at: _orphans(at - orphans),
        ),
    ]


def _of_people() -> list[Rule]:
    reporters = dt.timedelta(days=settings.RETAIN_REPORTER_DAYS)
    mediations = dt.timedelta(days=settings.RETAIN_MEDIATION_DAYS)
    notices = dt.timedelta(days=settings.RETAIN_NOTICE_DAYS)
    return [
        Rule(
            "reporters",
            _("Reporters' names, phones and private links, after the case ended"),
            reporters,
            _("Personal Information Protection Law, art. 19 and 47; Civil Code, art. 188 (three years)"),
            lambda at: of_cases.reporters_kept_too_long(at - reporters).count(),
            lambda at: _reporters(at - reporters, at),
        ),
        Rule(
            "mediations",
            _("Names, phones and records of mediations, after they ended"),
            mediations,
            _("Personal Information Protection Law, art. 19 and 47; Civil Code, art. 188 (three years)"),
            lambda at: mediation.forgettable(at - mediations),
            lambda at: _batches(lambda: mediation.forget_mediations(before=at - mediations, limit=BATCH)),
        ),
        Rule(
            "residents",
            _("Names of residents in minutes of meetings"),
            reporters,
            _("Personal Information Protection Law, art. 19 and 47; Civil Code, art. 188 (three years)"),
            lambda at: meetings.named_too_long(at - reporters).count(),
            lambda at: _residents(at - reporters, at),
        ),
        Rule(
            "notices",
            _("Inbox notices, after they were read"),
            notices,
            _("Own rule: a year's work can be looked up"),
            lambda at: Delivery.objects.read_before(at - notices).count(),
            lambda at: _batches(lambda: inbox.forget_read(before=at - notices, limit=BATCH)),
        ),
    ]


def _of_visits() -> Rule:
    visits = dt.timedelta(days=settings.RETAIN_VISIT_DAYS)
    return Rule(
        "visits",
        _("What was written at visits and meetings"),
        visits,
        _("Personal Information Protection Law, art. 19: no longer than needed"),
        lambda at: Visit.objects.kept_too_long(at - visits).count(),
        lambda at: _batches(lambda: empty_visits(before=at - visits, limit=BATCH, at=at)),
    )


def _of_accounts() -> list[Rule]:
    attempts = dt.timedelta(days=max(settings.RETAIN_ATTEMPT_DAYS, LAWFUL_DAYS))
    return [
        Rule(
            "attempts",
            _("Failed log-ins that the lock-out remembers"),
            attempts,
            _("Cybersecurity Law, art. 23: network logs at least six months"),
            lambda at: accounts.old_failures(at - attempts).count(),
            lambda at: _batches(lambda: accounts.forget(accounts.old_failures(at - attempts), limit=BATCH)),
        ),
        Rule(
            "sessions",
            _("Sessions that have ended"),
            dt.timedelta(),
            _("Personal Information Protection Law, art. 19: no longer than needed"),
            lambda at: accounts.ended_sessions(at).count(),
            lambda at: _batches(lambda: accounts.forget(accounts.ended_sessions(at), limit=BATCH)),
        ),
    ]


def _of_leave() -> Rule:
    kept = dt.timedelta(days=settings.RETAIN_LEAVE_DAYS)

    def before(at: dt.datetime) -> dt.date:
        return clock.local_date(at - kept)

    return Rule(
        "leave",
        _("Leave of colleagues, after it ended; who held which seat stays"),
        kept,
        _(
            "Interim Provisions on Payment of Wages, art. 6: records at least two years; then no longer than needed"
        ),
        lambda at: Absence.objects.filter(ends_on__lt=before(at)).count(),
        lambda at: _batches(lambda: forget_absences(before=before(at), limit=BATCH)),
    )


def _short_lived() -> list[Rule]:
    """What sweeps remove too, when they run."""
    return [
        Rule(
            "answers",
            _("Answers kept for repeated requests of the API"),
            KEPT,
            _("Own rule: longer than any retry"),
            lambda at: IdempotencyRecord.objects.filter(created_at__lt=at - KEPT).count(),
            lambda at: _batches(lambda: forget_old(at)),
        ),
        Rule(
            "drafts",
            _("Photos of forms that were never sent"),
            KEPT_FOR,
            _("Personal Information Protection Law, art. 19: no longer than needed"),
            lambda at: PhotoDraft.objects.filter(created_at__lt=at - KEPT_FOR).count(),
            lambda at: _batches(lambda: forget_old_drafts(at=at, limit=BATCH)),
        ),
        Rule(
            "rosters",
            _("Rows of roster sheets that nobody applied"),
            importing.KEPT,
            _("Personal Information Protection Law, art. 19: no longer than needed"),
            lambda at: RosterImport.objects.forgotten_before(at - importing.KEPT).count(),
            lambda at: _batches(lambda: importing.forget_proposals(before=at - importing.KEPT, limit=BATCH)),
        ),
    ]


def _batches(remove: Callable[[], int]) -> Iterator[int]:
    while removed := remove():
        yield removed


def _reporters(before: dt.datetime, at: dt.datetime) -> Iterator[int]:
    while keys := list(of_cases.reporters_kept_too_long(before).values_list("case", flat=True)[:BATCH]):
        done = sum(of_cases.forget_reporter(case_id=key, before=before, at=at) for key in keys)
        yield done
        if not done:
            return  # all of them changed meanwhile: the next run looks again


def _residents(before: dt.datetime, at: dt.datetime) -> Iterator[int]:
    rows = meetings.named_too_long(before).order_by("meeting_id")
    while keys := list(rows.values_list("meeting", flat=True).distinct()[:BATCH]):
        yield sum(meetings.forget_residents(meeting_id=key, before=before, at=at) for key in keys)


def _orphans(before: dt.datetime) -> Iterator[int]:
    for name in of_cases.orphans(before):
        yield int(of_cases.remove_orphan(name, before=before))
