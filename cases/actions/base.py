"""What every verb of the loop needs: the locked case, its notes, its parties, its journal entries."""

import datetime as dt
import secrets
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from cases.exceptions import NoSuchCase
from cases.models import Case, CaseParty, Note
from staffing.models import Unit, User
from yuhu.journal.actions import Actor, record, text_digest
from yuhu.kit.text import has_control


@dataclass(frozen=True)
class By:
    """Who acts: the person (None for automatic steps and for the reporter's link) and the name for the journal."""

    user: User | None
    actor: Actor


def locked(case_id: int) -> Case:
    """The case, locked until the transaction ends, with what every move reads. Rebind your variable to it.

    Raises:
        NoSuchCase: it does not exist.
    """
    rows = Case.objects.select_for_update(of=("self",)).select_related(
        "category", "assignee", "lead_unit", "block"
    )
    try:
        return rows.get(pk=case_id)
    except Case.DoesNotExist:
        raise NoSuchCase from None


def lock_together(case_id: int, number: object) -> None:
    """Lock the case and the one with ``number`` in the order of their keys: two people who merge them into each
    other stand in line instead of in each other's way."""
    if isinstance(number, str) and not has_control(number):
        pair = Case.objects.select_for_update().filter(Q(pk=case_id) | Q(number=number))
        list(pair.order_by("pk").values_list("pk"))


def write_note(case: Case, *, move: str, field: str, text: str, by: By, at: dt.datetime) -> Note:
    """Keep what a person wrote in an erasable row."""
    return Note.objects.create(
        case=case,
        move=move,
        field=field,
        text=text,
        salt=secrets.token_hex(16),
        written_by=by.user,
        written_at=at,
    )


def digest_of(note: Note) -> dict[str, Any]:
    """What the journal keeps of a note: its key and a salted digest, never the text."""
    return {"note": note.pk, "digest": text_digest(note.salt, note.text)}


def set_party(case: Case, role: str, *, user: User | None = None, unit: Unit | None = None) -> None:
    """The one party of this role is now ``user`` or ``unit``; older ones of the role stay visible to nobody else."""
    CaseParty.objects.filter(case=case, role=role).delete()
    add_party(case, role, user=user, unit=unit)


def add_party(case: Case, role: str, *, user: User | None = None, unit: Unit | None = None) -> None:
    """One more party."""
    if user is not None or unit is not None:
        CaseParty.objects.get_or_create(case=case, role=role, user=user, unit=unit)


def subject_area(case: Case) -> str:
    """The area that opens the case's journal entries; none opens those of a restricted case."""
    return "" if case.restricted else case.area


def journal(case: Case, kind: str, *, by: By, at: dt.datetime, **data: Any) -> None:
    """Record what happened to the case, in the caller's transaction. No area opens the journal of a restricted case."""
    record(
        kind=kind, subject=("case", case.number), at=at, actor=by.actor, area=subject_area(case), data=data
    )
