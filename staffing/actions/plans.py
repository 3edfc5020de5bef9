"""What a roster sheet would change: who is meant by each row, and how that differs from the roster of the day.

Reads only. Leaves to others: carrying it out (``importing``), and the rules that the verbs themselves hold.
"""

import datetime as dt
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from django.contrib.auth.hashers import make_password
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from blocks.models import Block
from staffing.actions.accounts import USERNAME
from staffing.models import Assistant, Tenure, User
from staffing.posts import LABELS, PostKind
from staffing.sheets import SeatLine
from yuhu.kit.excel.lines import RowError
from yuhu.kit.verdicts import Verdict

Entitled = Callable[[str], Verdict]
K = TypeVar("K")
_PART = 5_000
_OTHER = {PostKind.GOVERNOR: PostKind.SUPERVISOR, PostKind.SUPERVISOR: PostKind.GOVERNOR}
WORDS: dict[str, str | Promise] = {
    "account": gettext_lazy("New person"),
    "relieve": gettext_lazy("Post becomes vacant"),
    "end": gettext_lazy("Help ends"),
    "hand_over": gettext_lazy("Post is taken"),
    "add": gettext_lazy("Help begins"),
}


@dataclass(frozen=True)
class Change:
    """One thing that would happen to a block's roster. ``seat`` is the row that asks for it, where one does.

    ``before`` holds the post until then.
    """

    kind: str
    block: Block
    post: PostKind
    on: dt.date
    person: User | None = None
    before: User | None = None
    seat: SeatLine | None = None
    helper: Assistant | None = None

    @property
    def label(self) -> str | Promise:
        return WORDS[self.kind]

    @property
    def post_label(self) -> Promise:
        return LABELS[self.post]

    @property
    def is_new(self) -> bool:
        """Whether the person gets an account with it."""
        return self.person is not None and self.person.pk is None

    @property
    def key(self) -> list[str]:
        """What it comes down to, to be compared with the same plan made later."""
        who = self.person.username if self.person else ""
        return [
            self.kind,
            self.block.code,
            self.post.value,
            self.on.isoformat(),
            who,
            str(self.helper and self.helper.pk),
        ]


@dataclass
class Plan:
    """Everything that a sheet would change, in the order in which it is done."""

    changes: list[Change] = field(default_factory=list)
    people: list[User] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    unchanged: int = 0

    @property
    def counts(self) -> dict[str, int]:
        found = Counter(change.kind for change in self.changes)
        return {
            "account": len(self.people),
            **{kind: found[kind] for kind in WORDS if kind != "account"},
            "unchanged": self.unchanged,
        }

    @property
    def digest(self) -> str:
        told = [[user.username for user in self.people], [change.key for change in self.changes]]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def make_plan(seats: Sequence[SeatLine], *, on: dt.date, replaces: bool, may: Entitled) -> Plan:
    """Compare the sheet with the roster of the day ``on``; faults stand in ``errors``."""
    plan = Plan()
    roster = _Roster({seat.block for seat in seats}, on)
    people = _People(seats, plan)
    for seat in seats:
        block = roster.blocks.get(seat.block)
        if block is None:
            plan.errors.append(
                seat.fault("block", "unknown", _("There is no block with this code in force."))
            )
        elif not (verdict := may(seat.block)):
            plan.errors.append(seat.fault("block", verdict.code, str(verdict.reason)))
        else:
            _compare(plan, roster, block, seat, people.meant_by(seat, roster), on)
    if replaces:
        _end_others(plan, roster, on)
    _vacate_first(plan)
    plan.changes.sort(key=lambda change: list(WORDS).index(change.kind))
    plan.errors.sort(key=lambda error: error.row)
    return plan


class _Roster:
    """The named blocks as they stand on a day, in a few queries."""

    def __init__(self, codes: set[str], on: dt.date) -> None:
        blocks = Block.objects.in_force(on).defer("boundary")
        self.blocks = {
            block.code: block for part in _parts(sorted(codes)) for block in blocks.filter(code__in=part)
        }
        keys = [block.pk for block in self.blocks.values()]
        self.holders: dict[tuple[int, str], User | None] = {}
        self.since: dict[tuple[int, str], dt.date] = {}
        self.helpers: dict[tuple[int, str, int], Assistant] = {}
        self.named: set[int] = set()
        for part in _parts(keys):
            for tenure in Tenure.objects.on(on).filter(block__in=part).select_related("holder"):
                self.holders[tenure.block_id, tenure.post] = tenure.holder
                self.since[tenure.block_id, tenure.post] = tenure.starts_on
            helpers = Assistant.objects.not_over(on).filter(block__in=part).order_by("-starts_on")
            for helper in helpers.select_related("user"):
                self.helpers[helper.block_id, helper.kind, helper.user_id] = helper

    def people_in(self, block: Block) -> Iterator[User]:
        """Everybody who has a seat in the block."""
        yield from (
            user for (key, _post), user in self.holders.items() if key == block.pk and user is not None
        )
        yield from (row.user for (key, _kind, _user), row in self.helpers.items() if key == block.pk)


class _People:
    """Who is meant by a name, a number, a phone. Whoever is not known yet becomes a new person, once."""

    def __init__(self, seats: Sequence[SeatLine], plan: Plan) -> None:
        self.plan = plan
        self.by_number: dict[str, User] = {}
        self.by_name: dict[str, list[User]] = defaultdict(list)
        self.new: dict[tuple[str, str], User] = {}
        made = User.objects.filter(username__regex=r"^[0-9]{14}-[0-9]+$")
        self.taken: set[str] = set(made.values_list("username", flat=True))
        everybody = User.objects.filter(is_technical=False)
        for part in _parts(sorted({seat.number for seat in seats if seat.number})):
            logins = User.objects.filter(username__in=[number.lower() for number in part])
            self.taken |= set(logins.values_list("username", flat=True))
            self.by_number |= {
                str(user.employee_number): user for user in everybody.filter(employee_number__in=part)
            }
        for part in _parts(sorted({seat.name for seat in seats if seat.name})):
            for user in everybody.filter(name__in=part).order_by("pk"):
                self.by_name[user.name].append(user)

    def meant_by(self, seat: SeatLine, roster: _Roster) -> User | None:
        """The person, or None: the row says vacant, or a fault was told."""
        if not seat.name:
            return None
        known = self.by_number.get(seat.number) if seat.number else None
        known = known or self._by_name(seat, roster)
        if known is None and not seat.number and not seat.phone:
            text = _("Nobody of this name has a seat in this block. Give the employee number or the phone.")
            self.plan.errors.append(seat.fault("name", "who", text))
            return None
        if known is None:
            return self._new(seat)
        if known.name != seat.name:
            text = _("This employee number belongs to %(name)s.") % {"name": known.name}
            self.plan.errors.append(seat.fault("number", "other_person", text))
            return None
        if not known.is_active:
            self.plan.errors.append(seat.fault("name", "closed", _("This person's account is closed.")))
            return None
        return known

    def _by_name(self, seat: SeatLine, roster: _Roster) -> User | None:
        """By name and phone; without a phone only among those who have a seat in the block.

        A row with a number means nobody who bears another one.
        """
        found = [user for user in self.by_name[seat.name] if not (seat.number and user.employee_number)]
        if seat.phone:
            found = [user for user in found if user.phone == seat.phone]
        else:
            here = {user.pk for user in roster.people_in(roster.blocks[seat.block])}
            found = [user for user in found if user.pk in here]
        return found[0] if len(found) == 1 else None

    def _new(self, seat: SeatLine) -> User:
        key = (seat.number, "") if seat.number else (seat.name, seat.phone)
        if key not in self.new:
            username = self._username(seat)
            user = User(
                username=username, name=seat.name, phone=seat.phone, employee_number=seat.number or None
            )
            user.password, user.must_change_password = make_password(None), True
            self.new[key] = user
            self.plan.people.append(user)
        return self.new[key]

    def _username(self, seat: SeatLine) -> str:
        """The number; else the block's code and the next free count. A name or phone would tell who it is."""
        name, count = seat.number.lower(), 0
        while name in self.taken or not USERNAME.fullmatch(name):
            count += 1
            name = f"{seat.block}-{count}"
        self.taken.add(name)
        return name


def _compare(
    plan: Plan, roster: _Roster, block: Block, seat: SeatLine, person: User | None, on: dt.date
) -> None:
    """Add what the row changes; ``person`` None with a name in the row: a fault was told."""
    roster.named.add(block.pk)
    if person is None and seat.name:
        return
    if seat.post is PostKind.ASSISTANT:
        same = (
            person is not None and roster.helpers.pop((block.pk, seat.kind, person.pk or 0), None) is not None
        )
        kind, holder = "add", None
    else:
        holder = roster.holders.get((block.pk, seat.post.value))
        same = holder == person
        kind = "hand_over" if person else "relieve"
    since = roster.since.get((block.pk, seat.post.value))
    if same:
        plan.unchanged += 1
    elif holder is not None and seat.starts_on and since and seat.starts_on <= since:
        # The name was changed and the day of the one before was left standing.
        text = _(
            "%(name)s holds this post since %(since)s. Give the day of the new holder, or leave it empty."
        )
        values = {"name": holder.name, "since": since.isoformat()}
        plan.errors.append(seat.fault("starts_on", "day_of_former", text % values))
    else:
        plan.changes.append(Change(kind, block, seat.post, seat.starts_on or on, person, holder, seat))


def _end_others(plan: Plan, roster: _Roster, on: dt.date) -> None:
    """Helpers of the named blocks whom no row names."""
    by_key = {block.pk: block for block in roster.blocks.values()}
    for helper in roster.helpers.values():
        if helper.block_id in roster.named:
            change = Change(
                "end", by_key[helper.block_id], PostKind.ASSISTANT, on, helper.user, helper=helper
            )
            plan.changes.append(change)


def _vacate_first(plan: Plan) -> None:
    """Where governor and supervisor change places, both posts are empty for a moment, or nobody could be first."""
    takes = {(change.block.pk, change.post): change for change in plan.changes if change.kind == "hand_over"}
    for (block, post), change in takes.items():
        other = takes.get((block, _OTHER[post]))
        if other is not None and change.before is not None and change.before == other.person:
            plan.changes.append(Change("relieve", change.block, post, change.on, before=change.before))


def _parts(keys: Sequence[K]) -> Iterator[Sequence[K]]:
    """A database takes only so many values at once."""
    for start in range(0, len(keys), _PART):
        yield keys[start : start + _PART]
