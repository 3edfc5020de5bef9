"""The automatic step of the duties: streets that have not answered in time."""

import datetime as dt

from duties.actions import escalate_silence
from duties.models import StreetAnswer
from yuhu.kit import clock, steps

BATCH = 200


def sweep_silence(at: dt.datetime) -> int:
    """Answers whose day has passed, and whose street's leaders have not been told."""
    rows = StreetAnswer.objects.to_escalate(clock.local_date(at))
    keys = rows.order_by("pk").values_list("pk", flat=True)[:BATCH]
    return steps.each("duties.silence", list(keys), lambda pk: escalate_silence(answer_id=pk, at=at))


def register() -> None:
    """Make the step known (apps.ready)."""
    steps.register_sweep("duties.silence", sweep_silence)
