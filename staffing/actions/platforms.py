"""Another version of a street's platforms, by data alone: from a day on other platforms, in name and number.

The former platforms stay what they were on the days before. Their people go with the functions, so that the street
has its duty officers on the first day; whoever appoints there corrects that at the desk. Leaves to others: open cases
of a former platform (cases.actions.platforms), the first version (``units``).
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from blocks.models import Street
from staffing.actions.seats import join, leave
from staffing.actions.units import move_office
from staffing.exceptions import AlreadyThere, WrongDates
from staffing.models import Membership, PlatformFunction, PlatformLink, Shift, Unit
from staffing.sheets import PlatformLine, read_platforms
from yuhu.journal.actions import Actor, record
from yuhu.kit import clock
from yuhu.kit.excel.lines import Line, Row, RowError, RowsRefused

_OFFICES = (Unit.Kind.OFFICE, Unit.Kind.TEAM)


@transaction.atomic
def load_platforms(
    *, street: Street, rows: Iterable[Row | Line], starts_on: dt.date, at: dt.datetime, actor: Actor
) -> list[Unit]:
    """From ``starts_on`` on the street has the platforms of ``rows`` (one an office); returns them.

    Raises:
        RowsRefused: faults in the rows, each named.
        WrongDates: an office moves, or a function changes hands, on that day or later already.
        AlreadyThere: the street has exactly these platforms on that day.
    """
    leaders = Unit.objects.select_for_update().get(kind=Unit.Kind.STREET, street=street)
    lines, errors = read_platforms(rows)
    offices = {unit.office_code: unit for unit in _offices(street)}
    errors += [*_unknown(lines, offices), *_misnamed(lines, street)]
    if errors:
        raise RowsRefused(errors)
    _refuse_later(street, starts_on)
    eve = starts_on - dt.timedelta(days=1)
    before = {unit.pk: unit for unit in Unit.objects.platforms(eve).filter(street=street)}
    platforms = {line.platform: _platform(leaders, line) for line in lines}
    moved = _link(lines, offices, platforms, starts_on, at, actor)
    changed = _give_functions(street, lines, platforms, starts_on)
    if not moved and not changed:
        raise AlreadyThere(_("The street has these platforms already."), field="starts_on")
    now = set(Unit.objects.platforms(starts_on).filter(street=street).values_list("pk", flat=True))
    ended = {pk: unit for pk, unit in before.items() if pk not in now}
    for old, new in _heirs(street, ended, eve, starts_on).items():
        _move_people(ended[old], new, starts_on, at, actor)
    from_then = max(clock.day_start(starts_on), at)
    dropped = Shift.objects.filter(platform__in=ended, starts_at__gte=from_then)
    data = {
        "shifts": dropped.count(),
        "starts_on": starts_on.isoformat(),
        "platforms": sorted(unit.code for unit in platforms.values()),
        "ended": sorted(unit.code for unit in ended.values()),
    }
    dropped.delete()
    record(
        kind="unit.platforms_loaded",
        subject=("unit", leaders.pk),
        at=at,
        actor=actor,
        area=street.code,
        data=data,
    )
    return list(platforms.values())


def _offices(street: Street) -> Iterable[Unit]:
    return Unit.objects.filter(street=street, kind__in=_OFFICES).select_related("street").order_by("code")


def _unknown(lines: Sequence[PlatformLine], offices: Mapping[str, Unit]) -> list[RowError]:
    """Offices that the street does not have, and those of the street that no row names."""
    text = _("The street has no office or team with this code.")
    errors = [line.fault("office", "unknown", text) for line in lines if line.office not in offices]
    for code in sorted(offices.keys() - {line.office for line in lines}):
        text = _("No row says where %(office)s belongs.") % {"office": offices[code].name}
        errors.append(RowError(1, "office_missing", text))
    return errors


def _misnamed(lines: Sequence[PlatformLine], street: Street) -> list[RowError]:
    """Codes that already mean another unit of the street."""
    known = {unit.code: unit for unit in Unit.objects.filter(street=street)}
    errors = []
    for line in {line.platform: line for line in reversed(lines)}.values():
        unit = known.get(f"{street.code}-{line.platform}")
        if unit is not None and (unit.kind, unit.name) != (Unit.Kind.PLATFORM, f"{street.name}{line.name}"):
            text = _("This code already means %(unit)s. Choose another code.") % {"unit": unit.name}
            errors.append(line.fault("platform", "other_unit", text))
    return errors


def _refuse_later(street: Street, starts_on: dt.date) -> None:
    later = {"starts_on__gte": starts_on}
    links = PlatformLink.objects.filter(office__street=street, **later)
    if links.exists() or PlatformFunction.objects.filter(street=street, **later).exists():
        message = _("The street's platforms change on this day or later already. Choose a later day.")
        raise WrongDates(message, field="starts_on")


def _platform(leaders: Unit, line: PlatformLine) -> Unit:
    """The unit of a platform; one that the street had before comes back."""
    assert leaders.street is not None
    unit, _made = Unit.objects.get_or_create(
        code=f"{leaders.street.code}-{line.platform}",
        defaults={
            "name": f"{leaders.street.name}{line.name}",
            "kind": Unit.Kind.PLATFORM,
            "office_code": line.platform,
            "street": leaders.street,
            "parent": leaders,
            "source": leaders.source,
        },
    )
    return unit


def _link(
    lines: Sequence[PlatformLine],
    offices: Mapping[str, Unit],
    platforms: Mapping[str, Unit],
    starts_on: dt.date,
    at: dt.datetime,
    actor: Actor,
) -> int:
    """Move the offices that belong elsewhere so far."""
    here = PlatformLink.objects.on(starts_on).filter(office__in=[unit.pk for unit in offices.values()])
    belongs = dict(here.values_list("office", "platform"))
    moving = [line for line in lines if belongs.get(offices[line.office].pk) != platforms[line.platform].pk]
    for line in moving:
        to = platforms[line.platform]
        move_office(office=offices[line.office], platform=to, starts_on=starts_on, at=at, actor=actor)
    return len(moving)


def _give_functions(
    street: Street, lines: Sequence[PlatformLine], platforms: Mapping[str, Unit], starts_on: dt.date
) -> int:
    rows = PlatformFunction.objects.on(starts_on).filter(street=street)
    performing = dict(rows.values_list("function", "platform"))
    given = {function: platforms[line.platform] for line in lines for function in line.functions}
    changed = {
        function: platform for function, platform in given.items() if performing.get(function) != platform.pk
    }
    PlatformFunction.objects.bulk_create(
        PlatformFunction(street=street, function=function, platform=platform, starts_on=starts_on)
        for function, platform in changed.items()
    )
    return len(changed)


def _heirs(street: Street, ended: Mapping[int, Unit], eve: dt.date, starts_on: dt.date) -> dict[int, Unit]:
    """Who follows each platform that ends: the one with its function, else the one that most of its offices went to."""
    functions = PlatformFunction.objects.filter(street=street)
    had = functions.on(eve).filter(platform__in=ended).order_by("function")
    has = {row.function: row.platform for row in functions.on(starts_on).select_related("platform")}
    heirs: dict[int, Unit] = {}
    for row in had:
        if row.function in has:
            heirs.setdefault(row.platform_id, has[row.function])
    links = PlatformLink.objects.filter(office__street=street)
    went = {row.office_id: row.platform for row in links.on(starts_on).select_related("platform")}
    for key in ended.keys() - heirs.keys():
        offices = links.on(eve).filter(platform=key).order_by("office").values_list("office", flat=True)
        most = Counter(went[office] for office in offices).most_common(1)
        if most:
            heirs[key] = most[0][0]
    return heirs


def _move_people(old: Unit, new: Unit, starts_on: dt.date, at: dt.datetime, actor: Actor) -> None:
    """Whoever has a seat in ``old`` on the day or later has the same seat in ``new`` from then on."""
    seats = Membership.objects.not_over(starts_on).filter(unit=old).select_related("user").order_by("pk")
    for seat in seats:
        begins, ends_on = max(seat.starts_on, starts_on), seat.ends_on
        if seat.starts_on < starts_on:
            leave(seat=seat, ends_on=starts_on, at=at, actor=actor)
        else:
            seat.delete()
        held = Membership.objects.not_over(begins).filter(unit=new, user=seat.user, role=seat.role)
        if held.exists():
            continue
        seat = join(unit=new, user=seat.user, role=seat.role, starts_on=begins, at=at, actor=actor)
        if ends_on is not None:
            leave(seat=seat, ends_on=ends_on, at=at, actor=actor)
