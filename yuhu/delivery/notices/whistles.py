"""What is told about whistles: to the street, to the departments, to those above."""

from django.utils.translation import gettext_lazy as _

from yuhu.delivery.notices.table import Audience, Notice

A = Audience
_APPROVED, _DECLINED = (("approved", True),), (("approved", False),)

NOTICES: tuple[Notice, ...] = (
    # Whistles: the street calls departments, they come, both rate.
    Notice(
        "whistle_asked", "case.whistle_asked", A.HEADS, _("A whistle awaits your approval"),
        _("Departments shall be called to %(case)s. Please decide by %(due)s."),
        when=(("afterwards", False),), email=True, icon="whistle", tone="soon",
    ),
    Notice(
        "whistle_emergency", "case.whistle_asked", A.HEADS, _("Emergency whistle"),
        _("Departments were called at once to %(case)s. Please approve it afterwards, by %(due)s."),
        when=(("afterwards", True),), email=True, icon="whistle", tone="overdue",
    ),
    Notice(
        "whistle_called", "case.whistle_called", A.UNITS, _("Your department is whistled for"),
        _("A street calls your department to %(case)s. Please check in, or say why you do not come, by %(due)s."),
        email=True, icon="whistle", tone="soon",
    ),
    Notice(
        "whistle_approved", "case.whistle_approved", A.NAMED, _("Whistle approved"),
        _("The whistle for %(case)s was approved."), icon="check", tone="good",
    ),
    Notice(
        "whistle_declined", "case.whistle_declined", A.NAMED, _("Whistle not approved"),
        _("The whistle for %(case)s was not approved. See why on its page."), email=True, icon="close",
    ),
    Notice(
        "whistle_declined_units", "case.whistle_declined", A.UNITS, _("Whistle called off"),
        _("You need not come any more: the whistle for %(case)s is over."), email=True, icon="close",
    ),
    Notice(
        "whistle_ended", "case.whistle_ended", A.NAMED, _("Whistle called off"),
        _("The whistle for %(case)s is over before it was cleared."), icon="close",
    ),
    Notice(
        "whistle_ended_units", "case.whistle_ended", A.UNITS, _("Whistle called off"),
        _("You need not come any more: the whistle for %(case)s is over."), email=True, icon="close",
    ),
    Notice(
        "whistle_withdrawn", "case.whistle_withdrawn", A.UNITS, _("Whistle called off"),
        _("You need not come any more: the whistle for %(case)s is over."), email=True, icon="close",
    ),
    Notice(
        "whistle_checked_in", "case.whistle_checked_in", A.DECIDERS, _("A department checked in"),
        _("A department that was whistled for has checked in to %(case)s."), icon="check", tone="good",
    ),
    Notice(
        "whistle_explained", "case.whistle_explained", A.DECIDERS, _("A department does not come"),
        _("A department explains why it does not come to %(case)s. Please accept or refuse it."),
        email=True, icon="edit", tone="soon",
    ),
    Notice(
        "whistle_excused", "case.whistle_explanation_decided", A.UNITS, _("Explanation accepted"),
        _("Your department need not come to %(case)s."), when=_APPROVED, icon="check", tone="good",
    ),
    Notice(
        "whistle_not_excused", "case.whistle_explanation_decided", A.UNITS, _("Explanation refused"),
        _("Your department must come to %(case)s: please check in by %(due)s."),
        when=_DECLINED, email=True, icon="close", tone="soon",
    ),
    Notice(
        "whistle_result", "case.whistle_result", A.DECIDERS, _("A department gave its result"),
        _("A department that was whistled for gave its result on %(case)s."), icon="check",
    ),
    Notice(
        "whistle_cleared", "case.whistle_cleared", A.UNITS, _("Whistle cleared: please rate"),
        _("The whistle for %(case)s was cleared. Was it justified and prepared? Please rate it at your desk."),
        icon="star",
    ),
    Notice(
        "whistle_department_rated", "case.whistle_department_rated", A.UNITS, _("Your department was rated"),
        _("The street has rated what your department did for %(case)s."), icon="star",
    ),
    Notice(
        "whistle_warned", "case.whistle_warned", A.UNITS, _("Due soon"),
        _("The whistle for %(case)s is to be answered by %(due)s."), email=True, icon="clock-soon", tone="soon",
    ),
    Notice(
        "whistle_escalated", "case.whistle_escalated", A.HEADS, _("No answer to a whistle"),
        _("A department should have answered the whistle for %(case)s by %(due)s. You are told as the superior."),
        email=True, icon="clock-overdue", tone="overdue",
    ),
    Notice(
        "whistle_approval_late", "case.whistle_approval_late", A.HEADS, _("A whistle was not decided in time"),
        _("The whistle for %(case)s should have been decided by %(due)s. You may decide it yourself."),
        email=True, icon="clock-overdue", tone="overdue",
    ),
)  # fmt: skip
