"""Everything that bulk-written lives look up, read once: blocks with their roster, units, items, categories, limits."""

import datetime as dt
from dataclasses import dataclass, field

from blocks.models import Block
from cases.models import Category
from cases.routing import Decision, Facts, Place, Seat, route
from duties.models import DutyItem, DutyList, TimeRules, time_rules
from staffing.models import Membership, PlatformFunction, PlatformLink, Tenure, Unit, User
from staffing.posts import Function, PostKind


@dataclass
class Surroundings:
    """The district as it is on a day, in memory."""

    blocks: list[Block]
    categories: dict[str, Category]
    items: dict[str, DutyItem]
    seats: dict[int, dict[str, User]]
    units: dict[tuple[str, str], Unit]
    # By street and function; and, by office, the platform that it belongs to.
    platforms: dict[tuple[str, str], Unit]
    platform_of: dict[int, Unit]
    by_key: dict[int, Unit]
    street_units: dict[str, Unit]
    district_unit: Unit
    rules: TimeRules
    members: dict[int, list[User]] = field(default_factory=dict)
    _decisions: dict[tuple[str, int], Decision] = field(default_factory=dict)

    @classmethod
    def on(cls, day: dt.date) -> "Surroundings":
        """Read the tables as they stand on ``day``."""
        seats: dict[int, dict[str, User]] = {}
        for row in Tenure.objects.on(day).held().select_related("holder"):
            if row.holder is not None:
                seats.setdefault(row.block_id, {})[row.post] = row.holder
        units = list(Unit.objects.all())
        members: dict[int, list[User]] = {}
        for seat in Membership.objects.on(day).select_related("user").order_by("pk"):
            members.setdefault(seat.unit_id, []).append(seat.user)
        return cls(
            blocks=list(Block.objects.in_force(day).select_related("community__street").order_by("code")),
            categories={row.code: row for row in Category.objects.usable().select_related("lead_unit")},
            items={row.code: row for row in DutyItem.objects.in_force(day).select_related("list")},
            seats=seats,
            units={(unit.street_id or "", unit.office_code): unit for unit in units if unit.office_code},
            platforms={
                (row.street_id, row.function): row.platform
                for row in PlatformFunction.objects.on(day).select_related("platform")
            },
            platform_of={
                row.office_id: row.platform for row in PlatformLink.objects.on(day).select_related("platform")
            },
            by_key={unit.pk: unit for unit in units},
            street_units={unit.street_id or "": unit for unit in units if unit.kind == Unit.Kind.STREET},
            district_unit=next(unit for unit in units if unit.kind == Unit.Kind.DISTRICT),
            rules=time_rules(),
            members=members,
        )

    def decision(self, category: Category, block: Block) -> Decision:
        """Who receives; decided once per category and block, since nothing here changes meanwhile."""
        key = category.code, block.pk
        if key not in self._decisions:
            self._decisions[key] = route(self.facts(category, block))
        return self._decisions[key]

    def facts(self, category: Category, block: Block) -> Facts:
        """What routing wants to know, as ``receivers.facts_of`` would look it up."""
        item = self.items.get(category.duty_item_code)
        street = block.community.street_id
        held = self.seats.get(block.pk, {})
        office = self.units.get((street, category.office_code))
        platform = self.platforms.get((street, Function.SERVES_BLOCKS))
        department = category.lead_unit
        return Facts(
            category=category.code,
            category_name=category.name,
            path=category.path,
            lead=category.lead,
            item_code=category.duty_item_code,
            item_name=item.name if item else None,
            item_is_cooperation=bool(item and item.list.kind == DutyList.Kind.COOPERATION),
            block_name=block.name,
            governor=_seat(held.get(PostKind.GOVERNOR)),
            acting_governor=_seat(held.get(PostKind.ACTING_GOVERNOR)),
            office=Place(office.pk, office.name) if office else None,
            department=Place(department.pk, department.name) if department else None,
            platform=Place(platform.pk, platform.name) if platform else None,
        )

    def supervisor(self, block: Block) -> User | None:
        """Who evaluates in the block."""
        held = self.seats.get(block.pk, {})
        return held.get(PostKind.ACTING_SUPERVISOR) or held.get(PostKind.SUPERVISOR)


def _seat(person: User | None) -> Seat | None:
    return Seat(person.pk, person.name) if person else None
