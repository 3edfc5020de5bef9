"""What is told about cases on their way through the loop."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yuhu.delivery.notices.table import Audience, Notice

A = Audience
_APPROVED, _DECLINED = (("approved", True),), (("approved", False),)

NOTICES: tuple[Notice, ...] = (
    # Report.
    Notice(
        "received", "case.reported", A.RESIDENT, _("Report received"),
        _("We have received your report. Its number is %(number)s. Follow it here: %(link)s"),
    ),
    Notice(
        "to_place", "case.reported", A.DECIDERS, _("Where is it?"),
        _("The place of %(case)s is not known. Please give its block and dispatch it."),
        when=(("block", ""),), email=True, icon="place",
    ),
    Notice(
        "emergency", "case.reported", A.ON_DUTY, _("Emergency"),
        _("%(case)s is critical and was just reported in your street. You are on duty: please see to it at once."),
        when=(("severity", "critical"),), email=True, icon="warning", tone="overdue",
    ),
    Notice(
        "left_to_person", "case.left_to_person", A.DECIDERS, _("To be dispatched by hand"),
        _("No rule knows the receiver of %(case)s. Please dispatch it."),
        email=True, icon="phase-dispatch",
    ),
    Notice(
        "rejected_told", "case.rejected", A.RESIDENT, _("Report not accepted"),
        _("Your report %(number)s could not be accepted: %(ground)s. More here: %(link)s"),
    ),
    Notice(
        "rejected", "case.rejected", A.FILER, _("Not accepted"),
        _("%(case)s, which you reported, was not accepted: %(ground)s."), icon="state-rejected",
    ),
    Notice(
        "joined", "case.joined", A.HOLDER, _("Reported again"),
        _("Somebody else reports the same as %(case)s. Please see what is new."), icon="people",
    ),
    # Dispatch.
    Notice(
        "dispatched", "case.dispatched", A.RECEIVER, _("New order"),
        _("%(case)s was dispatched to you. Please sign for it; it is to be handled by %(due)s."),
        email=True, icon="state-dispatched",
    ),
    Notice(
        "help", "case.dispatched", A.HELPERS, _("Your help is asked for"),
        _("Your unit helps with %(case)s, which is to be handled by %(due)s."), email=True, icon="people",
    ),
    Notice(
        "return_requested", "case.return_requested", A.DECIDERS, _("An order comes back"),
        _("The receiver of %(case)s asks to return the order. Please decide."), email=True, icon="previous",
    ),
    Notice(
        "return_approved", "case.return_decided", A.ASKER, _("Return approved"),
        _("You need no longer handle %(case)s."), when=_APPROVED, email=True, icon="check", tone="good",
    ),
    Notice(
        "return_declined", "case.return_decided", A.ASKER, _("Return declined"),
        _("%(case)s stays with you. Please go on with it."), when=_DECLINED, email=True, icon="close",
    ),
    Notice(
        "returned_to_you", "case.return_decided", A.RECEIVER, _("New order"),
        _("%(case)s was dispatched to you. Please sign for it; it is to be handled by %(due)s."),
        when=_APPROVED, email=True, icon="state-dispatched",
    ),
    Notice(
        "returned_help", "case.return_decided", A.HELPERS, _("Your help is asked for"),
        _("Your unit helps with %(case)s, which is to be handled by %(due)s."),
        when=_APPROVED, email=True, icon="people",
    ),
    Notice(
        "reassigned", "case.reassigned", A.RECEIVER, _("New order"),
        _("%(case)s was reassigned to you. Please sign for it; it is to be handled by %(due)s."),
        email=True, icon="state-dispatched",
    ),
    Notice(
        "reassigned_help", "case.reassigned", A.HELPERS, _("Your help is asked for"),
        _("Your unit helps with %(case)s, which is to be handled by %(due)s."), email=True, icon="people",
    ),
    Notice(
        "reassigned_away", "case.reassigned", A.PREVIOUS, _("Given to somebody else"),
        _("You need no longer handle %(case)s: somebody else does."), icon="info",
    ),
    Notice(
        "handed_over", "case.handed_over", A.RECEIVER, _("Taken over"),
        _("%(case)s came to you with the post. Please see what is to be done."), email=True, icon="people",
    ),
    Notice(
        "extension_requested", "case.extension_requested", A.LEADING, _("More time is asked for"),
        _("More time is asked for %(case)s: until %(until)s. Please decide."), email=True, icon="clock",
    ),
    Notice(
        "extension_approved", "case.extension_decided", A.ASKER, _("More time granted"),
        _("%(case)s is now to be handled by %(due)s."), when=_APPROVED, email=True, icon="check", tone="good",
    ),
    Notice(
        "extension_declined", "case.extension_decided", A.ASKER, _("More time declined"),
        _("The due time of %(case)s stays as it was."), when=_DECLINED, email=True, icon="close",
    ),
    Notice(
        "extension_told", "case.extension_decided", A.RESIDENT, _("It takes longer"),
        _("Your report %(number)s takes longer than planned: it will be handled by %(due)s. More here: %(link)s"),
        when=_APPROVED,
    ),
    Notice(
        "suspension_requested", "case.suspension_requested", A.DECIDERS, _("Suspension is asked for"),
        _("Suspension is asked for %(case)s: until %(until)s. Please decide."), email=True, icon="clock",
    ),
    Notice(
        "suspension_approved", "case.suspension_decided", A.ASKER, pgettext_lazy("notice", "Suspended"),
        _("%(case)s is suspended. It is looked at again on %(review)s."),
        when=_APPROVED, email=True, icon="state-suspended",
    ),
    Notice(
        "suspension_declined", "case.suspension_decided", A.ASKER, _("Suspension declined"),
        _("%(case)s is not suspended. Please go on with it."), when=_DECLINED, email=True, icon="close",
    ),
    Notice(
        "suspension_told", "case.suspension_decided", A.RESIDENT, _("It has to wait"),
        _("Your report %(number)s cannot be handled yet; we look at it again by %(review)s. More here: %(link)s"),
        when=_APPROVED,
    ),
    Notice(
        "resumed", "case.resumed", A.HOLDER, _("Goes on"),
        _("%(case)s is no longer suspended: the time runs again. Please go on with it."), email=True, icon="clock",
    ),
    Notice(
        "path_raised", "case.path_raised", A.HOLDER, _("Path raised"),
        _("The path of %(case)s was raised: %(path)s."), icon="whistle",
    ),
    Notice(
        "path_raised_street", "case.path_raised", A.DECIDERS, _("Path raised"),
        _("The path of %(case)s was raised: %(path)s."), email=True, icon="whistle",
    ),
    # Evaluate.
    Notice(
        "on_the_spot", "case.solved_on_spot", A.EVALUATOR, _("To be evaluated"),
        _("%(case)s was solved on the spot. Please evaluate the result."), email=True, icon="phase-evaluate",
    ),
    Notice(
        "handed_back", "case.handed_back", A.EVALUATOR, _("To be evaluated"),
        _("The result of %(case)s was handed back. Please evaluate it."), email=True, icon="phase-evaluate",
    ),
    Notice(
        "evaluator_changed", "case.evaluator_changed", A.EVALUATOR, _("To be evaluated"),
        _("The evaluation of %(case)s came to you with the post. Please evaluate the result."),
        email=True, icon="phase-evaluate",
    ),
    Notice(
        "rework", "case.evaluated", A.HOLDER, _("Back to you"),
        _("The result of %(case)s was found not effective. Please see what must be done again."),
        when=(("effective", False),), email=True, icon="warning", tone="soon",
    ),
    Notice(
        "effective", "case.evaluated", A.FILER, pgettext_lazy("notice", "Handled"),
        _("%(case)s, which you reported, was handled, and the result was found effective."),
        when=(("effective", True),), icon="check", tone="good",
    ),
    # Feedback.
    Notice(
        "please_rate", "case.evaluated", A.RESIDENT, _("Please rate"),
        _("Your report %(number)s was handled. Is it solved, and are you satisfied? Please answer here: %(link)s"),
        when=(("to", "evaluated"),),
    ),
    Notice(
        "done_told", "case.evaluated", A.RESIDENT, pgettext_lazy("notice", "Handled"),
        _("Your report %(number)s was handled. See the result here: %(link)s"),
        when=(("to", "closed"),),
    ),
    Notice(
        "rated", "case.rated", A.HOLDER, pgettext_lazy("notice", "Rated"),
        _("%(case)s was rated: %(answer)s."), icon="star",
    ),
    Notice(
        "rated_badly", "case.rated", A.DECIDERS, _("Dissatisfied"),
        _("The reporter of %(case)s is dissatisfied. Please see whether somebody should call back."),
        when=(("satisfaction", "dissatisfied"),), icon="face-dissatisfied", tone="soon",
    ),
    Notice(
        "followed_up_badly", "case.followed_up", A.DECIDERS, _("Dissatisfied on the phone"),
        _("Whoever reported %(case)s said on the phone not to be satisfied. Please see what can still be done."),
        when=(("satisfaction", "dissatisfied"),), icon="face-dissatisfied", tone="soon",
    ),
    Notice(
        "reopened", "case.reopened", A.HOLDER, pgettext_lazy("notice", "Reopened"),
        _("The reporter of %(case)s says that it is not solved. It is yours again, with a new limit."),
        email=True, icon="warning", tone="soon",
    ),
    # Ended without handling.
    Notice(
        "voided", "case.voided", A.HOLDER, _("Void"),
        _("%(case)s was declared void. You need no longer handle it."), icon="state-void",
    ),
    Notice(
        "voided_filer", "case.voided", A.FILER, _("Void"),
        _("%(case)s, which you reported, was declared void."), icon="state-void",
    ),
    Notice(
        "voided_told", "case.voided", A.RESIDENT, _("Report ended"),
        _("Your report %(number)s was ended without handling. See why here: %(link)s"),
    ),
    Notice(
        "merged", "case.merged", A.HOLDER, _("Merged"),
        _("%(case)s was merged into case %(into)s. You need no longer handle it."), icon="state-merged",
    ),
    Notice(
        "merged_filer", "case.merged", A.FILER, _("Merged"),
        _("%(case)s, which you reported, was merged into case %(into)s."), icon="state-merged",
    ),
    Notice(
        "merged_told", "case.merged", A.RESIDENT, _("Handled with another report"),
        _("The matter was reported before: your report %(number)s is handled together with it. More here: %(link)s"),
    ),
    # Whenever it takes too long.
    Notice(
        "urged", "case.urged", A.IN_CHARGE, _("Urged"),
        _("You are urged to go on with %(case)s."), email=True, icon="warning", tone="soon",
    ),
    Notice(
        "supervised", "case.supervised", A.IN_CHARGE, _("Supervised by a leader"),
        _("A leader has given an instruction for %(case)s. Please read it and report what you did."),
        email=True, icon="star", tone="soon",
    ),
    Notice(
        "warned", "case.warned", A.IN_CHARGE, _("Due soon"),
        _("%(case)s: the step “%(step)s” is due by %(due)s."), email=True, icon="clock-soon", tone="soon",
    ),
    Notice(
        "escalated", "case.escalated", A.TOLD, _("Overdue"),
        _("%(case)s is overdue: the step “%(step)s” was due by %(due)s. You are told as the superior."),
        email=True, icon="clock-overdue", tone="overdue",
    ),
)  # fmt: skip
