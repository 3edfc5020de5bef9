"""Report that a department pushed a task past the lists (清单外转嫁), look into it, decide, close with a consequence.

Only inspection and the reporter ever hear of it: entries have no area, and notices name people one by one. Each verb
locks the report and asks the policy again under the lock.
"""

import datetime as dt
import secrets
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from duties.actions.admissions import items_for, named
from duties.exceptions import AskedAlready, LooksListed, NotNow
from duties.matching import Match, matches
from duties.models import Admission, DutyItem, OffListReport
from duties.models.admissions import LONGEST_TEXT, PROHIBITING
from duties.policies import admissions as policies
from staffing.models import Unit, User
from staffing.policies import posts_of
from yuhu.journal.actions import Actor, record, text_digest
from yuhu.kit import clock
from yuhu.kit.exceptions import Forbidden, Invalid
from yuhu.kit.scope import STREET
from yuhu.kit.text import clean_text
from yuhu.kit.verdicts import Verdict

State = OffListReport.State


@dataclass(frozen=True)
class Pushed:
    """What a department pushed. ``not_listed``: the reporter has looked at what it looks like, and it is none of it."""

    department: Unit
    what: str
    received_on: dt.date
    way: str
    not_listed: bool = False


@transaction.atomic
def report_off_list(*, pushed: Pushed, by: User, at: dt.datetime, actor: Actor) -> OffListReport:
    """Tell inspection of a task that stands on no list and is not admitted.

    Raises:
        Forbidden: ``by`` speaks for no street or community, or holds a post in that department.
        Invalid: texts, day, way or department that do not fit.
        LooksListed: it looks like an item or an admitted task, and nobody has said that it is none.
        AskedAlready: the same person has reported the same, and it has not ended.
    """
    on = clock.local_date(at)
    _require(policies.may_report(by, at))
    place = policies.place_of(by, on)
    assert place is not None
    department = pushed.department
    if department.kind != Unit.Kind.DEPARTMENT:
        raise Invalid(_("Choose a department of the district."), field="department")
    if department.pk in {post.unit_id for post in posts_of(by, on)}:
        raise Forbidden(
            _("You hold a post in this department. Let a colleague report it."), field="department"
        )
    # Whoever presses twice meets here.
    User.objects.select_for_update().get(pk=by.pk)
    row = OffListReport(department=department, level=place.level, area=place.area, salt=secrets.token_hex(16))
    row.what = clean_text(pushed.what, field="what", max_length=LONGEST_TEXT)
    row.received_on, row.way = pushed.received_on, pushed.way
    _check(row, by, on)
    found = looks_like(row.what, level=row.level, area=row.area, on=row.received_on)
    if found and not pushed.not_listed:
        message = _(
            "It looks like: %(items)s. If the department asks for nothing more than that, it is on a list and no "
            "violation. If it is something else, tick here."
        )
        raise LooksListed(message % {"items": named(found)}, field="not_listed")
    for match in found[:1]:
        if isinstance(match.item, Admission):
            row.admission = match.item
        else:
            row.item = match.item
    row.reported_by, row.reported_at = by, at
    row.save()
    tell = policies.inspectors(department, on)
    _record("reported", row, at, actor, digest=text_digest(row.salt, row.what), tell=tell)
    return row


@transaction.atomic
def take_up_report(*, report: OffListReport, by: User, at: dt.datetime, actor: Actor) -> OffListReport:
    """Inspection begins to look into it; the reporter is told. Raises Forbidden, NotNow."""
    row = _locked(report)
    _require(policies.may_take_up(by, row, at))
    row.state, row.taken_by, row.taken_at = State.TAKEN_UP, by, at
    row.save(update_fields=["state", "taken_by", "taken_at"])
    _record("taken_up", row, at, actor, tell=[row.reported_by_id])
    return row


@transaction.atomic
def confirm_report(
    *, report: OffListReport, finding: str, by: User, at: dt.datetime, actor: Actor
) -> OffListReport:
    """It was a violation. Raises Forbidden, NotNow, Invalid (no finding)."""
    return _judged(report, State.CONFIRMED, finding, by, at, actor)


@transaction.atomic
def dismiss_report(
    *, report: OffListReport, finding: str, by: User, at: dt.datetime, actor: Actor
) -> OffListReport:
    """It was none, for this reason. Raises Forbidden, NotNow, Invalid (no reason)."""
    return _judged(report, State.DISMISSED, finding, by, at, actor)


@transaction.atomic
def conclude_report(
    *, report: OffListReport, consequence: str, follow_up: str, by: User, at: dt.datetime, actor: Actor
) -> OffListReport:
    """Close a confirmed violation with what followed from it. Raises Forbidden, NotNow, Invalid."""
    row = _locked(report)
    _require(policies.may_conclude(by, row, at))
    if consequence not in OffListReport.Consequence.values:
        raise Invalid(field="consequence")
    row.state, row.consequence, row.closed_at = State.CLOSED, consequence, at
    row.follow_up = clean_text(follow_up, field="follow_up", min_length=0, max_length=LONGEST_TEXT)
    row.save(update_fields=["state", "consequence", "closed_at", "follow_up"])
    facts = {"consequence": consequence, "digest": text_digest(row.salt, row.follow_up)}
    _record("closed", row, at, actor, tell=[row.reported_by_id], **facts)
    return row


@transaction.atomic
def erase_report(*, report: OffListReport, by: User, at: dt.datetime, actor: Actor) -> OffListReport:
    """Erase for good what was written in a report that has ended, with the salt. Raises Forbidden, NotNow."""
    row = _locked(report)
    _require(policies.may_erase_report(by, row, at))
    row.what = row.finding = row.follow_up = row.salt = ""
    row.erased_at = at
    row.save(update_fields=["what", "finding", "follow_up", "salt", "erased_at"])
    _record("erased", row, at, actor)
    return row


def looks_like(text: str, *, level: str, area: str, on: dt.date) -> list[Match]:
    """The items in force and the admitted tasks of ``on`` that a pushed task looks like. Two queries.

    What the negative list forbids does not make a task a listed one.
    """
    items: list[DutyItem | Admission] = list(items_for(level, on).exclude(list__kind=PROHIBITING))
    items += Admission.objects.admitted(on).filter(level=level).for_street(area[:STREET])
    return matches(text, items)


def _check(row: OffListReport, by: User, on: dt.date) -> None:
    if row.received_on > on:
        raise Invalid(_("This day has not come yet."), code="days", field="received_on")
    if row.way not in OffListReport.Way.values:
        raise Invalid(field="way")
    same = OffListReport.objects.open().filter(reported_by=by, department=row.department, what=row.what)
    if same.exists():
        raise AskedAlready(_("You have reported this already, and it has not ended."), field="what")


def _locked(report: OffListReport) -> OffListReport:
    rows = OffListReport.objects.select_for_update(of=("self",)).select_related("department")
    return rows.get(pk=report.pk)


def _require(verdict: Verdict) -> None:
    if not verdict:
        raise (NotNow if verdict.code == "not_now" else Forbidden)(verdict.reason, code=verdict.code)


def _judged(
    report: OffListReport, state: OffListReport.State, finding: str, by: User, at: dt.datetime, actor: Actor
) -> OffListReport:
    row = _locked(report)
    _require(policies.may_judge(by, row, at))
    row.finding = clean_text(finding, field="finding", max_length=LONGEST_TEXT)
    row.state, row.decided_by, row.decided_at = state, by, at
    row.save(update_fields=["finding", "state", "decided_by", "decided_at"])
    digest = text_digest(row.salt, row.finding)
    _record(state, row, at, actor, tell=[row.reported_by_id], digest=digest)
    return row


def _record(what: str, row: OffListReport, at: dt.datetime, actor: Actor, **more: object) -> None:
    """Without an area: no scope opens it."""
    subject = ("off_list_report", row.pk)
    data = {"department": row.department.code, "level": row.level, **more}
    record(kind=f"off_list.{what}", subject=subject, at=at, actor=actor, data=data)
