"""Who asks for the admission of tasks, who decides, who reports tasks that were pushed past the lists, who inspects.

Verdicts on the state alone have the code ``not_now``. Leaves to others: what anybody may see (``within``).
"""

import datetime as dt
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from duties.models import Admission, Level, OffListReport
from duties.policies import Person, own_departments
from staffing.models import Membership, Unit
from staffing.policies import may, may_in, posts_of
from staffing.posts import CAPABILITIES, Capability, PostKind
from yuhu.kit import clock
from yuhu.kit.scope import COMMUNITY
from yuhu.kit.verdicts import Allowed, Denied, Verdict

_Role = Membership.Role
_DECIDING = frozenset({PostKind.DISTRICT_LEADER, PostKind.DUTY_OFFICER})
_DECIDING_ROLES = (_Role.LEADER, _Role.DUTY_OFFICER)
_INSPECTING_ROLES = (_Role.LEADER,)
_OF_A_STREET = frozenset({"street", "office", "platform"})
_SPEAK_FOR_A_STREET = frozenset({PostKind.HEAD, PostKind.DUTY_OFFICER, PostKind.STREET_LEADER})
_GOVERNING = frozenset({PostKind.GOVERNOR, PostKind.ACTING_GOVERNOR})
_OF_A_COMMUNITY = frozenset({PostKind.MEMBER, PostKind.HEAD, PostKind.DUTY_OFFICER})
_NO_DECISION_IN_OWN_MATTER = _("Your own department asks for this. Somebody else of the district decides.")


@dataclass(frozen=True)
class Place:
    """Where somebody stands who reports a pushed task."""

    level: str
    area: str


# Admissions.


def deciding_districts(user: Person, on: dt.date) -> frozenset[str]:
    """The districts whose lists the person keeps: street lists and community lists are both the district's, so its
    leaders and the duty officer of its own unit decide (domain.md 4.2, "decided by the list owner")."""
    return frozenset(
        post.area for post in posts_of(user, on) if post.unit_kind == "district" and post.kind in _DECIDING
    )


def may_ask(user: Person, at: dt.datetime) -> Verdict:
    """Ask for the admission of a task at all."""
    if own_departments(user, clock.local_date(at)):
        return Allowed()
    return Denied(_("Admission is asked for by the people of a district department."))


def may_decide(user: Person, row: Admission, at: dt.datetime) -> Verdict:
    """Approve, decline, or point to the item that covers it. Never the department's own people."""
    on = clock.local_date(at)
    if row.unit.district_id not in deciding_districts(user, on):
        return Denied(
            _("This is decided by the district's leaders and its duty officer, who keep the lists.")
        )
    if row.unit_id in _seats(user, on) or row.asked_by_id == user.pk:
        return Denied(_NO_DECISION_IN_OWN_MATTER, code="own_matter")
    return undecided(row)


def may_approve(user: Person, row: Admission, at: dt.datetime) -> Verdict:
    """The same, when people and money are stated."""
    verdict = may_decide(user, row, at)
    return verdict and stated(row)


def may_supplement(user: Person, row: Admission, at: dt.datetime) -> Verdict:
    """The department adds people, money and words until the decision."""
    return _of_department(user, row, at) and undecided(row)


def may_withdraw(user: Person, row: Admission, at: dt.datetime) -> Verdict:
    """The department takes its request back until the decision."""
    return _of_department(user, row, at) and undecided(row)


def may_erase_admission(user: Person, row: Admission, at: dt.datetime) -> Verdict:
    """Leaders of the district, once it has ended."""
    on = clock.local_date(at)
    return may_in(user, Capability.ERASE, area=row.unit.area, on=on) and erasable_admission(row, on)


def _of_department(user: Person, row: Admission, at: dt.datetime) -> Verdict:
    if row.unit_id in own_departments(user, clock.local_date(at)):
        return Allowed()
    return Denied(_("This is done by the people of the department that asks."))


def undecided(row: Admission) -> Verdict:
    return _unless(
        row.state != Admission.State.SUBMITTED, _("This request is no longer open: see its state.")
    )


def stated(row: Admission) -> Verdict:
    """权随责走、费随事转: people and money go with the task, or it is said why none are needed."""
    return _unless(
        not (row.says_people and row.says_money),
        _(
            "A task is admitted only with the people and the money that go with it, or with the reason why none are "
            "needed. Ask the department to add what is missing; it can do so until the decision."
        ),
    )


def erasable_admission(row: Admission, on: dt.date) -> Verdict:
    if row.erased_at is not None:
        return Denied(_("The texts have been erased already."), code="not_now")
    counts = row.granted_until is not None and row.granted_until >= on
    return _unless(
        row.state == Admission.State.SUBMITTED or counts,
        _("It still awaits its decision or is still in force. Its texts can be erased after that."),
    )


def deciders(unit: Unit, on: dt.date) -> list[int]:
    """Keys of those who decide on the requests of department ``unit``: whom a notice tells. One query."""
    return _seated(unit, _DECIDING_ROLES, on)


# Tasks that were pushed past the lists.


def place_of(user: Person, on: dt.date) -> Place | None:
    """For which street or community the person may say that a task was pushed to it, the most local first."""
    for post in posts_of(user, on):
        # A governor works for the community of the block (docs/decisions/0038).
        if post.kind in _GOVERNING:
            return Place(Level.COMMUNITY, post.area[:COMMUNITY])
        if post.unit_kind == "community" and post.kind in _OF_A_COMMUNITY:
            return Place(Level.COMMUNITY, post.area)
        if post.unit_kind in _OF_A_STREET and post.kind in _SPEAK_FOR_A_STREET:
            return Place(Level.STREET, post.area)
    return None


def may_report(user: Person, at: dt.datetime) -> Verdict:
    """Report a pushed task at all."""
    if place_of(user, clock.local_date(at)) is not None:
        return Allowed()
    return Denied(
        _(
            "Off-list tasks are reported by governors and a community's people, and by a street's leaders, heads and "
            "duty officers."
        )
    )


def may_read_reports(user: Person, at: dt.datetime) -> Verdict:
    """Open the list at all: to report, or to read for inspection."""
    return may_report(user, at) or may(user, Capability.READ_INSPECTION, on=clock.local_date(at))


def may_take_up(user: Person, row: OffListReport, at: dt.datetime) -> Verdict:
    reported = row.state == OffListReport.State.REPORTED
    return _inspects(user, row, at) and _unless(not reported, _("It has been taken up already."))


def may_judge(user: Person, row: OffListReport, at: dt.datetime) -> Verdict:
    """Confirm or dismiss."""
    verdict = _inspects(user, row, at)
    if verdict and row.state == OffListReport.State.REPORTED:
        return Denied(_("Take it up first."), code="not_now")
    return verdict and _unless(row.state != OffListReport.State.TAKEN_UP, _("It has been decided already."))


def may_conclude(user: Person, row: OffListReport, at: dt.datetime) -> Verdict:
    """Close with a consequence."""
    confirmed = row.state == OffListReport.State.CONFIRMED
    return _inspects(user, row, at) and _unless(
        not confirmed, _("Only a confirmed violation is closed with a consequence.")
    )


def may_erase_report(user: Person, row: OffListReport, at: dt.datetime) -> Verdict:
    verdict = _inspects(user, row, at)
    if verdict and row.erased_at is not None:
        return Denied(_("The texts have been erased already."), code="not_now")
    ended = row.state in (OffListReport.State.DISMISSED, OffListReport.State.CLOSED)
    return verdict and _unless(not ended, _("Only the texts of a report that has ended can be erased."))


def _inspects(user: Person, row: OffListReport, at: dt.datetime) -> Verdict:
    """The district's leaders; not whoever reported it, and nobody of the reported department."""
    on = clock.local_date(at)
    posts = [post for post in posts_of(user, on) if post.kind in CAPABILITIES[Capability.INSPECT]]
    if row.department.district_id not in {post.area for post in posts}:
        return Denied(_("Reports of off-list tasks are inspected by the district's leaders."))
    if row.department_id in _seats(user, on) or row.reported_by_id == user.pk:
        return Denied(
            _("You are a party to this report. Another leader of the district inspects it."),
            code="own_matter",
        )
    return Allowed()


def inspectors(department: Unit, on: dt.date) -> list[int]:
    """Keys of those who inspect reports about ``department``: whom a notice tells. One query."""
    return _seated(department, _INSPECTING_ROLES, on)


def _seats(user: Person, on: dt.date) -> frozenset[int]:
    return frozenset(post.unit_id for post in posts_of(user, on) if post.unit_id)


def _seated(department: Unit, roles: tuple[str, ...], on: dt.date) -> list[int]:
    """Who sits in these roles in the department's district, without those who also sit in the department."""
    seats = Membership.objects.on(on).filter(user__is_active=True)
    own = Membership.objects.on(on).filter(unit=department).values("user")
    rows = seats.filter(unit__kind=Unit.Kind.DISTRICT, unit__district=department.district_id, role__in=roles)
    return list(rows.exclude(user__in=own).order_by("user").values_list("user", flat=True).distinct())


def _unless(said: bool, reason: str | Promise) -> Verdict:
    return Denied(reason, code="not_now") if said else Allowed()
