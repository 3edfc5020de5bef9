"""Units from the reference files: departments, and for each street its leaders, platforms, offices, teams, communities.

Safe to run again: what exists is left alone. Another version with four centres works by data alone, since the
link from office to platform is a dated row.
"""

import csv
import datetime as dt
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from blocks.models import Community, District, Street
from staffing.exceptions import AlreadyThere, WrongUnit
from staffing.models import PlatformLink, Unit
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
    for row in _rows("offices_platforms.csv"):
        code = row["platform_code"]
        if code not in platforms:
            platforms[code] = _unit(street, code, row["platform_zh"], Unit.Kind.PLATFORM, leaders, "article")
        kind = Unit.Kind.TEAM if row["row_type"] == "enforcement_team" else Unit.Kind.OFFICE
        office = _unit(street, row["office_code"], row["office_zh"], kind, leaders, row["source"])
        PlatformLink.objects.get_or_create(
            office=office, starts_on=starts_on, defaults={"platform": platforms[code]}
        )
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
