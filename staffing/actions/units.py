"""Units from the reference files: departments, and for each street its leaders, platforms, offices, teams, communities.

Safe to run again: what exists is left alone. Leaves to others: another version of the platforms (``platforms``).
"""

import csv
import datetime as dt
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from blocks.models import Community, District, Street
from staffing.exceptions import AlreadyThere, WrongUnit
from staffing.models import PlatformFunction, PlatformLink, Unit
from yuhu.journal.actions import Actor, record

DATA = Path(__file__).resolve().parent.parent / "data"
DISTRICT_UNIT_NAME = "{name}治理指挥中心"
STREET_UNIT_NAME = "{name}党工委、办事处"


@transaction.atomic
def load_units(*, district: District, starts_on: dt.date, at: dt.datetime, actor: Actor) -> int:
    """The whole tree of the district. Returns how many units are new."""
    before = Unit.objects.count()
    top, _made = Unit.objects.get_or_create(
        code=district.code,
        defaults={
            "name": DISTRICT_UNIT_NAME.format(name=district.name),
            "kind": Unit.Kind.DISTRICT,
            "district": district,
            "source": "demo",
        },
    )
    load_departments(district=district, parent=top)
    for street in Street.objects.filter(district=district).order_by("code"):
        load_street_units(street=street, parent=top, starts_on=starts_on)
    made = Unit.objects.count() - before
    if made:
        data = {"made": made, "starts_on": starts_on.isoformat()}
        record(
            kind="unit.loaded",
            subject=("district", district.code),
            at=at,
            actor=actor,
            area=district.code,
            data=data,
        )
    return made


def load_departments(*, district: District, parent: Unit) -> None:
    """District departments and the city's branches that work here."""
    for row in _rows("departments.csv"):
        Unit.objects.get_or_create(
            code=f"{district.code}-{row['code']}",
            defaults={
                "name": row["name_zh"],
                "kind": Unit.Kind.DEPARTMENT,
                "district": district,
                "parent": parent,
                "source": row["source"],
            },
        )


def load_street_units(*, street: Street, parent: Unit, starts_on: dt.date) -> None:
    """One street: its leaders, its platforms, the offices and teams in them, its communities."""
    leaders, _made = Unit.objects.get_or_create(
        code=street.code,
        defaults={
            "name": STREET_UNIT_NAME.format(name=street.name),
            "kind": Unit.Kind.STREET,
            "street": street,
            "parent": parent,
            "source": "standard",
        },
    )
    platforms: dict[str, Unit] = {}
    functions: dict[str, Unit] = {}
    for row in _rows("offices_platforms.csv"):
        code = row["platform_code"]
        if code not in platforms:
            platforms[code] = _unit(street, code, row["platform_zh"], Unit.Kind.PLATFORM, leaders, "article")
            functions |= dict.fromkeys(row["platform_functions"].split(), platforms[code])
        kind = Unit.Kind.TEAM if row["row_type"] == "enforcement_team" else Unit.Kind.OFFICE
        office = _unit(street, row["office_code"], row["office_zh"], kind, leaders, row["source"])
        if row["home_department_code"] and office.home_department_id is None:
            _give_home(office, row["home_department_code"], parent)
        # An office that moved since stays where it is, whatever day this is run for.
        if not PlatformLink.objects.filter(office=office).exists():
            PlatformLink.objects.create(office=office, platform=platforms[code], starts_on=starts_on)
    _give_functions(street, functions, starts_on)
    for community in Community.objects.filter(street=street):
        Unit.objects.get_or_create(
            code=community.code,
            defaults={
                "name": community.name,
                "kind": Unit.Kind.COMMUNITY,
                "community": community,
                "street": street,
                "parent": leaders,
                "source": community.source,
            },
        )


def _give_home(team: Unit, department: str, district: Unit) -> None:
    """The department from which a posted team comes, if it is known here."""
    team.home_department = Unit.objects.filter(code=f"{district.code}-{department}").first()
    team.save(update_fields=["home_department"])


def _give_functions(street: Street, functions: dict[str, Unit], starts_on: dt.date) -> None:
    """What no platform of the street does yet; from the day on which the platform got its first office."""
    known = set(PlatformFunction.objects.filter(street=street).values_list("function", flat=True))
    for function, platform in functions.items():
        if function not in known:
            first = PlatformLink.objects.filter(platform=platform).order_by("starts_on").first()
            PlatformFunction.objects.create(
                street=street,
                function=function,
                platform=platform,
                starts_on=first.starts_on if first else starts_on,
            )


@transaction.atomic
def move_office(
    *, office: Unit, platform: Unit, starts_on: dt.date, at: dt.datetime, actor: Actor
) -> PlatformLink:
    """From ``starts_on`` on, ``office`` belongs to ``platform``.

    Raises:
        WrongUnit: no office or team and platform of one and the same street.
        AlreadyThere: something else begins on this day, or it belongs there already.
    """
    office = Unit.objects.select_for_update().get(pk=office.pk)
    if office.kind not in (Unit.Kind.OFFICE, Unit.Kind.TEAM):
        raise WrongUnit(field="office")
    if platform.kind != Unit.Kind.PLATFORM or platform.street_id != office.street_id:
        raise WrongUnit(_("Choose a platform of the same street."), field="platform")
    links = PlatformLink.objects.filter(office=office)
    if links.filter(starts_on=starts_on).exists() or links.on(starts_on).filter(platform=platform).exists():
        raise AlreadyThere(field="starts_on")
    link = PlatformLink.objects.create(office=office, platform=platform, starts_on=starts_on)
    data = {"office": office.code, "platform": platform.code, "starts_on": starts_on.isoformat()}
    record(
        kind="unit.office_moved", subject=("unit", office.pk), at=at, actor=actor, area=office.area, data=data
    )
    return link


def _unit(street: Street, code: str, name: str, kind: str, parent: Unit, source: str) -> Unit:
    unit, _made = Unit.objects.get_or_create(
        code=f"{street.code}-{code}",
        defaults={
            "name": f"{street.name}{name}",
            "kind": kind,
            "office_code": code,
            "street": street,
            "parent": parent,
            "source": source,
        },
    )
    return unit


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))
