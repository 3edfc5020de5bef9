"""Verbs of meetings: convening and preparing (convening), deciding (deciding), minutes and erasing (closing)."""

from cases.actions.meetings.closing import (
    close,
    erase,
    forget_residents,
    hold,
    named_too_long,
    reseal_residents,
    sealed_rows,
)
from cases.actions.meetings.convening import add_cases, cancel, change, convene, remove_case
from cases.actions.meetings.deciding import adjourn, settle, whistle

__all__ = [
    "add_cases",
    "adjourn",
    "cancel",
    "change",
    "close",
    "convene",
    "erase",
    "forget_residents",
    "hold",
    "named_too_long",
    "remove_case",
    "reseal_residents",
    "sealed_rows",
    "settle",
    "whistle",
]
