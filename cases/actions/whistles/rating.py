"""Both sides rate (双考核, Beijing regulation of 2021, art. 33): what a rating is, and when the whistle is done."""

from cases.actions.whistles.base import Acting, active_calls, close_case
from cases.exceptions import UnknownCode
from cases.models import Whistle
from cases.models.whistles import HIGHEST, LOWEST


def score_of(value: object, *, field: str) -> int:
    """One to five.

    Raises:
        UnknownCode: anything else.
    """
    text = str(value)
    if isinstance(value, bool) or not (
        text.isascii() and text.isdigit() and LOWEST <= int(text[:3]) <= HIGHEST
    ):
        raise UnknownCode(field=field)
    return int(text)


def finish_if_rated(acting: Acting) -> None:
    """Every call was rated by both sides: the whistle is done, and the departments see the case no longer."""
    whistle, calls = acting.whistle, active_calls(acting.whistle)
    if any(call.score is None or call.justified is None for call in calls):
        return
    whistle.state, whistle.ended_at = Whistle.State.DONE, acting.at
    whistle.save()
    close_case(acting.case, calls)
    Acting(acting.verb, whistle, acting.by, acting.at).tell("case.whistle_done")
