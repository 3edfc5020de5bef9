"""What staffing refuses, with a sentence for the person."""

from django.utils.translation import gettext_lazy as _

from yuhu.kit.exceptions import Conflict, Forbidden, Invalid, Refusal


class NotEntitled(Forbidden):
    """The person's posts do not carry this capability."""


class SamePersonTwice(Conflict):
    """Governor and supervisor of a block must be two people."""

    code = "same_person"
    message = _(
        "This person already holds the other post of the block. Governor and supervisor must be two people."
    )


class SeatTaken(Conflict):
    """Somebody else was appointed to the post from the same day on."""

    code = "seat_taken"
    message = _(
        "Somebody else was appointed to this post from the same day on. "
        "Choose another day, or relieve that person first."
    )


class WrongDates(Invalid):
    """A period ends before it starts, or lies before an existing one."""

    code = "wrong_dates"
    message = _("The end lies before the start. Please check the dates.")


class AlreadyThere(Conflict):
    """The same row exists."""

    code = "already_there"
    message = _("This is already recorded.")


class WrongUnit(Invalid):
    """The role does not exist in this kind of unit."""

    code = "wrong_unit"
    message = _("This role does not exist in this kind of unit.")


class WeakPassword(Invalid):
    """The new password breaks a rule; the message names it."""

    code = "weak_password"
    message = _("This password is too easy to guess. Please choose a longer one.")


class SamePassword(Invalid):
    """The new password is the old one."""

    code = "same_password"
    message = _("This is your present password. Please choose another one.")


class UsedBefore(Invalid):
    """The new password is one of the last few."""

    code = "used_before"
    message = _("You have used this password before. Please choose another one.")


class WrongCode(Invalid):
    """Not the code that the phone shows now, or one that was used."""

    code = "wrong_code"
    message = _("This code is not right any more. Wait for the next one on your phone and type that.")


class CodesLocked(Refusal):
    """Too many wrong codes."""

    status, code = 429, "locked"
    message = _("Too many wrong codes. Wait 30 minutes, or ask your system administrator.")


class NothingSetUp(Conflict):
    """There is no second factor to ask for."""

    code = "no_second_factor"
    message = _("No second factor is set up yet.")


class AlreadySetUp(Conflict):
    """A second factor is replaced by an administrator only."""

    code = "second_factor_there"
    message = _("A second factor is set up already. Your system administrator can remove it.")


class NameTaken(Conflict):
    """Log-in names and employee numbers are unique."""

    code = "name_taken"
    message = _("Another account bears this already. Please choose another one.")


class OwnAccount(Conflict):
    """Nobody locks himself out."""

    code = "own_account"
    message = _("This is your own account. Ask another administrator.")


class OwnSeat(Conflict):
    """Rights come from seats, and so nobody seats himself: an administrator would see every case."""

    code = "own_seat"
    message = _("Nobody gives himself a seat. Ask another administrator.")


class NobodyThere(Conflict):
    """The post is vacant already."""

    code = "vacant"
    message = _("The post is vacant on this day already.")


class AlreadyApplied(Conflict):
    """A roster sheet is applied once."""

    code = "already_applied"
    message = _("This sheet was applied already. Send it again if the roster has changed since.")


class RosterMoved(Conflict):
    """The sheet would now do something else than what was looked at."""

    code = "roster_moved"
    message = _(
        "The roster has changed since this was computed. Look at what the sheet would change now, and decide again."
    )


class VisitEnded(Conflict):
    """The visit was recorded or cancelled already."""

    code = "visit_ended"
    message = _("This was recorded or cancelled already. Reload the page to see what was written down.")


class NotHeldYet(Invalid):
    """A record of something that lies ahead."""

    code = "not_held_yet"
    message = _("This day lies ahead. Record what took place, once it has taken place.")


class NotACadre(Invalid):
    """Whoever visits has a seat in a unit, or is a block's liaison cadre, and works in the area."""

    code = "not_a_cadre"


class NoCadre(Invalid):
    """A visit of nobody."""

    code = "no_cadre"
    message = _("Please name at least one person who goes there.")


class TooManyHouseholds(Invalid):
    """More households than the block has."""

    code = "too_many_households"


class NotYetRecorded(Conflict):
    """Findings belong to what took place."""

    code = "not_recorded"
    message = _("Findings are added to what was recorded. Record the visit or meeting first.")


class TextsRemoved(Conflict):
    """The visit's texts were removed, their time being over."""

    code = "texts_removed"
    message = _("The texts were removed because their time is over. Nothing can be added any more.")
