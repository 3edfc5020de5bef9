"""Verbs of staffing: the only place that writes people's posts and units."""

from staffing.actions.absences import (
    cancel_leave,
    end_leave,
    forget_absences,
    name_stand_in,
    take_leave,
)
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
from staffing.actions.arrivals import begin_visit, check_in
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
from staffing.actions.counsel import appoint_counsel, end_counsel, load_counsel
from staffing.actions.filters import forget_filter, keep_filter
from staffing.actions.gaps import warn_of_gaps
from staffing.actions.importing import (
    apply_roster,
    applying_roster,
    forget_proposals,
    plan_of,
    propose_roster,
)
from staffing.actions.platforms import load_platforms
from staffing.actions.reserve import leave_reserve, load_reserve, move_tier, put_in_reserve
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
from staffing.actions.trainings import (
    TrainingRow,
    cancel_training,
    correct_training,
    load_trainings,
    note_attendance,
    plan_training,
    withdraw_attendance,
)
from staffing.actions.units import load_departments, load_street_units, load_units, move_office
from staffing.actions.visits import (
    NewFinding,
    add_finding,
    cancel_visit,
    empty_visits,
    plan_visit,
    record_visit,
)
from staffing.actions.walls import open_wall

__all__ = [
    "NewFinding",
    "Pattern",
    "RosterRow",
    "SeatRow",
    "TrainingRow",
    "add_assistant",
    "add_client",
    "add_finding",
    "add_people",
    "agree_swap",
    "apply_roster",
    "applying_roster",
    "appoint",
    "appoint_counsel",
    "ask_swap",
    "assign_shift",
    "begin_visit",
    "cancel_leave",
    "cancel_training",
    "cancel_visit",
    "change_client",
    "change_password",
    "check_categories_by",
    "check_in",
    "close_unused",
    "confirm_second_factor",
    "correct_account",
    "correct_training",
    "create_account",
    "decline_swap",
    "empty_visits",
    "end_assistant",
    "end_counsel",
    "end_leave",
    "fail_log_in",
    "forget_absences",
    "forget_filter",
    "forget_proposals",
    "forget_tokens",
    "give_code",
    "hand_over",
    "join",
    "keep_filter",
    "leave",
    "leave_reserve",
    "load_counsel",
    "load_departments",
    "load_platforms",
    "load_reserve",
    "load_roster",
    "load_seats",
    "load_street_units",
    "load_trainings",
    "load_units",
    "lock_out",
    "log_in",
    "move_office",
    "move_tier",
    "name_stand_in",
    "note_attendance",
    "on_roster_change",
    "open_wall",
    "plan_of",
    "plan_shifts",
    "plan_training",
    "plan_visit",
    "propose_roster",
    "propose_second_factor",
    "put_in_reserve",
    "record_visit",
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
    "take_leave",
    "vacate_shifts",
    "warn_of_gaps",
    "withdraw_attendance",
    "withdraw_swap",
]
