"""What the loop refuses, with the sentence that tells the person what to do next."""

from django.utils.translation import gettext_lazy as _

from yuhu.kit.exceptions import Conflict, FilesAway, Forbidden, Invalid, NotFound


class WrongState(Conflict):
    """The case's state does not allow this move."""

    code = "wrong_state"
    message = _("The case is not in a state that allows this. Reload the page to see where it stands.")


class NotYourMove(Forbidden):
    """The person's relation to the case does not allow this move."""


class OffList(Invalid):
    """No published duty item covers this: it may not be pushed down (domain rule of the duty lists)."""

    code = "off_list"
    message = _(
        "No item of the published duty lists covers this, so it may not be sent to a street or community. "
        "Name the item, or have the department ask for admission of the task."
    )


class NoBlockHere(Invalid):
    """The point lies outside every block."""

    code = "outside"
    message = _("This place lies outside every block of the district. Please correct the place on the map.")


class PlaceMissing(Invalid):
    """Neither block nor coordinates."""

    code = "place_missing"
    message = _("Please give the place: a block, or both coordinates.")


class UnknownCode(Invalid):
    """A code that does not exist or is not in use."""

    code = "unknown"
    message = _("This code does not exist. Please choose one from the list.")


class Missing(Invalid):
    """A field that the move needs."""

    code = "required"
    message = _("Please fill in this field.")


class RequestPending(Conflict):
    """The same request awaits a decision."""

    code = "request_pending"
    message = _("The same request already awaits a decision.")


class NothingToDecide(Conflict):
    """No such request awaits a decision."""

    code = "nothing_to_decide"
    message = _("No such request awaits a decision. Somebody may have decided it already.")


class DuplicateReference(Conflict):
    """The partner has sent this external number before."""

    code = "duplicate_external_id"


class SentBefore(Conflict):
    """The form was stored before with another matter: this one needs a submission key of its own."""

    code = "sent_before"


class AnotherPerson(Forbidden):
    """A phone sends what somebody else wrote on it: it keeps the report until that person is back."""

    code = "another_person"
    message = _(
        "This report belongs to somebody else. It is sent when that person logs in on this device again."
    )


class NoSuchCase(NotFound):
    """Not there, or not visible for this person."""

    message = _("There is no case with this number, or it is not yours to see.")


class PhotosLost(FilesAway):
    """A form comes back, and its photos could not be kept for it."""

    message = _("The photos could not be kept: please choose them again. The text is kept.")


class TooManyToExport(Invalid):
    """A sheet of everything helps nobody and weighs on everybody."""

    code = "too_many"
    message = _("These are more than 10,000 cases. Narrow the list with the filters and export it in parts.")


class WhistleMovedOn(Conflict):
    """The whistle, or the call, is not where the verb wants it: somebody may have been faster."""


class MeetingMovedOn(Conflict):
    """The meeting, or the item of its agenda, is not where the verb wants it: somebody may have been faster."""

    code = "state"


class WhistleRuns(Conflict):
    """One whistle a case at a time."""

    code = "whistle_runs"
    message = _("A whistle for this case runs already. Call further departments on its page.")


class NotADepartment(Invalid):
    """Whistles call district departments."""

    code = "not_a_department"
    message = _(
        "Only departments of the district can be called. Units of the street are sent by dispatching."
    )


class CalledBefore(Conflict):
    """The same department twice."""

    code = "called_before"


class TooManyDepartments(Invalid):
    """More than a street can lead."""

    code = "too_many"


class OnAnotherAgenda(Conflict):
    """One meeting a case at a time."""

    code = "on_another_agenda"
    message = _("This case stands on the agenda of a meeting already.")


class NoSuchArea(NotFound):
    """There is no such area, or it lies outside the caller's own."""

    code = "area_unknown"
    message = _(
        "There is no area with this code, or it is not one of yours. Please name your district, street, community or "
        "block, or one inside it."
    )


class FigureThere(Conflict):
    """A figure for the same days of the area is in force or waits for its check."""

    code = "figure_there"
    message = _(
        "There is a figure for these days already. If it is in force, open it and correct it; if it waits, it is "
        "checked or sent back first."
    )
