"""One case from report to its end, in memory, for bulk writing (``history``)."""

import datetime as dt
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Model

from blocks.models import Block
from cases.actions.handling import handling_seconds
from cases.actions.history.clocks import LifeClocks
from cases.actions.history.surroundings import Surroundings
from cases.actions.report import Person, number_of
from cases.exceptions import WrongState
from cases.models import (
    Case,
    CaseNumber,
    CaseParty,
    Evaluation,
    Note,
    Rating,
    Reporter,
    WorkOrder,
)
from cases.states import MOVES, State, Step
from staffing.models import Unit, User
from yuhu.journal.actions import SYSTEM, Actor, Draft, text_digest
from yuhu.kit import bulk, people

if TYPE_CHECKING:
    from cases.actions.history.sheet import Sheet


@dataclass
class Plan:
    """What shall happen to one case; moments are aware and in order."""

    category: str
    block: Block
    channel: str
    programme: str
    description: str
    result: str
    reported_at: dt.datetime
    dispatched_at: dt.datetime
    signed_at: dt.datetime
    handled_at: dt.datetime
    evaluated_at: dt.datetime
    person: Person = field(default_factory=Person)
    contacted_at: dt.datetime | None = None
    rework: str = ""
    reworked_at: dt.datetime | None = None
    passed_at: dt.datetime | None = None
    rating: tuple[str, str] | None = None
    rated_at: dt.datetime | None = None
    address: str = ""
    longitude: float | None = None
    latitude: float | None = None
    source: str = "demo"


class Life:
    """Runs a plan through the table and hands its rows and journal drafts to the sheet."""

    def __init__(self, plan: Plan, around: Surroundings, sheet: "Sheet") -> None:
        self.plan, self.around, self.sheet = plan, around, sheet
        self.category = around.categories[plan.category]
        self.clocks = LifeClocks(self)
        self.order: WorkOrder | None = None
        self.holder: User | None = None
        self.lead: Unit | None = None
        self.evaluator = around.supervisor(plan.block)
        self.known_parties: set[tuple[str, int | None, int | None]] = set()
        self.case = self._case()

    def run(self) -> None:
        """Report to end."""
        plan = self.plan
        self._report()
        self._dispatch(plan.dispatched_at)
        first = plan.contacted_at is not None and plan.contacted_at < plan.signed_at
        if plan.contacted_at is not None and first:
            self._contact(plan.contacted_at)
        self._sign(plan.signed_at)
        if plan.contacted_at is not None and not first:
            self._contact(plan.contacted_at)
        self._hand_back(plan.handled_at, plan.result)
        if plan.rework and plan.reworked_at and plan.passed_at:
            self._evaluate(plan.evaluated_at, effective=False, comment=plan.rework)
            self._hand_back(plan.reworked_at, plan.result)
            self._evaluate(plan.passed_at, effective=True)
        else:
            self._evaluate(plan.evaluated_at, effective=True)
        if self.case.state == State.EVALUATED:
            self._answer()
        self.sheet.add(self.case)
        self.clocks.keep()

    # --- the moves ---------------------------------------------------------------------------------

    def _report(self) -> None:
        plan, case, at = self.plan, self.case, self.plan.reported_at
        if plan.person:
            self.keep(
                bulk.blank(
                    Reporter,
                    case_id=case.id,
                    name_sealed=people.seal(plan.person.name) if plan.person.name else None,
                    phone_sealed=people.seal(plan.person.phone) if plan.person.phone else None,
                    phone_index=people.blind_index(plan.person.phone) if plan.person.phone else "",
                    name_masked=people.mask_name(plan.person.name),
                    phone_masked=people.mask_phone(plan.person.phone),
                    key_mark=people.key_mark(),
                )
            )
            self.clocks.start(Step.CONTACT, at)
        self.party(CaseParty.Role.REPORTER, user=self.finder)
        self.say(
            "case.reported",
            at,
            self._actor(self.finder),
            to=State.REPORTED.value,
            category=case.category_id,
            channel=case.channel,
            programme=case.programme,
            path=case.path,
            severity=case.severity,
            block=case.block_code,
            description=text_digest(case.salt, case.description),
        )

    def _dispatch(self, at: dt.datetime) -> None:
        case = self.case
        decision = self.around.decision(self.category, self.plan.block)
        case.explanation = decision.explanation
        receiver: User | None = None
        if decision.assignee is not None:
            seats = self.around.seats[self.plan.block.pk]
            self.holder = receiver = seats.get("acting_governor") or seats.get("governor")
            case.assignee_id = receiver.pk if receiver else None
        elif decision.lead is not None:
            self.lead = self._unit(decision.lead.unit_id)
            case.lead_unit_id = self.lead.pk
            staff = self.around.members.get(decision.lead.unit_id, [])
            self.holder = staff[-1] if staff else None
        item = self.around.items[self.category.duty_item_code]
        case.duty_item_id = item.pk
        case.dispatched_at = at
        co_units = [self._unit(place.unit_id) for place in decision.co_units]
        self.party(CaseParty.Role.ASSIGNEE, user=receiver)
        self.party(CaseParty.Role.LEAD, unit=self.lead)
        for unit in co_units:
            self.party(CaseParty.Role.CO, unit=unit)
        self._new_order(at)
        self.clocks.start(Step.SIGN, at)
        handle = self.clocks.start(Step.HANDLE, at)
        self._go(
            "dispatch",
            State.DISPATCHED,
            at,
            SYSTEM,
            order=1,
            assignee=case.assignee_id,
            unit=self.lead.code if self.lead else None,
            co_units=[unit.code for unit in co_units],
            item=item.code,
            due_at=handle.due_at,
            why=[str(step["code"]) for step in decision.explanation],
        )

    def _contact(self, at: dt.datetime) -> None:
        self.clocks.tick(at)
        self.clocks.meet(Step.CONTACT, at)
        self.case.contacted_at = at
        self.case.version += 1
        self.say("case.contacted", at, self._actor(self.holder), channel="phone")

    def _sign(self, at: dt.datetime) -> None:
        self.clocks.tick(at)
        assert self.order is not None
        self.order.signed_by_id, self.order.signed_at = _key(self.holder), at
        self.clocks.meet(Step.SIGN, at)
        self._go("sign", State.IN_PROGRESS, at, self._actor(self.holder), order=self.order.no)

    def _hand_back(self, at: dt.datetime, result: str) -> None:
        self.clocks.tick(at)
        case, order = self.case, self.order
        assert order is not None
        note = self._note("hand-back", "result", result, self.holder, at)
        order.handed_back_by_id, order.handed_back_at = _key(self.holder), at
        order.result_id, order.ended_at, order.end = note.id, at, WorkOrder.End.DONE
        self.clocks.stand(Step.HANDLE, at)
        case.handled_at = at
        case.evaluator_id = _key(self.evaluator)
        self.party(CaseParty.Role.EVALUATOR, user=self.evaluator)
        self.clocks.start(Step.EVALUATE, at)
        self._go(
            "hand-back",
            State.HANDLED,
            at,
            self._actor(self.holder),
            result=self._digest(note),
            order=order.no,
            photos=[],
            evaluator=case.evaluator_id,
            evaluator_unit=None,
        )

    def _evaluate(self, at: dt.datetime, *, effective: bool, comment: str = "") -> None:
        self.clocks.tick(at)
        case, order = self.case, self.order
        assert order is not None
        assert self.evaluator is not None
        note = self._note("evaluate", "comment", comment, self.evaluator, at) if comment else None
        self.keep(
            bulk.blank(
                Evaluation,
                case_id=case.id,
                order_id=order.id,
                evaluator_id=self.evaluator.pk,
                handled_by_id=order.handed_back_by_id,
                effective=effective,
                comment_id=note.id if note else None,
                at=at,
            )
        )
        self.clocks.meet(Step.EVALUATE, at)
        case.evaluated_at = at
        facts: dict[str, Any] = {"comment": self._digest(note)} if note else {}
        facts |= {"effective": effective, "order": order.no}
        actor = self._actor(self.evaluator)
        if not effective:
            self._rework(at)
            self._go("evaluate", State.IN_PROGRESS, at, actor, **facts)
            return
        case.handling_seconds = handling_seconds(
            case, handle=None, requests=(), calendar=self.clocks.calendar
        )
        self.clocks.meet(Step.HANDLE, case.handled_at or at)
        self.clocks.end(Step.CONTACT, at)
        if case.must_rate:
            self.clocks.start(Step.RATE, at)
            self._go("evaluate", State.EVALUATED, at, actor, **facts)
        else:
            case.closed_at = at
            self.clocks.end_all(at)
            self._go("evaluate", State.CLOSED, at, actor, **facts)

    def _rework(self, at: dt.datetime) -> None:
        last = self.order
        assert last is not None
        self._new_order(at)
        assert self.order is not None
        self.order.signed_by_id, self.order.signed_at = last.signed_by_id, at
        self.clocks.go_on(Step.HANDLE, at)

    def _answer(self) -> None:
        """Rated in time, or closed when the time to rate has passed."""
        plan, case, due = self.plan, self.case, self.clocks.rows[Step.RATE].due_at
        if plan.rating is None or plan.rated_at is None:
            case.closed_at = at = due + dt.timedelta(seconds=2)
            case.end_code = "not_rated"
            self.clocks.end_all(at)
            self._go("close", State.CLOSED, at, SYSTEM)
            return
        at = min(plan.rated_at, due)
        solved, satisfaction = plan.rating
        self.keep(bulk.blank(Rating, case_id=case.id, solved=solved, satisfaction=satisfaction, at=at))
        self.clocks.meet(Step.RATE, at)
        self.clocks.end_all(at)
        case.closed_at, case.end_code = at, "rated"
        actor = Actor(id=None, name="", post="reporter")
        self._go("rate", State.CLOSED, at, actor, solved=solved, satisfaction=satisfaction)

    # --- rows --------------------------------------------------------------------------------------

    def _case(self) -> Case:
        plan, category = self.plan, self.category
        ticket = self.sheet.key(CaseNumber)
        self.sheet.add(bulk.blank(CaseNumber, id=ticket))
        community = plan.block.community
        staff = plan.channel in ("governor", "assistant", "supervisor", "visit", "desk")
        self.finder = self.around.seats.get(plan.block.pk, {}).get("governor") if staff else None
        return bulk.blank(
            Case,
            id=self.sheet.key(Case),
            number=number_of(community.street.district_id, plan.reported_at, ticket),
            category_id=category.pk,
            path=category.path,
            severity=category.severity,
            channel=plan.channel,
            programme=plan.programme,
            description=plan.description,
            salt=secrets.token_hex(16),
            restricted=category.restricted,
            district_code=community.street.district_id,
            street_code=community.street_id,
            community_code=community.pk,
            block_code=plan.block.code,
            block_id=plan.block.pk,
            longitude=plan.longitude,
            latitude=plan.latitude,
            address=plan.address,
            reported_by_id=_key(self.finder),
            reported_at=plan.reported_at,
            must_rate=plan.programme == Case.Programme.INSTANT_RESPONSE
            and category.rated
            and bool(plan.person),
            source=plan.source,
        )

    def _new_order(self, at: dt.datetime) -> None:
        case, last = self.case, self.order
        self.order = bulk.blank(
            WorkOrder,
            case_id=case.id,
            no=last.no + 1 if last else 1,
            unit_id=case.lead_unit_id,
            user_id=case.assignee_id,
            sent_at=at,
        )
        self.keep(self.order)

    def _note(self, move: str, name: str, text: str, by: User | None, at: dt.datetime) -> Note:
        note = bulk.blank(
            Note,
            case_id=self.case.id,
            move=move,
            field=name,
            text=text,
            salt=secrets.token_hex(16),
            written_by_id=_key(by),
            written_at=at,
        )
        self.keep(note)
        return note

    def _digest(self, note: Note) -> dict[str, Any]:
        return {"note": note.id, "digest": text_digest(note.salt, note.text)}

    def party(self, role: str, *, user: User | None = None, unit: Unit | None = None) -> None:
        """One more party, unless nobody is meant or it is one already."""
        party = (role, _key(user), _key(unit))
        if (user is None and unit is None) or party in self.known_parties:
            return
        self.known_parties.add(party)
        self.keep(
            bulk.blank(CaseParty, case_id=self.case.id, role=role, user_id=_key(user), unit_id=_key(unit))
        )

    def keep(self, row: Model) -> None:
        self.sheet.add(row)

    def _unit(self, pk: int) -> Unit:
        return self.around.by_key[pk]

    # --- journal -----------------------------------------------------------------------------------

    def _go(self, name: str, target: State, at: dt.datetime, actor: Actor, **facts: Any) -> None:
        """Change the state, if the table knows the move, and journal it."""
        source = State(self.case.state)
        move = MOVES[name]
        if source not in move.sources or target not in move.to:
            raise WrongState
        self.case.state = target
        self.case.version += 1
        self.say(move.event, at, actor, **facts, **{"from": source.value, "to": target.value})

    def say(self, kind: str, at: dt.datetime, actor: Actor, **data: Any) -> None:
        draft = Draft(
            kind=kind,
            subject=("case", self.case.number),
            at=at,
            actor=actor,
            area="" if self.case.restricted else self.case.area,
            data=data,
        )
        self.sheet.drafts.append(draft)

    def _actor(self, person: User | None) -> Actor:
        return Actor(id=person.pk, name=person.name) if person else SYSTEM


def _key(row: Model | None) -> int | None:
    return row.pk if row is not None else None
