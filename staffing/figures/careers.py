"""Every seat that a person ever had (履历), and everybody who ever had a post of a block, newest first.

Successive rows of one person in one post are one line. Leaves to others: what the journal says of it (admin.history).
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.utils.functional import Promise

from blocks.models import Block
from staffing.models import Assistant, Membership, Tenure, User
from staffing.posts import ACTING_OF


@dataclass(frozen=True)
class Held:
    """From ``starts_on`` until ``ends_on`` (exclusive; None: still) ``person`` had this seat, seen from ``on``."""

    on: dt.date
    place: str
    post: str | Promise
    starts_on: dt.date
    ends_on: dt.date | None
    person: str = ""
    person_id: int | None = None
    block_id: int | None = None
    unit_id: int | None = None
    acting: bool = False

    @property
    def last_day(self) -> dt.date | None:
        return self.ends_on - dt.timedelta(days=1) if self.ends_on else None

    @property
    def when(self) -> str:
        """``planned``, ``now`` or ``past``, seen from the day ``on``."""
        if self.starts_on > self.on:
            return "planned"
        return "now" if self.ends_on is None or self.ends_on > self.on else "past"


def career_of(user: User, on: dt.date) -> list[Held]:
    """All seats of a person: in blocks, also acting, as a helper, in units. Three queries."""
    tenures = Tenure.objects.with_end().filter(holder=user).select_related("block").defer("block__boundary")
    helps = Assistant.objects.filter(user=user).select_related("block").defer("block__boundary")
    seats = Membership.objects.filter(user=user).select_related("unit")
    lines = [
        *_tenures(tenures.order_by("block", "post", "starts_on"), on),
        *(_help(row, on) for row in helps),
        *(
            Held(
                on,
                row.unit.name,
                row.get_role_display(),
                row.starts_on,
                row.ends_on,
                unit_id=row.unit_id,
            )
            for row in seats
        ),
    ]
    return _newest_first(lines)


def holders_of(block: Block, on: dt.date) -> list[Held]:
    """Everybody who had a post of the block, acted or helped. Two queries."""
    tenures = Tenure.objects.with_end().held().filter(block=block).select_related("holder", "block")
    helps = Assistant.objects.filter(block=block).select_related("user", "block")
    lines = [
        *_tenures(tenures.defer("block__boundary").order_by("post", "starts_on"), on),
        *(_help(row, on) for row in helps.defer("block__boundary")),
    ]
    return _newest_first(lines)


def _help(row: Assistant, on: dt.date) -> Held:
    return Held(
        on,
        row.block.name,
        row.get_kind_display(),
        row.starts_on,
        row.ends_on,
        person=row.user.name,
        person_id=row.user_id,
        block_id=row.block_id,
    )


def _tenures(rows: Iterable[Tenure], on: dt.date) -> list[Held]:
    """In the order of block, post and day: what follows without a gap on one's own turn is one line."""
    lines: list[Held] = []
    for row in rows:
        line = Held(
            on,
            row.block.name,
            row.get_post_display(),
            row.starts_on,
            getattr(row, "ends_on", None),
            person=row.holder.name if row.holder else "",
            person_id=row.holder_id,
            block_id=row.block_id,
            acting=row.post in ACTING_OF.values(),
        )
        last = lines[-1] if lines else None
        goes_on = (
            last
            and last.ends_on == line.starts_on
            and replace(last, ends_on=None) == replace(line, starts_on=last.starts_on, ends_on=None)
        )
        if last and goes_on:
            lines[-1] = replace(last, ends_on=line.ends_on)
        else:
            lines.append(line)
    return lines


def _newest_first(lines: Iterable[Held]) -> list[Held]:
    return sorted(lines, key=lambda line: (line.starts_on, line.ends_on or dt.date.max), reverse=True)
