"""What duties refuses: changing what is published, incomplete sheets and calendars, limits that nobody set,
consultations and admissions that skip a step, and tasks that stand on a list already."""

from django.utils.translation import gettext_lazy as _

from yuhu.kit.exceptions import Conflict, Invalid


class AlreadyPublished(Conflict):
    """A published list is never changed."""

    code = "already_published"
    message = _("This list is published and cannot be changed. Import a new version instead.")


class EmptyList(Conflict):
    """A list without items cannot be published."""

    code = "empty_list"
    message = _("The list has no items yet. Import its items before you publish it.")


class WrongOrder(Conflict):
    """A version must take effect after the version before it."""

    code = "wrong_order"
    message = _("A newer version already takes effect on or after this date. Choose a later date.")


class CodeTaken(Conflict):
    """Cases name items by code, so a code may stand in one list only."""

    code = "code_taken"
    message = _("An item code is already used in another list. Give the item a code of its own.")


class PlanIncomplete(Invalid):
    """Office hours must cover every day of the year without overlap."""

    code = "plan_incomplete"
    message = _("The office hours leave out days or overlap. Every day of the year needs its hours.")


class PlanInForce(Conflict):
    """Office hours that have begun are not rewritten, for stored times were counted with them."""

    code = "plan_in_force"
    message = _("Office hours cannot be changed for days that have passed. Choose today or a later day.")


class YearBefore(Conflict):
    """A day of the calendar already comes from a later notice."""

    code = "later_notice"
    message = _("A later notice already settles one of these days. Import the notices in their order.")


class LimitMissing(Conflict):
    """No row says how long this step may take."""

    code = "limit_missing"
    message = _("No time limit is set for this step. Ask the system administrator to set it.")


class NumberTaken(Conflict):
    """Two items of a list have the same code or number."""

    code = "number_taken"
    message = _("The draft has an item with this code or number already. Choose another one.")


class DraftThere(Conflict):
    """A second draft of the same list would compete with the first."""

    code = "draft_there"
    message = _("There is a draft of this list already. Go on with it, or discard it first.")


class NotNow(Conflict):
    """The state of a consultation, an admission or a report does not allow it; the policy's sentence says what comes
    first."""

    code = "not_now"


class ReadAgain(Conflict):
    """It says something else now than what the person has read."""

    code = "read_again"
    message = _("It was changed while you were reading. Open the page again and read what it says now.")


class Overlaps(Conflict):
    """A rule about a certificate begins on or after this day already."""

    code = "overlaps"
    message = _("A rule for this certificate begins on this day or later already. Choose a later day.")


class LooksListed(Invalid):
    """A task looks like items of the lists or admitted tasks; the person must look at them and say which it is."""

    code = "looks_listed"


class AskedAlready(Conflict):
    """The same request or report waits already."""

    code = "asked_already"
    message = _("Your department has asked for this task already. Look at that request.")
