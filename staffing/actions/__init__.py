"""Verbs of staffing: the only place that writes people's posts and units."""

from staffing.actions.roster import add_assistant, appoint, end_assistant, hand_over, on_roster_change, relieve, stand_in
from staffing.actions.seats import join, leave
from staffing.actions.units import load_departments, load_street_units, load_units

__all__ = [
    "add_assistant",
    "appoint",
    "end_assistant",
    "hand_over",
    "join",
    "leave",
    "load_departments",
    "load_street_units",
    "load_units",
    "on_roster_change",
    "relieve",
    "stand_in",
]
