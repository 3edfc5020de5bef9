"""Verbs of the duties: lists (import, publish), calendar (notices, office hours) and time limits of steps."""

from duties.actions.calendar import (
    import_year,
    load_calendar,
    load_step_limits,
    set_day,
    set_step_limit,
    set_windows,
)
from duties.actions.lists import (
    change_item,
    discard_draft,
    import_list,
    link_departments,
    load_lists,
    publish_list,
    reschedule_draft,
)

__all__ = [
    "change_item",
    "discard_draft",
    "import_list",
    "import_year",
    "link_departments",
    "load_calendar",
    "load_lists",
    "load_step_limits",
    "publish_list",
    "reschedule_draft",
    "set_day",
    "set_step_limit",
    "set_windows",
]
