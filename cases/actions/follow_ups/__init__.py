"""Verbs of follow-up calls: drawn by an automatic step, taken and recorded by duty officers."""

from cases.actions.follow_ups.calling import lapse, record_call, take
from cases.actions.follow_ups.drawing import draw, pick, weeks_to_draw

__all__ = ["draw", "lapse", "pick", "record_call", "take", "weeks_to_draw"]
