"""The automatic steps of the duties: streets that have not answered in time, admissions that end soon."""

import datetime as dt

from django.conf import settings

from duties.actions import escalate_silence, warn_of_end
from duties.models import Admission, StreetAnswer
from yuhu.kit import clock, steps

BATCH = 200


def sweep_silence(at: dt.datetime) -> int:
    """Answers whose day has passed, and whose street's leaders have not been told."""
    rows = StreetAnswer.objects.to_escalate(clock.local_date(at))
    keys = rows.order_by("pk").values_list("pk", flat=True)[:BATCH]
    return steps.each("duties.silence", list(keys), lambda pk: escalate_silence(answer_id=pk, at=at))


def sweep_ending(at: dt.datetime) -> int:
    """Admissions that end soon, and nobody has been told."""
    rows = Admission.objects.to_warn(clock.local_date(at), settings.ADMISSION_WARN_DAYS)
    keys = rows.order_by("granted_until", "pk").values_list("pk", flat=True)[:BATCH]
    return steps.each("duties.admissions", list(keys), lambda pk: warn_of_end(admission_id=pk, at=at))


def register() -> None:
    """Make the steps known (apps.ready)."""
    steps.register_sweep("duties.admissions", sweep_ending)
    steps.register_sweep("duties.silence", sweep_silence)
