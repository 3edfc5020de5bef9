"""What is told about meetings on complex cases, and about mediations."""

from django.utils.translation import gettext_lazy as _

from yuhu.delivery.notices.table import Audience, Notice

A = Audience
_APPROVED, _DECLINED = (("approved", True),), (("approved", False),)

NOTICES: tuple[Notice, ...] = (
    # Meetings on complex cases.
    Notice(
        "meeting_convened", "meeting.convened", A.NAMED, _("Invited to a meeting"),
        _("You are invited to a meeting on %(on)s: %(what)s."), email=True, icon="people",
    ),
    Notice(
        "meeting_convened_units", "meeting.convened", A.UNITS, _("Invited to a meeting"),
        _("Your unit is invited to a meeting on %(on)s: %(what)s."), email=True, icon="people",
    ),
    Notice(
        "meeting_changed", "meeting.changed", A.NAMED, _("A meeting was changed"),
        _("Time, place or those invited have changed; it begins at %(on)s: %(what)s."), email=True, icon="clock",
    ),
    Notice(
        "meeting_changed_units", "meeting.changed", A.UNITS, _("A meeting was changed"),
        _("Time, place or those invited have changed; it begins at %(on)s: %(what)s."), email=True, icon="clock",
    ),
    Notice(
        "meeting_cancelled", "meeting.cancelled", A.NAMED, _("A meeting was cancelled"),
        _("The meeting of %(on)s does not take place: %(what)s."), email=True, icon="close",
    ),
    Notice(
        "meeting_cancelled_units", "meeting.cancelled", A.UNITS, _("A meeting was cancelled"),
        _("The meeting of %(on)s does not take place: %(what)s."), email=True, icon="close",
    ),
    Notice(
        "minutes_final", "meeting.closed", A.NAMED, _("Minutes are final"),
        _("The minutes can be read and printed: %(what)s."), icon="check",
    ),
    Notice(
        "minutes_final_units", "meeting.closed", A.UNITS, _("Minutes are final"),
        _("The minutes can be read and printed: %(what)s."), icon="check",
    ),
    Notice(
        "meeting_set", "case.meeting_set", A.HOLDER, _("On the agenda of a meeting"),
        _("%(case)s stands on the agenda of a meeting on %(on)s."), icon="people",
    ),
    Notice(
        "meeting_decided", "case.meeting_decided", A.HOLDER, _("A meeting has decided"),
        _("The meeting of %(on)s has decided on %(case)s. Please read what it decided."), email=True, icon="people",
    ),
    # Mediation.
    Notice(
        "mediation", "mediation.opened", A.NAMED, _("A mediation is yours"),
        _("%(what)s was opened, and you are its mediator."), email=True, icon="people",
    ),
)  # fmt: skip
