"""What posters say: the block, its street, who governs it on the day, and the address behind the code."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from blocks.models import Block, Poster
from staffing.models import Tenure


@dataclass(frozen=True)
class Sheet:
    """One poster. Without ``token`` the block has none yet and its page says so."""

    block: str
    street: str
    governor: str
    token: str


def sheets_of(blocks: Iterable[Block], on: dt.date) -> list[Sheet]:
    """The posters of these blocks (with their streets) in their order. Two queries."""
    rows = list(blocks)
    tokens = dict(Poster.objects.filter(code__in=[row.code for row in rows]).values_list("code", "token"))
    names = _governors(rows, on)
    return [
        Sheet(row.name, row.community.street.name, names.get(row.pk, ""), tokens[row.code])
        for row in rows
        if row.code in tokens
    ]


def _governors(blocks: list[Block], on: dt.date) -> dict[int, str]:
    """Who governs, or acts for whoever does not."""
    seats = (Tenure.Seat.ACTING_GOVERNOR, Tenure.Seat.GOVERNOR)
    rows = Tenure.objects.on(on).held().filter(block__in=blocks, post__in=seats, holder__is_active=True)
    found = list(rows.values_list("block", "post", "holder__name"))
    # The governor stands above who acts for him or her.
    return {block: name for seat in seats for block, post, name in found if post == seat}
