"""Verbs of delivery: the only place that writes the ledger."""

from yuhu.delivery.actions.feed import fan_out, skip_to_end
from yuhu.delivery.actions.inbox import mark_read
from yuhu.delivery.actions.sending import SEND_STEP, resend, send_one

__all__ = ["SEND_STEP", "fan_out", "mark_read", "resend", "send_one", "skip_to_end"]
