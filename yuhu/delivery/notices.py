"""Who is told what: one table from the journal's kinds to people, channels and sentences. Pure: no database, no clock.

A row of the ledger keeps the ``kind`` of its notice and never a text; the sentence is made when it is shown or sent
(``wording.py``). Leaves to others: who the people of an audience are (``actions.recipients``).
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Audience(StrEnum):
    """Whom an event may concern."""

    RECEIVER = "receiver"  # who was just given the order: the person, or the unit's people
    HELPERS = "helpers"  # the people of the units that help
    PREVIOUS = "previous"  # who held the order before
    HOLDER = "holder"  # who holds the order now
    IN_CHARGE = "in_charge"  # whose turn it is: evaluator, holder, or the duty officers
    EVALUATOR = "evaluator"  # who was just designated
    DECIDERS = "deciders"  # who is on duty in the street's platforms, else duty officers, heads, leaders
    LEADING = "leading"  # as DECIDERS, but a second extension is decided by a leader
    ASKER = "asker"  # who asked for what was decided
    TOLD = "told"  # the level that an escalation names
    FILER = "filer"  # the colleagues who recorded the case, or reported the same
    ON_DUTY = "on_duty"  # the officer on duty of the street's platform that responds to emergencies
    RESIDENT = "resident"  # the person to answer to, by text message only
    # What is no case says itself whom it concerns: the entry's data hold the keys.
    NAMED = "named"  # ``tell``: keys of people
    UNITS = "units"  # ``units``: codes of units, all their people
    HEADS = "heads"  # ``heads``: codes of units, those who decide in them


@dataclass(frozen=True)
class Notice:
    """One notice: when ``event`` is recorded with the facts ``when``, tell the ``audience``.

    ``email`` says whether it is urgent enough to be mailed too; everything for colleagues is in the inbox.
    ``icon`` and ``tone`` (soon, overdue, good) are hints for the page.
    """

    kind: str
    event: str
    audience: Audience
    title: str | Promise
    text: str | Promise
    when: tuple[tuple[str, Any], ...] = ()
    email: bool = False
    icon: str = "bell"
    tone: str = ""

    def fits(self, data: Mapping[str, Any]) -> bool:
        """Whether the entry's data say what this notice waits for."""
        return all(data.get(key) == value for key, value in self.when)


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
    # Mediation.
    Notice(
        "mediation", "mediation.opened", A.NAMED, _("A mediation is yours"),
        _("%(what)s was opened, and you are its mediator."), email=True, icon="people",
    ),
    # Leave: the person, and whoever stands in.
    Notice(
        "leave_taken", "absence.taken", A.NAMED, _("Leave recorded"),
        _("Your leave was recorded: %(what)s."), icon="clock",
    ),
    Notice(
        "leave_covered", "absence.covered", A.NAMED, _("You stand in"),
        _("From %(on)s on you act in a block for somebody on leave: %(what)s. Its cases or evaluations come to you."),
        email=True, icon="people",
    ),
    Notice(
        "leave_ended", "absence.ended", A.NAMED, _("Leave ends earlier"),
        _("It ends earlier: %(what)s. From %(on)s on everybody is in his or her own post again."), icon="check",
    ),
    Notice(
        "leave_cancelled", "absence.cancelled", A.NAMED, _("Leave cancelled"),
        _("It was cancelled, and nobody stands in: %(what)s."), icon="close",
    ),
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
    # The rota of a platform.
    Notice(
        "rota_planned", "rota.planned", A.NAMED, _("The rota was planned"),
        _("From %(on)s on you are on the rota of %(what)s. Please see which shifts are yours."), icon="clock",
    ),
    Notice(
        "rota_assigned", "rota.assigned", A.NAMED, _("A shift has changed hands"),
        _("The shift has another officer now: %(what)s."), email=True, icon="people",
    ),
    Notice(
        "rota_released", "rota.vacated", A.NAMED, _("Released from duty"),
        _("Because of your leave you are released from your shifts from %(on)s on."), icon="info",
    ),
    Notice(
        "rota_free", "rota.vacated", A.HEADS, _("Shifts have become free"),
        _("Because of leave nobody covers shifts from %(on)s on. Please give them to others; the first is %(what)s."),
        email=True, icon="warning", tone="soon",
    ),
    Notice(
        "rota_removed", "rota.removed", A.NAMED, _("A shift was removed"),
        _("Your shift of %(on)s was taken out of the rota of %(what)s."), email=True, icon="info",
    ),
    Notice(
        "rota_uncovered", "rota.uncovered", A.HEADS, _("Nobody is on duty"),
        _("Nobody covers this time: %(what)s. Please give it to somebody."),
        email=True, icon="warning", tone="soon",
    ),
    Notice(
        "swap_asked", "rota.swap_asked", A.NAMED, _("A colleague asks to exchange shifts"),
        _("%(what)s. Please agree or decline."), email=True, icon="people",
    ),
    Notice(
        "swap_agreed", "rota.swap_agreed", A.NAMED, _("Shifts exchanged"),
        _("The shifts are exchanged: %(what)s."), email=True, icon="check", tone="good",
    ),
    Notice(
        "swap_declined", "rota.swap_declined", A.NAMED, _("Exchange declined"),
        _("Everybody keeps his or her shift: %(what)s."), email=True, icon="close",
    ),
    Notice(
        "swap_withdrawn", "rota.swap_withdrawn", A.NAMED, _("Exchange withdrawn"),
        _("You need not decide any more: %(what)s."), icon="info",
    ),
    # Visits and meetings: whoever was put down by somebody else.
    Notice(
        "visit_planned", "visit.planned", A.NAMED, _("You are to visit a block"),
        _("You were put down for this on %(on)s: %(what)s. Please record afterwards what was found."), icon="people",
    ),
    Notice(
        "visit_cancelled", "visit.cancelled", A.NAMED, _("Visit called off"),
        _("It does not take place on %(on)s: %(what)s."), icon="close",
    ),
)  # fmt: skip

# Nobody is told: it is somebody's own progress (signed, contacted, photos, on site), the reporter did not answer in
# time, or it is kept for the audit only.
SILENT = frozenset(
    {
        "case.signed",
        "case.contacted",
        "case.closed",
        "case.attached",
        "case.unmasked",
        "case.erased",
        "case.person_forgotten",
        "case.mediation_opened",
        "case.mediation_ended",
        "case.whistle_named",
        "case.whistle_attended",
        "case.whistle_rated",
        "case.whistle_done",
        "case.meeting_removed",
        "case.meeting_cancelled",
    }
)

BY_KIND: dict[str, Notice] = {notice.kind: notice for notice in NOTICES}
BY_EVENT: dict[str, list[Notice]] = defaultdict(list)
for _notice in NOTICES:
    BY_EVENT[_notice.event].append(_notice)


def of(event: str, data: Mapping[str, Any]) -> list[Notice]:
    """The notices that an event with these data asks for, in the table's order."""
    return [notice for notice in BY_EVENT.get(event, ()) if notice.fits(data)]
