"""What every verb of a whistle needs: locked rows, the policy asked again, notes, entries, and the departments' sight.

A called department sees the case while the whistle lasts (``CaseParty`` with the role ``co``).
"""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from cases.actions.base import By, digest_of, journal, locked, write_note
from cases.exceptions import NotYourMove, WhistleMovedOn
from cases.models import Case, CaseParty, Note, Whistle, WhistleCall
from cases.policies.whistles import WhistleLook, may_act
from staffing.models import Unit
from yuhu.kit.text import clean_text

LONGEST = 2000
MOST_DEPARTMENTS = 12


@dataclass
class Acting:
    """One verb under way, on rows that are locked until the transaction ends."""

    verb: str
    whistle: Whistle
    by: By
    at: dt.datetime
    call: WhistleCall | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def case(self) -> Case:
        return self.whistle.case

    @property
    def called(self) -> WhistleCall:
        assert self.call is not None
        return self.call

    def keep(self, name: str, text: str, *, required: bool = True) -> Note | None:
        """Keep what somebody wrote in an erasable row; the entry gets its key and digest."""
        clean = clean_text(text, field=name, min_length=int(required), max_length=LONGEST)
        if not clean:
            return None
        note = write_note(
            self.case, move=f"whistle-{self.verb}", field=name, text=clean, by=self.by, at=self.at
        )
        self.facts[name] = digest_of(note)
        return note

    def tell(self, event: str, **more: Any) -> None:
        """Journal on the case, so that its timeline tells it. ``departments``: codes of those whom it is about."""
        about: dict[str, Any] = {"whistle": self.whistle.pk, "no": self.whistle.no}
        if self.call is not None:
            about["departments"] = [self.call.unit.code]
        journal(self.case, event, by=self.by, at=self.at, **about, **self.facts, **more)


def begin(verb: str, whistle: Whistle, *, by: By, at: dt.datetime, call: WhistleCall | None = None) -> Acting:
    """Lock case, whistle and call, and ask whether this person may do it as they stand now.

    Raises:
        WhistleMovedOn: the state does not allow it; somebody may have been faster.
        NotYourMove: the person, or what else must hold, forbids it, with the reason.
    """
    case = locked(whistle.case_id)
    row = Whistle.objects.select_for_update().get(pk=whistle.pk)
    row.case = case
    called = None
    if call is not None:
        called = WhistleCall.objects.select_for_update(of=("self",)).select_related("unit").get(pk=call.pk)
        called.whistle = row
    verdict = may_act(verb, WhistleLook(row, by.user, at, called))
    if not verdict:
        refused = WhistleMovedOn if verdict.code == "state" else NotYourMove
        raise refused(verdict.reason, code=verdict.code)
    return Acting(verb, row, by, at, called)


def open_case(call: WhistleCall) -> None:
    """The called department sees the case from now on; whether it helps besides is remembered for the end."""
    case, role = call.whistle.case, CaseParty.Role.CO
    _party, is_new = CaseParty.objects.get_or_create(case=case, role=role, unit=call.unit)
    before = _opening(case).filter(unit=call.unit, opened_case=True)
    call.opened_case = is_new or before.exists()


def close_case(case: Case, calls: Iterable[WhistleCall]) -> None:
    """What the calls had opened is closed again; who helps, or is called by another whistle, goes on to see it."""
    units = [call.unit_id for call in calls if call.opened_case]
    rows = CaseParty.objects.filter(case=case, role=CaseParty.Role.CO, unit__in=units)
    rows.exclude(unit__in=_opening(case).values("unit")).delete()


def keep_open(case: Case, helping: Collection[Unit]) -> list[Unit]:
    """Departments that a whistle has called: whoever gets the case, they go on to see it.

    Those among ``helping`` see it also after the whistle, the others no longer.
    """
    calls = _opening(case)
    units = [call.unit for call in calls.select_related("unit").order_by("pk")]
    if units:
        calls.filter(unit__in=helping).update(opened_case=False)
        calls.exclude(unit__in=helping).update(opened_case=True)
    return units


def _opening(case: Case) -> QuerySet[WhistleCall]:
    return WhistleCall.objects.opening().filter(whistle__case=case)


def active_calls(whistle: Whistle) -> list[WhistleCall]:
    """Those that were called and not withdrawn, in the order of calling."""
    rows = whistle.calls.filter(called_at__isnull=False).exclude(state=WhistleCall.State.WITHDRAWN)
    return list(rows.select_related("unit").order_by("pk"))


def codes(calls: Iterable[WhistleCall]) -> list[str]:
    return [call.unit.code for call in calls]


def deciding_units(case: Case, *, district: bool = False) -> list[str]:
    """Codes of the street (or the district), for notices to those who lead it."""
    kind = Unit.Kind.DISTRICT if district else Unit.Kind.STREET
    where = {"district": case.district_code} if district else {"street": case.street_code}
    return list(Unit.objects.filter(kind=kind, **where).values_list("code", flat=True))


def end_running(case: Case, *, by: By, at: dt.datetime) -> None:
    """The case ends: so does its running whistle. Called under the lock of the case by whoever ends it."""
    whistle = Whistle.objects.select_for_update().running().filter(case=case).first()
    if whistle is None:
        return
    whistle.case = case
    end(Acting("end", whistle, by, at), state=Whistle.State.ENDED, event="case.whistle_ended", with_case=True)


def end(acting: Acting, *, state: str, event: str, **more: Any) -> None:
    """The whistle ends before it was cleared: nobody owes anything, and the departments see the case no longer."""
    whistle, calls = acting.whistle, active_calls(acting.whistle)
    whistle.state, whistle.ended_at = state, acting.at
    whistle.save()
    close_case(acting.case, calls)
    asker = [whistle.asked_by_id]
    acting.tell(event, departments=codes(calls), units=codes(calls), tell=asker, **more)
