"""Who keeps trainings, the reserve of cadres and the register of legal counsel."""

import datetime as dt

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _

from staffing.models import CounselAppointment, Reserve, Training, Unit, User
from staffing.policies.standing import appoints, may, may_appoint
from staffing.posts import Capability
from yuhu.kit.verdicts import Allowed, Denied, Verdict


def training_changes(training: Training) -> Verdict:
    """Whether the plan of a training can still be changed, or the training cancelled; by whom is another question."""
    if training.cancelled_at is not None:
        return Denied(_("This training was cancelled."), code="cancelled")
    if training.attendances.exists():
        return Denied(
            _("Attendance is noted already. Withdraw it first if it was noted by mistake."),
            code="attendance_noted",
        )
    return Allowed()


def attendance_opens(training: Training, *, on: dt.date) -> Verdict:
    """Whether attendance can be noted on the day ``on``."""
    if training.cancelled_at is not None:
        return Denied(_("This training was cancelled."), code="cancelled")
    if not training.is_over(on):
        return Denied(_("Attendance is noted from the day of the training on."), code="not_yet")
    return Allowed()


def may_change_training(user: User | AnonymousUser, training: Training, *, on: dt.date) -> Verdict:
    """Whether the person changes the plan or cancels: whoever appoints in the area, while it can be changed."""
    return may_appoint(user, area=training.area, on=on) and training_changes(training)


def may_note_attendance(user: User | AnonymousUser, training: Training, *, on: dt.date) -> Verdict:
    """Whether the person notes who was there."""
    return may_appoint(user, area=training.area, on=on) and attendance_opens(training, on=on)


def may_withdraw_attendance(user: User | AnonymousUser, training: Training, *, on: dt.date) -> Verdict:
    """Whether there is something to withdraw."""
    if training.attendances.exists():
        return may_appoint(user, area=training.area, on=on)
    return Denied(_("No attendance is noted yet."), code="not_noted")


def sees_reserve(user: User | AnonymousUser, *, on: dt.date) -> Verdict:
    """The reserve is for those who appoint, and for the auditor: nobody else's career is everybody's reading."""
    return may(user, Capability.READ_JOURNAL, on=on) or appoints(user, on=on)


def may_change_reserve(user: User | AnonymousUser, row: Reserve, *, on: dt.date) -> Verdict:
    """Whether the person moves or ends this entry: an open one, of a street in which he or she appoints."""
    if row.ends_on is not None:
        return Denied(SETTLED, code="ended")
    return may_appoint(user, area=row.street_id, on=on)


SETTLED = _("The end of this entry is settled. Use the newest entry of the person.")


def may_appoint_counsel(user: User | AnonymousUser, unit: Unit, *, on: dt.date) -> Verdict:
    """Whoever appoints in the unit's area; for a unit of the whole district whoever appoints in the district."""
    if not unit.area:
        return Denied(
            _("This unit belongs to no area of the district: no counsel is kept for it."), "no_area"
        )
    return may_appoint(user, area=unit.area, on=on)


def may_end_counsel(user: User | AnonymousUser, row: CounselAppointment, *, on: dt.date) -> Verdict:
    """Whether the person says how this appointment ends: by its end, or by whoever follows."""
    if row.ends_on is not None:
        return Denied(ENDED, code="ended")
    return may_appoint_counsel(user, row.unit, on=on)


ENDED = _("The end of this appointment is settled already. Use the newest one of the unit.")
