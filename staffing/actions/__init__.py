"""Verbs of staffing: the only place that writes people's posts and units."""

from staffing.actions.accounts import (
    change_password,
    correct_account,
    create_account,
    fail_log_in,
    lock_out,
    log_in,
    reset_password,
    set_active,
)
from staffing.actions.bulk import RosterRow, SeatRow, add_people, load_roster, load_seats
from staffing.actions.roster import (
    add_assistant,
    appoint,
    end_assistant,
    hand_over,
    on_roster_change,
    relieve,
    stand_in,
)
from staffing.actions.seats import join, leave
from staffing.actions.units import load_departments, load_street_units, load_units, move_office

__all__ = [
    "RosterRow",
    "SeatRow",
    "add_assistant",
    "add_people",
    "appoint",
    "change_password",
    "correct_account",
    "create_account",
    "end_assistant",
    "fail_log_in",
    "hand_over",
    "join",
    "leave",
    "load_departments",
    "load_roster",
    "load_seats",
    "load_street_units",
    "load_units",
    "lock_out",
    "log_in",
    "move_office",
    "on_roster_change",
    "relieve",
    "reset_password",
    "set_active",
    "stand_in",
]
