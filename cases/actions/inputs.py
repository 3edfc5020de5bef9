"""Reads the fields of a move as the table declares them: strict types in, rows out, one refusal per mistake.

Doors hand in plain values (JSON types; keys of rows as strings or numbers). A number is no string here.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from blocks.models import Block
from cases.exceptions import Missing, UnknownCode
from cases.models import Attachment, Case
from cases.states import MOVES, Field, Kind
from duties.models import DutyItem
from staffing.models import Unit, User
from yuhu.kit import clock
from yuhu.kit.exceptions import Invalid
from yuhu.kit.text import clean_text, has_control

EARLIEST, LATEST = dt.datetime(1900, 1, 1, tzinfo=dt.UTC), dt.datetime(2200, 1, 1, tzinfo=dt.UTC)


def read_fields(case: Case, name: str, data: Mapping[str, Any], at: dt.datetime) -> dict[str, Any]:
    """The values of move ``name``: every declared field is a key; what was not given is None (or an empty list).

    Raises:
        Invalid: a missing, unknown or unfit value; ``field`` names it.
    """
    move = MOVES[name]
    known = {field.name for field in move.fields}
    for key in data:
        if key not in known:
            raise Invalid(_("This move has no such field."), code="unknown_field", field=str(key)[:50])
    values = {field.name: _read(case, field, data.get(field.name), at) for field in move.fields}
    for field in move.fields:
        if field.required and values[field.name] in (None, ""):
            raise Missing(field=field.name)
    return values


def _read(case: Case, field: Field, value: Any, at: dt.datetime) -> Any:
    if value is None or value == "":
        return [] if field.kind in (Kind.UNITS, Kind.ATTACHMENTS) else None
    if field.kind is not Kind.TEXT and any(isinstance(one, str) and has_control(one) for one in _flat(value)):
        raise UnknownCode(field=field.name)
    return _READERS[field.kind](case, field, value, at)


def _flat(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list | tuple) else (value,)


def _text(case: Case, field: Field, value: Any, at: dt.datetime) -> str:
    return clean_text(value, field=field.name, min_length=int(field.required))


def _bool(case: Case, field: Field, value: Any, at: dt.datetime) -> bool:
    if not isinstance(value, bool):
        raise Invalid(_("Please answer yes or no."), code="not_boolean", field=field.name)
    return value


def _moment(case: Case, field: Field, value: Any, at: dt.datetime) -> dt.datetime:
    """A moment in the future; a bare date means the end of that local day."""
    moment = value if isinstance(value, dt.datetime) else _parse(value, field)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=clock.LOCAL)
    if not EARLIEST <= moment <= LATEST:
        raise Invalid(
            _("This date is not possible. Please check the year."), code="date_range", field=field.name
        )
    if moment <= at:
        raise Invalid(_("Please give a time in the future."), code="past", field=field.name)
    return moment.astimezone(dt.UTC)


def _parse(value: Any, field: Field) -> dt.datetime:
    text = value.isoformat() if isinstance(value, dt.date) else value
    try:
        if isinstance(text, str) and len(text) <= 40:
            moment = parse_datetime(text)
            if moment is not None and len(text) > len("2026-11-30"):
                return moment
            if day := parse_date(text):
                return dt.datetime.combine(day, dt.time(23, 59, 59), tzinfo=clock.LOCAL)
    except (ValueError, OverflowError):
        pass
    raise Invalid(_("This is not a date. Write it like 2026-11-30."), code="not_a_date", field=field.name)


def _choice(case: Case, field: Field, value: Any, at: dt.datetime) -> str:
    if not isinstance(value, str) or value not in dict(field.choices):
        raise UnknownCode(field=field.name)
    return value


def _unit(case: Case, field: Field, value: Any, at: dt.datetime) -> Unit:
    """By code (partners) or key (pages)."""
    rows = Unit.objects.select_related("street")
    found = rows.filter(code=value).first() if isinstance(value, str) and not _is_key(value) else None
    if found is None and _is_key(value):
        found = rows.filter(code=str(value)).first() or rows.filter(pk=int(value)).first()
    if found is None:
        raise UnknownCode(_("This unit does not exist."), field=field.name)
    return found


def _units(case: Case, field: Field, value: Any, at: dt.datetime) -> list[Unit]:
    if not isinstance(value, list | tuple) or len(value) > 20:
        raise Invalid(_("Please give a list."), code="not_a_list", field=field.name)
    return [_unit(case, field, one, at) for one in value]


def _person(case: Case, field: Field, value: Any, at: dt.datetime) -> User:
    rows = User.objects.people().filter(is_active=True)
    found: User | None = rows.filter(username=value).first() if isinstance(value, str) else None
    if found is None and _is_key(value):
        found = rows.filter(pk=int(value)).first()
    if found is None:
        raise UnknownCode(_("This person does not exist."), field=field.name)
    return found


def _item(case: Case, field: Field, value: Any, at: dt.datetime) -> DutyItem:
    found = (
        DutyItem.objects.in_force(clock.local_date(at)).filter(code=value).first()
        if isinstance(value, str)
        else None
    )
    if found is None:
        raise UnknownCode(_("This item is not on a published list."), field=field.name)
    return found


def _block(case: Case, field: Field, value: Any, at: dt.datetime) -> Block:
    rows = Block.objects.in_force(clock.local_date(at)).select_related("community__street")
    found = rows.filter(code=value).first() if isinstance(value, str) and value.isdigit() else None
    if found is None:
        raise UnknownCode(_("This block does not exist. Please choose one from the list."), field=field.name)
    return found


def _case(case: Case, field: Field, value: Any, at: dt.datetime) -> Case:
    found = Case.objects.filter(number=value).first() if isinstance(value, str) else None
    if found is None or found.pk == case.pk:
        raise UnknownCode(_("There is no other case with this number."), field=field.name)
    return found


def _attachments(case: Case, field: Field, value: Any, at: dt.datetime) -> list[Attachment]:
    """Photos that were uploaded to this case before."""
    if not isinstance(value, list | tuple) or len(value) > 20 or not all(_is_key(one) for one in value):
        raise Invalid(_("Please give a list."), code="not_a_list", field=field.name)
    found = list(case.attachments.filter(pk__in=[int(one) for one in value]))
    if len(found) != len({int(one) for one in value}):
        raise UnknownCode(
            _("This photo does not belong to the case. Upload it to the case first."), field=field.name
        )
    return found


def _is_key(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    if isinstance(value, int):
        return 0 < value < 2**62
    return isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19


_READERS: dict[Kind, Callable[[Case, Field, Any, dt.datetime], Any]] = {
    Kind.TEXT: _text,
    Kind.BOOL: _bool,
    Kind.DATE: _moment,
    Kind.TIME: _moment,
    Kind.CHOICE: _choice,
    Kind.UNIT: _unit,
    Kind.UNITS: _units,
    Kind.PERSON: _person,
    Kind.ITEM: _item,
    Kind.BLOCK: _block,
    Kind.CASE: _case,
    Kind.ATTACHMENTS: _attachments,
}
