"""Report: a trouble is stored, gets its number, and waits for a receiver (前端上报)."""

import datetime as dt
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from blocks.models import Block, District
from cases.actions.base import By, journal
from cases.actions.clocks import Clocks
from cases.exceptions import DuplicateReference, NoBlockHere, PlaceMissing, UnknownCode
from cases.models import Case, CaseNumber, CaseParty, Category, Reporter
from cases.states import Step
from yuhu.journal.actions import text_digest
from yuhu.kit import clock, people, steps
from yuhu.kit.exceptions import Invalid
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
    address_alone: bool = False  # partners may send an address without a place; a person places it


def report(new: NewCase, *, by: By, at: dt.datetime) -> Case:
    """Store a case and hint that it wants to be dispatched. The same ``submission_key`` gives the same case.

    Raises:
        UnknownCode: category, block or channel do not exist or are not in use.
        NoBlockHere: the point lies outside every block.
        PlaceMissing: neither block nor both coordinates (nor an address from a partner).
        DuplicateReference: the client sent this ``external_id`` before.
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


def _category(code: str) -> Category:
    category = (
        Category.objects.usable().filter(code=code).first() if code.isascii() and code.isalnum() else None
    )
    if category is None:
        raise UnknownCode(
            _("This category does not exist. Please choose one from the list."), field="category"
        )
    return category


def _place(new: NewCase, on: dt.date) -> Block | None:
    """The block: as named, else by the point. A named block and a point must not contradict each other silently:
    the named one wins, since a person saw its name."""
    _check_point(new)
    rows = Block.objects.in_force(on).select_related("community__street")
    if new.block:
        block = rows.filter(code=new.block).first() if new.block.isdigit() else None
        if block is None:
            raise UnknownCode(_("This block does not exist. Please choose one from the list."), field="block")
        return block
    if new.longitude is None or new.latitude is None:
        if new.address_alone and new.address:
            return None
        raise PlaceMissing(field="block")
    block = rows.locate(longitude=new.longitude, latitude=new.latitude, on=on)
    if block is None:
        raise NoBlockHere(field="longitude")
    return block


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
    return number_of(district, at, CaseNumber.objects.create().pk)


def number_of(district: str, at: dt.datetime, ticket: int) -> str:
    """The number that a ticket gives on the local day of ``at``."""
    return f"{district}-{clock.local_date(at):%Y%m%d}-{ticket % 1_000_000:06d}"


def _store(new: NewCase, *, by: By, at: dt.datetime) -> Case:
    """The case and its people, its first clocks, its first entry."""
    case = _row(new, _category(new.category), _place(new, clock.local_date(at)), by=by, at=at)
    answers = case.must_rate or bool(new.reporter)
    if by.user is not None:
        CaseParty.objects.create(case=case, role=CaseParty.Role.REPORTER, user=by.user)
    if answers:
        _keep_person(case, new.reporter)
    clocks = Clocks.of_new_case(case, at)
    if answers:
        clocks.start(Step.CONTACT)
    if case.block is None:
        clocks.start(Step.DISPATCH)
    clocks.save()
    journal(case, "case.reported", by=by, at=at, **_facts(case))
    steps.nudge(DISPATCH_STEP, case.pk)
    return case


def _row(new: NewCase, category: Category, block: Block | None, *, by: By, at: dt.datetime) -> Case:
    community = block.community if block else None
    district = community.street.district_id if community else _only_district()
    programme = _programme(new, category)
    has_reporter = bool(new.reporter or new.channel in _RESIDENTS)
    return Case.objects.create(
        number=new_number(district, at),
        category=category,
        path=category.path,
        severity=category.severity,
        channel=new.channel,
        programme=programme,
        description=new.description,
        salt=secrets.token_hex(16),
        restricted=category.restricted,
        district_code=district,
        street_code=community.street_id if community else "",
        community_code=community.pk if community else "",
        block_code=block.code if block else "",
        block=block,
        longitude=new.longitude,
        latitude=new.latitude,
        address=new.address,
        reported_by=by.user,
        reported_at=at,
        waits_for_person=block is None,
        must_rate=has_reporter and category.rated and programme == Case.Programme.INSTANT_RESPONSE,
        client=new.client,
        external_id=new.external_id,
        submission_key=new.submission_key,
    )


def _facts(case: Case) -> Mapping[str, Any]:
    """What the journal keeps of a report: codes, and a digest of the text."""
    return {
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
    Reporter.objects.create(
        case=case,
        name_sealed=people.seal(person.name) if person.name else None,
        phone_sealed=people.seal(person.phone) if person.phone else None,
        phone_index=people.blind_index(person.phone) if person.phone else "",
        name_masked=people.mask_name(person.name),
        phone_masked=people.mask_phone(person.phone),
    )


def _only_district() -> str:
    code = District.objects.order_by("code").values_list("code", flat=True).first()
    if code is None:
        raise Invalid(_("No district is set up yet. Load the areas first."), code="no_district")
    return code
