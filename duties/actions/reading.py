"""Who signs or decides must have read what it says now."""

from typing import Protocol

from duties.exceptions import ReadAgain


class Edited(Protocol):
    @property
    def edition(self) -> str: ...


def refuse_unread(row: Edited, seen: str | None) -> None:
    """Under the row's lock. ``seen``: the ``edition`` that the person had on the page; None where no page was shown.

    Raises:
        ReadAgain: somebody has changed the text or the numbers since.
    """
    if seen is not None and seen != row.edition:
        raise ReadAgain
