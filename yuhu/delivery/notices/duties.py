"""What is told about what streets owe: plans on which they are heard, admission of tasks, off-list pushes."""

from django.utils.translation import gettext_lazy as _

from yuhu.delivery.notices.table import Audience, Notice

A = Audience
_APPROVED, _DECLINED = (("approved", True),), (("approved", False),)

NOTICES: tuple[Notice, ...] = (
    # Streets' rights towards departments.
    Notice(
        "consultation_opened", "consultation.opened", A.HEADS, _("Your street is asked"),
        _("A department asks your street about “%(what)s”. Please answer in time."), email=True, icon="edit",
    ),
    Notice(
        "consultation_prepared", "consultation.prepared", A.HEADS, _("An answer to sign off"),
        _("The answer of your street on “%(what)s” is prepared. Please sign it off."), email=True, icon="edit",
    ),
    Notice(
        "consultation_answered", "consultation.answered", A.UNITS, _("A street has answered"),
        _("%(what)s: the street has answered."), icon="check",
    ),
    Notice(
        "consultation_overdue", "consultation.overdue", A.HEADS, _("Your street has not answered"),
        _("%(what)s: the answer of your street was due by %(on)s. Please see that it is given now."),
        email=True, icon="clock-overdue", tone="overdue",
    ),
    Notice(
        "consultation_replied", "consultation.replied", A.HEADS, _("Reply to your proposal"),
        _("%(what)s: the department has replied to your proposal."), icon="check",
    ),
    Notice(
        "consultation_closed", "consultation.closed", A.HEADS, _("Consultation closed"),
        _("The consultation on “%(what)s” is closed. You may now assess the project."), icon="star",
    ),
    Notice(
        "consultation_assessed", "consultation.assessed", A.UNITS, _("Project assessed"),
        _("%(what)s: the street has assessed the project."), icon="star",
    ),
    # Admission of tasks to the lists, and tasks that were pushed past them.
    Notice(
        "admission_asked", "admission.submitted", A.NAMED, _("An admission to decide"),
        _("A department asks to hand down “%(what)s”. It stands on no list; please decide by %(due)s."),
        email=True, icon="edit",
    ),
    Notice(
        "admission_withdrawn", "admission.withdrawn", A.NAMED, _("Request withdrawn"),
        _("The department no longer asks for the admission of “%(what)s”."),
    ),
    Notice(
        "admission_approved", "admission.approved", A.UNITS, _("Task admitted"),
        _("“%(what)s” has been admitted. Please read conditions and period before you hand it down."),
        email=True, icon="check", tone="good",
    ),
    Notice(
        "admission_declined", "admission.declined", A.UNITS, _("Task not admitted"),
        _("“%(what)s” has not been admitted: it may not be handed down. The reason stands in the decision."),
        email=True, icon="close",
    ),
    Notice(
        "admission_referenced", "admission.referenced", A.UNITS, _("On the list already"),
        _("“%(what)s” is covered by an item of the lists: no admission is needed. See which one."), icon="info",
    ),
    Notice(
        "admission_refused", "admission.refused", A.UNITS, _("On the negative list"),
        _("“%(what)s” is forbidden by the negative list and cannot be admitted. See which item."),
        email=True, icon="close",
    ),
    Notice(
        "admission_ending", "admission.ending", A.UNITS, _("An admission ends soon"),
        _("The admission of “%(what)s” ends on %(on)s. Ask again in time if the task goes on."),
        email=True, icon="clock-soon", tone="soon",
    ),
    Notice(
        "admission_ending_owner", "admission.ending", A.NAMED, _("An admission ends soon"),
        _("The admission of “%(what)s” ends on %(on)s. After that it stands on no list."),
        icon="clock-soon", tone="soon",
    ),
    Notice(
        "off_list_reported", "off_list.reported", A.NAMED, _("Off-list task reported"),
        _("%(what)s: a task is said to have been pushed past the lists. Please look into it."),
        email=True, icon="warning", tone="soon",
    ),
    Notice(
        "off_list_taken_up", "off_list.taken_up", A.NAMED, _("Your report is being looked into"),
        _("%(what)s: inspection has taken it up."), icon="info",
    ),
    Notice(
        "off_list_confirmed", "off_list.confirmed", A.NAMED, _("Violation confirmed"),
        _("%(what)s: inspection has confirmed the violation. You need not do the task."), icon="check", tone="good",
    ),
    Notice(
        "off_list_dismissed", "off_list.dismissed", A.NAMED, _("Report dismissed"),
        _("%(what)s: inspection found no violation. Please read the reason."), icon="close",
    ),
    Notice(
        "off_list_closed", "off_list.closed", A.NAMED, _("Report closed"),
        _("%(what)s: it is closed with a consequence. Please read which."), icon="check",
    ),
)  # fmt: skip
