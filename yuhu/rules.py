"""Rules of the district that a setting may change: limits, bands, and how long things are kept. Part of ``settings``.

What differs by step, category or day is no setting but a row (duties). ``.env.example`` explains each variable.
"""

import environ

env = environ.Env()

# Admission of tasks to the duty lists: working days until the decision, days before the end at which it is told.
ADMISSION_DECISION_DAYS = env.int("ADMISSION_DECISION_DAYS", default=10)
ADMISSION_WARN_DAYS = env.int("ADMISSION_WARN_DAYS", default=30)

# How long what is not the journal is kept (`manage.py retain`; sources: yuhu.runtime.retention, docs/operations.md).
RETAIN_REPORTER_DAYS = env.int("RETAIN_REPORTER_DAYS", default=3 * 365)
RETAIN_NOTICE_DAYS = env.int("RETAIN_NOTICE_DAYS", default=365)
RETAIN_LEAVE_DAYS = env.int("RETAIN_LEAVE_DAYS", default=2 * 365)
RETAIN_VISIT_DAYS = env.int("RETAIN_VISIT_DAYS", default=3 * 365)
RETAIN_ATTEMPT_DAYS = env.int("RETAIN_ATTEMPT_DAYS", default=184)
RETAIN_ORPHAN_HOURS = env.int("RETAIN_ORPHAN_HOURS", default=24)

# The loop (domain rules that a district may set; limits per step are rows of duties.StepLimit).
WARN_FRACTION = 0.75
RETURN_LIMIT = 2
SUSPENSION_MAX_DAYS = 90
# Limits of whistles that differ from cases.actions.whistles.limits.
WHISTLE_LIMITS = env.dict("WHISTLE_LIMITS", default={})
# Whistles in a hundred cases: below the band the tool is not used, above it daily work fails.
WHISTLE_BAND_LOW = env.float("WHISTLE_BAND_LOW", default=1.0)
WHISTLE_BAND_HIGH = env.float("WHISTLE_BAND_HIGH", default=10.0)
# Follow-up calls to those who did not rate: how many percent of a street's week are drawn, at least how many, within
# how many working days they are called, and how many weeks back a draw that was missed is made up for.
FOLLOW_UP_PERCENT = env.int("FOLLOW_UP_PERCENT", default=30)
FOLLOW_UP_LEAST = env.int("FOLLOW_UP_LEAST", default=3)
FOLLOW_UP_DAYS = env.int("FOLLOW_UP_DAYS", default=5)
FOLLOW_UP_WEEKS = 2
REOPEN_DAYS = env.int("REOPEN_DAYS", default=15)
# Natural days; people's mediation normally ends within one month (人民调解工作若干规定, art. 33), a court's before the
# suit within 30 days; for administrative mediation there is no limit of the whole country (proposal: 30).
MEDIATION_DAYS = {
    "people": env.int("MEDIATION_PEOPLE_DAYS", default=30),
    "administrative": env.int("MEDIATION_ADMINISTRATIVE_DAYS", default=30),
    "judicial": env.int("MEDIATION_JUDICIAL_DAYS", default=30),
}
# Both parties ask the court together within so many days (People's Mediation Law, art. 33).
MEDIATION_CONFIRM_DAYS = env.int("MEDIATION_CONFIRM_DAYS", default=30)
RETAIN_MEDIATION_DAYS = env.int("RETAIN_MEDIATION_DAYS", default=3 * 365)

# Residents report from the code on their block's poster, without log-in: how much one address and one block may send
# in an hour, how often one may look up, how much a report weighs with its photos, and which category stands for "not
# sure" (a duty officer then decides who receives it; empty or unknown: residents must choose one).
RESIDENT_HOTLINE = env.str("RESIDENT_HOTLINE", default="")
RESIDENT_CATEGORY = env.str("RESIDENT_CATEGORY", default="1203")
RESIDENT_REPORTS_PER_HOUR = env.int("RESIDENT_REPORTS_PER_HOUR", default=30)
RESIDENT_REPORTS_OF_BLOCK_PER_HOUR = env.int("RESIDENT_REPORTS_OF_BLOCK_PER_HOUR", default=120)
RESIDENT_LOOKUPS_PER_HOUR = env.int("RESIDENT_LOOKUPS_PER_HOUR", default=10)
RESIDENT_PHOTOS = 4
RESIDENT_MAX_BYTES = 40 * 1024 * 1024
# A form that is sent sooner was filled in by no person; one that is older is sent once more.
RESIDENT_FORM_SECONDS = (3, 12 * 3600)

DUPLICATE_METRES, DUPLICATE_DAYS = 100, 14

# The board: a percentage of fewer cases is greyed and not ranked, since one case more would turn it over.
BOARD_SMALL_NUMBER = env.int("BOARD_SMALL_NUMBER", default=20)
# How long a browser stays a wall screen before somebody must log in again.
WALL_HOURS = env.int("WALL_HOURS", default=24)
