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


class AwayAlready(Conflict):
    """A person is away once at a time."""

    code = "away_already"
    message = _("This person is on leave during these days already. End or cancel that leave first.")


class NotAway(Conflict):
    """The leave is over or was cancelled."""

    code = "not_away"
    message = _("This leave is over or was cancelled: there is nothing to change any more.")


class NoStandInNeeded(Invalid):
    """A stand-in was named where nothing is left alone."""

    code = "no_stand_in_needed"
    message = _("This person holds no post of a block on these days: nobody need stand in. Leave it empty.")


class DaysOver(Invalid):
    """Nobody can act in the past."""

    code = "days_over"
    message = _("These days are over: nobody can stand in any more. Leave the stand-in empty.")


class WrongStandIn(Conflict):
    """The stand-in is the person who is away, is away too, or has no account any more."""

    code = "wrong_stand_in"
    message = _("This person cannot stand in. Choose somebody else.")


class NoSuchArea(Invalid):
    """The code is no district, street or community."""

    code = "no_such_area"
    message = _("Choose the district, a street or a community.")


class NobodyNamed(Invalid):
    """Attendance of nobody."""

    code = "nobody_named"
    message = _("Name the people, or choose whose governors.")


class NotNow(Conflict):
    """A policy's reason, said by the action: the row does not stand so that this could be done."""


class InReserve(Conflict):
    """One open row per person."""

    code = "in_reserve"
    message = _("This person is in the reserve already. Open that entry to change the tier or to end it.")


class AccountClosed(Conflict):
    """Somebody who does not work here any more."""

    code = "account_closed"
    message = _("The account of this person is closed. Choose somebody who works here.")


class LaterCounsel(Conflict):
    """Counsel follows counsel: no appointment is slipped in before another."""

    code = "later_counsel"
    message = _("The present appointment began on this day or later. Choose a later day.")


class ShiftTaken(Conflict):
    """Two shifts of one platform would overlap."""

    code = "shift_taken"
    message = _("Another shift of this platform lies in this time. Remove it first, or choose another time.")


class NotOnThisRota(Invalid):
    """Only who decides in the platform can be on duty for it."""

    code = "not_on_rota"
    message = _("Only duty officers and heads of the platform on that day can be on duty for it.")


class ShiftOver(Conflict):
    """What has begun or ended is not planned any more."""

    code = "shift_over"
    message = _("This time has passed already. Choose a later one.")


class SwapClosed(Conflict):
    """The request was decided, or what it asks for is not there any more."""

    code = "swap_closed"
    message = _("This exchange is not open any more: it was decided, or a shift has begun or changed hands.")


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
