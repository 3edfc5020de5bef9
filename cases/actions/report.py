"""Report: a trouble is stored, gets its number, and waits for a receiver (前端上报)."""

import datetime as dt
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet, Subquery
from django.utils.translation import gettext as _

from blocks.models import Block, District
from blocks.querysets import Place, place_of
from cases.actions.base import By, journal
from cases.actions.clocks import Clocks
from cases.exceptions import DuplicateReference, NoBlockHere, PlaceMissing, UnknownCode
from cases.models import Case, CaseNumber, CaseParty, Category, Reporter
from cases.policies import may_report
from cases.states import Step
from duties.models import CalendarVersion, TimeRules, time_rules
from yuhu.journal.actions import SYSTEM, text_digest
from yuhu.journal.models import Entry
from yuhu.kit import bulk, clock, people, steps
from yuhu.kit.compiled import Compiled
from yuhu.kit.exceptions import Forbidden, Invalid
from yuhu.kit.text import clean_text

DISPATCH_STEP = "cases.dispatch"
MAX_ADDRESS, MAX_NAME, MAX_EXTERNAL = 256, 50, 128

_RESIDENTS = frozenset({"resident", "partner", "hotline", "open311", "wecom"})


@dataclass(frozen=True)
class Person:
    """The one to answer to, in clear text only until it is sealed."""

    name: str = ""
    phone: str = ""

    def __bool__(self) -> bool:
        return bool(self.name or self.phone)


@dataclass(frozen=True)
class NewCase:
    """What somebody reports. ``block`` is a code of 14 digits; ``longitude`` and ``latitude`` are degrees."""

    category: str
    description: str
    channel: str
    block: str | None = None
    longitude: float | None = None
    latitude: float | None = None
    address: str = ""
    reporter: Person = field(default_factory=Person)
    programme: str = ""
    external_id: str = ""
    client: str = ""
    submission_key: str | None = None
    finding: int | None = None  # the key of what was found at a visit or a meeting
    unsure: bool = False  # a resident does not know the category: a duty officer decides who receives it
    address_alone: bool = False  # partners may send an address without a place; a person places it


def report(new: NewCase, *, by: By, at: dt.datetime) -> Case:
    """Store a case and hint that it wants to be dispatched. The same ``submission_key`` gives the same case.

    Raises:
        UnknownCode: category, block or channel do not exist or are not in use.
        NoBlockHere: the point lies outside every block.
        PlaceMissing: neither block nor both coordinates (nor an address from a partner).
        DuplicateReference: the client sent this ``external_id`` before.
        Forbidden: a partner's system is not bound to this category or place.
        Invalid: text too long, control characters, no phone number.
    """
    return report_once(new, by=by, at=at)[0]


def report_once(new: NewCase, *, by: By, at: dt.datetime) -> tuple[Case, bool]:
    """Like ``report``, and whether the case is new (False: the submission was stored before)."""
    checked = _check(new)
    try:
        with transaction.atomic():
            return _store(checked, by=by, at=at), True
    except IntegrityError:
        if twin := _twin(checked):
            return twin, False
        raise


def _twin(new: NewCase) -> Case | None:
    """After a unique constraint refused: the same submission gives its case, a known external number a refusal."""
    if new.submission_key and (case := Case.objects.filter(submission_key=new.submission_key).first()):
        return case
    if new.external_id and (
        case := Case.objects.filter(client=new.client, external_id=new.external_id).first()
    ):
        message = _("This external number was sent before: it is case %(number)s.") % {"number": case.number}
        raise DuplicateReference(message, field="external_id")
    return None


def _check(new: NewCase) -> NewCase:
    """Clean every text; refuse what cannot be stored."""
    reporter = Person(
        name=clean_text(new.reporter.name, field="reporter.name", min_length=0, max_length=MAX_NAME),
        phone=people.normalise_phone(new.reporter.phone, field="reporter.phone")
        if new.reporter.phone
        else "",
    )
    if new.channel not in Case.Channel.values:
        raise UnknownCode(field="channel")
    if new.programme and new.programme not in Case.Programme.values:
        raise UnknownCode(field="programme")
    return NewCase(
        **{
            **new.__dict__,
            "description": clean_text(new.description, field="description"),
            "address": clean_text(new.address, field="address", min_length=0, max_length=MAX_ADDRESS),
            "external_id": clean_text(
                new.external_id, field="external_id", min_length=0, max_length=MAX_EXTERNAL
            ),
            "submission_key": _key(new.submission_key),
            "reporter": reporter,
        }
    )


def _key(key: str | None) -> str | None:
    """A form's key, or none: an empty one would be everybody's."""
    return clean_text(key or "", field="submission_key", min_length=0, max_length=MAX_EXTERNAL) or None


@dataclass(frozen=True)
class _Ground:
    """What a report stands on: its category, its place (None: to be found by a person), calendar and limits."""

    category: Category
    place: Place | None
    rules: TimeRules


def _ground(new: NewCase, on: dt.date) -> _Ground:
    """Category, calendar and the block that was named, in one question."""
    code = new.category if new.category.isascii() and new.category.isalnum() else ""
    block = new.block if new.block and new.block.isascii() and new.block.isdigit() else ""
    found = _NAMED.objects(code=code, block=block, on=on)
    if not found:
        raise UnknownCode(
            _("This category does not exist. Please choose one from the list."), field="category"
        )
    category = found[0]
    place = _place(new, category.block_pk, on)
    return _Ground(category, place, time_rules((category.calendar_token, category.calendar_number)))


def _named(code: str, block: str, on: dt.date) -> QuerySet[Category]:
    blocks = Block.objects.in_force(on).filter(code=block).values("pk")[:1]
    return (
        Category.objects.usable()
        .filter(code=code)
        .annotate(
            block_pk=Subquery(blocks),
            calendar_token=Subquery(CalendarVersion.objects.values("token")[:1]),
            calendar_number=Subquery(CalendarVersion.objects.values("number")[:1]),
        )
    )


# Asked by every report.
_NAMED = Compiled(_named, code=str, block=str, on=dt.date)


def _place(new: NewCase, named: int | None, on: dt.date) -> Place | None:
    """The block: as named, else by the point. A named block and a point must not contradict each other silently:
    the named one wins, since a person saw its name."""
    _check_point(new)
    if new.block:
        if named is None:
            raise UnknownCode(_("This block does not exist. Please choose one from the list."), field="block")
        return place_of(named, new.block)
    if new.longitude is None or new.latitude is None:
        if new.address_alone and new.address:
            return None
        raise PlaceMissing(field="block")
    block = (
        Block.objects.in_force(on).only("code").locate(longitude=new.longitude, latitude=new.latitude, on=on)
    )
    if block is None:
        raise NoBlockHere(field="longitude")
    return place_of(block.pk, block.code)


def _check_point(new: NewCase) -> None:
    """Both coordinates or none, and on the earth: NaN and infinity are nowhere."""
    if (new.longitude is None) != (new.latitude is None):
        raise PlaceMissing(field="latitude" if new.latitude is None else "longitude")
    if new.longitude is None or new.latitude is None:
        return
    if not (-180 <= new.longitude <= 180 and -90 <= new.latitude <= 90):
        raise NoBlockHere(field="longitude")


def _programme(new: NewCase, category: Category) -> str:
    """Residents' demands fall under instant response; what staff find is a hazard, a visit's or a patrol's finding."""
    if new.programme:
        return new.programme
    if new.channel in _RESIDENTS or new.reporter:
        return Case.Programme.INSTANT_RESPONSE
    if new.channel == Case.Channel.VISIT:
        return Case.Programme.VISIT
    hazard = (category.parent_id or "") == "07"
    return Case.Programme.HAZARD if hazard else Case.Programme.PATROL


def new_number(district: str, at: dt.datetime) -> str:
    """``430302-YYYYMMDD-NNNNNN``: the last digits come from a ticket, so no two reports wait for one counter.

    A million reports on one day would wrap; the unique constraint would then refuse, loudly.
    """
    ticket = CaseNumber()
    bulk.add(ticket)
    return number_of(district, at, ticket.pk)


def number_of(district: str, at: dt.datetime, ticket: int) -> str:
    """The number that a ticket gives on the local day of ``at``."""
    return f"{district}-{clock.local_date(at):%Y%m%d}-{ticket % 1_000_000:06d}"


def _store(new: NewCase, *, by: By, at: dt.datetime) -> Case:
    """The case and its people, its first clocks, its first entry."""
    ground = _ground(new, clock.local_date(at))
    category, place = ground.category, ground.place
    _refuse_foreign(new, category, place, by=by, at=at)
    with bulk.together(CaseNumber, Case, Reporter, Entry):
        case = _row(new, category, place, by=by, at=at)
        answers = case.must_rate or bool(new.reporter)
        if by.user is not None:
            party = bulk.blank(CaseParty, case_id=case.pk, role=CaseParty.Role.REPORTER, user_id=by.user.pk)
            bulk.add(party)
        if answers or new.channel == Case.Channel.RESIDENT:
            _keep_person(case, new.reporter)  # who reports without an account gets a link in any case
        clocks = Clocks.of_new_case(case, at, ground.rules)
        if answers:
            clocks.start(Step.CONTACT)
        if case.waits_for_person:
            clocks.start(Step.DISPATCH)
        clocks.save()
        # Before the entry, which hints at the relay: where steps run here, one relay then takes in report and dispatch.
        steps.nudge(DISPATCH_STEP, case.pk)
        journal(case, "case.reported", by=by, at=at, is_new=True, **_facts(case))
    if new.unsure:
        journal(case, "case.left_to_person", by=By(user=None, actor=SYSTEM), at=at)
    return case


def _refuse_foreign(
    new: NewCase, category: Category, place: Place | None, *, by: By, at: dt.datetime
) -> None:
    """A partner's system reports within what it is bound to."""
    area = place.code if place else ""
    verdict = may_report(by.user, category=category, area=area, on=clock.local_date(at))
    if not verdict:
        given = "block" if new.block else "longitude"
        field = "category" if verdict.code == "outside_categories" else given
        raise Forbidden(verdict.reason, code=verdict.code, field=field)


def _row(new: NewCase, category: Category, place: Place | None, *, by: By, at: dt.datetime) -> Case:
    district = place.district if place else _only_district()
    programme = _programme(new, category)
    has_reporter = bool(new.reporter or new.channel in _RESIDENTS)
    case = bulk.blank(
        Case,
        number=new_number(district, at),
        path=category.path,
        severity=category.severity,
        channel=new.channel,
        programme=programme,
        description=new.description,
        salt=secrets.token_hex(16),
        restricted=category.restricted,
        district_code=district,
        street_code=place.street if place else "",
        community_code=place.community if place else "",
        block_code=place.code if place else "",
        block_id=place.pk if place else None,
        longitude=new.longitude,
        latitude=new.latitude,
        address=new.address,
        reported_at=at,
        waits_for_person=place is None or new.unsure,
        explanation=[{"code": "unsure"}] if new.unsure else [],
        must_rate=has_reporter and category.rated and programme == Case.Programme.INSTANT_RESPONSE,
        client=new.client,
        external_id=new.external_id,
        submission_key=new.submission_key,
        finding_id=new.finding,
    )
    case.category, case.reported_by = category, by.user
    bulk.add(case)
    return case


def _facts(case: Case) -> Mapping[str, Any]:
    """What the journal keeps of a report: codes, and a digest of the text."""
    found = {"finding": case.finding_id} if case.finding_id else {}
    return {
        **found,
        "to": case.state,
        "category": case.category_id,
        "channel": case.channel,
        "programme": case.programme,
        "path": case.path,
        "severity": case.severity,
        "block": case.block_code,
        "description": text_digest(case.salt, case.description),
    }


def _keep_person(case: Case, person: Person) -> None:
    reporter = Reporter(
        case=case,
        name_sealed=people.seal(person.name) if person.name else None,
        phone_sealed=people.seal(person.phone) if person.phone else None,
        phone_index=people.blind_index(person.phone) if person.phone else "",
        name_masked=people.mask_name(person.name),
        phone_masked=people.mask_phone(person.phone),
        key_mark=people.key_mark(),
    )
    bulk.add(reporter)


def _only_district() -> str:
    code = District.objects.order_by("code").values_list("code", flat=True).first()
    if code is None:
        raise Invalid(_("No district is set up yet. Load the areas first."), code="no_district")
    return code
