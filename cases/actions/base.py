"""What every verb of the loop needs: the locked case, its notes, its parties, its journal entries."""

import datetime as dt
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from cases.exceptions import NoSuchCase
from cases.models import Attachment, Case, CaseParty, Note, PhotoDraft
from staffing.models import Unit, User
from yuhu.journal.actions import Actor, record, text_digest
from yuhu.kit import bulk
from yuhu.kit.compiled import Compiled
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
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a case is locked in the transaction that changes it")
    found = _LOCKED.objects(pk=case_id)
    if not found:
        raise NoSuchCase
    case: Case = found[0]
    return case


def _locked(pk: int) -> QuerySet[Case]:
    rows = Case.objects.select_for_update(of=("self",)).filter(pk=pk)
    return rows.select_related("category", "assignee", "lead_unit", "block")


# Asked by every move and every automatic step.
_LOCKED = Compiled(_locked, pk=int)


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


def delete_with_files(rows: Iterable[Attachment | PhotoDraft]) -> list[int]:
    """Rows first, files after the commit: a file without a row harms nobody, a row without its file would.

    Returns the keys of what was there.
    """
    gone = list(rows)
    for row in gone:
        for stored in (row.file, row.thumbnail):
            assert stored.name is not None
            transaction.on_commit(partial(stored.storage.delete, stored.name), robust=True)
    keys = [row.pk for row in gone]
    for model in {type(row) for row in gone}:
        model._default_manager.filter(pk__in=keys).delete()
    return keys


def set_parties(case: Case, holders: Mapping[str, Sequence[User | Unit | None]]) -> None:
    """The parties of these roles are now these, each once; older ones stay visible to nobody else."""
    CaseParty.objects.filter(case=case, role__in=list(holders)).delete()
    for role, parties in holders.items():
        for party in dict.fromkeys(one for one in parties if one is not None):
            kind = "user" if isinstance(party, User) else "unit"
            bulk.add(CaseParty(case=case, role=role, **{kind: party}))


def add_party(case: Case, role: str, *, user: User | None = None, unit: Unit | None = None) -> None:
    """One more party."""
    if user is not None or unit is not None:
        CaseParty.objects.get_or_create(case=case, role=role, user=user, unit=unit)


def subject_area(case: Case) -> str:
    """The area that opens the case's journal entries; none opens those of a restricted case."""
    return "" if case.restricted else case.area


def journal(case: Case, kind: str, *, by: By, at: dt.datetime, is_new: bool = False, **data: Any) -> None:
    """Record what happened to the case, in the caller's transaction. No area opens the journal of a restricted case."""
    record(
        kind=kind,
        subject=("case", case.number),
        at=at,
        actor=by.actor,
        area=subject_area(case),
        data=data,
        first=is_new,
    )
