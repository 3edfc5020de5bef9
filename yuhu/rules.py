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
DUPLICATE_METRES, DUPLICATE_DAYS = 100, 14
