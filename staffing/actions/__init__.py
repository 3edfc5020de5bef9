"""Verbs of staffing: the only place that writes people's posts and units."""

from staffing.actions.accounts import (
    change_password,
    close_unused,
    correct_account,
    create_account,
    fail_log_in,
    lock_out,
    log_in,
    reset_password,
    set_active,
)
from staffing.actions.bulk import RosterRow, SeatRow, add_people, load_roster, load_seats
from staffing.actions.clients import (
    add_client,
    change_client,
    check_categories_by,
    forget_tokens,
    refuse_token,
    renew_secret,
    set_client_active,
)
from staffing.actions.gaps import warn_of_gaps
from staffing.actions.importing import (
    apply_roster,
    applying_roster,
    forget_proposals,
    plan_of,
    propose_roster,
)
from staffing.actions.platforms import load_platforms
from staffing.actions.roster import (
    add_assistant,
    appoint,
    end_assistant,
    hand_over,
    on_roster_change,
    relieve,
    stand_in,
)
from staffing.actions.rota import Pattern, assign_shift, plan_shifts, remove_shift, vacate_shifts
from staffing.actions.seats import join, leave
from staffing.actions.second_factor import (
    confirm_second_factor,
    give_code,
    propose_second_factor,
    remove_second_factor,
    reseal_second_factors,
)
from staffing.actions.swaps import agree_swap, ask_swap, decline_swap, withdraw_swap
from staffing.actions.units import load_departments, load_street_units, load_units, move_office

__all__ = [
    "Pattern",
    "RosterRow",
    "SeatRow",
    "add_assistant",
    "add_client",
    "add_people",
    "agree_swap",
    "apply_roster",
    "applying_roster",
    "appoint",
    "ask_swap",
    "assign_shift",
    "change_client",
    "change_password",
    "check_categories_by",
    "close_unused",
    "confirm_second_factor",
    "correct_account",
    "create_account",
    "decline_swap",
    "end_assistant",
    "fail_log_in",
    "forget_proposals",
    "forget_tokens",
    "give_code",
    "hand_over",
    "join",
    "leave",
    "load_departments",
    "load_platforms",
    "load_roster",
    "load_seats",
    "load_street_units",
    "load_units",
    "lock_out",
    "log_in",
    "move_office",
    "on_roster_change",
    "plan_of",
    "plan_shifts",
    "propose_roster",
    "propose_second_factor",
    "refuse_token",
    "relieve",
    "remove_second_factor",
    "remove_shift",
    "renew_secret",
    "reseal_second_factors",
    "reset_password",
    "set_active",
    "set_client_active",
    "stand_in",
    "vacate_shifts",
    "warn_of_gaps",
    "withdraw_swap",
]
