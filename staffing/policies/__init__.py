"""Which posts a person holds, what they open, who is answerable for a block, and who keeps which register.

Leaves to others: what the state of a case allows (cases.states, cases.policies).
"""

from staffing.policies.absences import (
    may_cancel_absence,
    may_change_absence,
    may_end_absence,
    may_name_stand_in,
    may_record_absence,
)
from staffing.policies.registers import (
    ENDED,
    SETTLED,
    attendance_opens,
    may_appoint_counsel,
    may_change_reserve,
    may_change_training,
    may_end_counsel,
    may_note_attendance,
    may_withdraw_attendance,
    sees_reserve,
    training_changes,
)
from staffing.policies.standing import (
    appoints,
    areas_to_appoint_in,
    forget_posts,
    may,
    may_appoint,
    may_in,
    may_seat,
    must_choose_password,
    needs_second_factor,
    opens_area,
    posts_of,
    scope_of,
)

__all__ = [
    "ENDED",
    "SETTLED",
    "appoints",
    "areas_to_appoint_in",
    "attendance_opens",
    "forget_posts",
    "may",
    "may_appoint",
    "may_appoint_counsel",
    "may_cancel_absence",
    "may_change_absence",
    "may_change_reserve",
    "may_change_training",
    "may_end_absence",
    "may_end_counsel",
    "may_in",
    "may_name_stand_in",
    "may_note_attendance",
    "may_record_absence",
    "may_seat",
    "may_withdraw_attendance",
    "must_choose_password",
    "needs_second_factor",
    "opens_area",
    "posts_of",
    "scope_of",
    "sees_reserve",
    "training_changes",
]
