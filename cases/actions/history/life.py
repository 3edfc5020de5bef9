"""One case from report to its end, in memory, for bulk writing (``history``)."""

import datetime as dt
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Model

from blocks.models import Block
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
from cases.routing import route
from cases.states import MOVES, State, Step
from staffing.models import Unit, User
from yuhu.journal.actions import SYSTEM, Actor, Draft, text_digest
from yuhu.kit import people

if TYPE_CHECKING:
    from cases.actions.history import Sheet


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
        self.case = self._case()
        self.holder: User | None = None

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
                Reporter(
                    case=case,
                    name_sealed=people.seal(plan.person.name) if plan.person.name else None,
                    phone_sealed=people.seal(plan.person.phone) if plan.person.phone else None,
                    phone_index=people.blind_index(plan.person.phone) if plan.person.phone else "",
                    name_masked=people.mask_name(plan.person.name),
                    phone_masked=people.mask_phone(plan.person.phone),
                )
            )
            self.clocks.start(Step.CONTACT, at)
        if case.reported_by is not None:
            self.party(CaseParty.Role.REPORTER, user=case.reported_by)
        self.say(
            "case.reported",
            at,
            self._actor(case.reported_by),
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
        decision = route(self.around.facts(self.category, self.plan.block))
        case.explanation = decision.explanation
        if decision.assignee is not None:
            self.holder = self.around.seats[self.plan.block.pk].get("acting_governor") or self.around.seats[
                self.plan.block.pk
            ].get("governor")
            case.assignee = self.holder
        elif decision.lead is not None:
            case.lead_unit = self._unit(decision.lead.unit_id)
            staff = self.around.members.get(decision.lead.unit_id, [])
            self.holder = staff[-1] if staff else None
        case.duty_item = self.around.items[self.category.duty_item_code]
        case.dispatched_at = at
        co_units = [self._unit(place.unit_id) for place in decision.co_units]
        self.party(CaseParty.Role.ASSIGNEE, user=case.assignee)
        self.party(CaseParty.Role.LEAD, unit=case.lead_unit)
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
            unit=case.lead_unit.code if case.lead_unit else None,
            co_units=[unit.code for unit in co_units],
            item=case.duty_item.code,
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
        self.order.signed_by, self.order.signed_at = self.holder, at
        self.clocks.meet(Step.SIGN, at)
        self._go("sign", State.IN_PROGRESS, at, self._actor(self.holder), order=self.order.no)

    def _hand_back(self, at: dt.datetime, result: str) -> None:
        self.clocks.tick(at)
        case, order = self.case, self.order
        assert order is not None
        note = self._note("hand-back", "result", result, self.holder, at)
        order.handed_back_by, order.handed_back_at = self.holder, at
        order.result, order.ended_at, order.end = note, at, WorkOrder.End.DONE
        self.clocks.stand(Step.HANDLE, at)
        case.handled_at = at
        case.evaluator = self.around.supervisor(self.plan.block)
        if not any(party.role == CaseParty.Role.EVALUATOR for party in self.parties()):
            self.party(CaseParty.Role.EVALUATOR, user=case.evaluator)
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
        assert case.evaluator is not None
        assert order.handed_back_by is not None
        note = self._note("evaluate", "comment", comment, case.evaluator, at) if comment else None
        evaluation = Evaluation(
            case=case,
            evaluator=case.evaluator,
            handled_by=order.handed_back_by,
            effective=effective,
            comment=note,
            at=at,
        )
        evaluation.order_id = order.pk
        self.keep(evaluation)
        self.clocks.meet(Step.EVALUATE, at)
        case.evaluated_at = at
        facts: dict[str, Any] = {"comment": self._digest(note)} if note else {}
        facts |= {"effective": effective, "order": order.no}
        actor = self._actor(case.evaluator)
        if not effective:
            self._rework(at)
            self._go("evaluate", State.IN_PROGRESS, at, actor, **facts)
            return
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
        self.order.signed_by, self.order.signed_at = last.signed_by, at
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
        self.keep(Rating(case=case, solved=solved, satisfaction=satisfaction, at=at))
        self.clocks.meet(Step.RATE, at)
        self.clocks.end_all(at)
        case.closed_at, case.end_code = at, "rated"
        actor = Actor(id=None, name="", post="reporter")
        self._go("rate", State.CLOSED, at, actor, solved=solved, satisfaction=satisfaction)

    # --- rows --------------------------------------------------------------------------------------

    def _case(self) -> Case:
        plan, category = self.plan, self.category
        ticket = self.sheet.key(CaseNumber)
        self.sheet.add(CaseNumber(pk=ticket))
        community = plan.block.community
        staff = plan.channel in ("governor", "assistant", "supervisor", "visit", "desk")
        reporter = self.around.seats.get(plan.block.pk, {}).get("governor") if staff else None
        return Case(
            pk=self.sheet.key(Case),
            number=number_of(community.street.district_id, plan.reported_at, ticket),
            category=category,
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
            block=plan.block,
            longitude=plan.longitude,
            latitude=plan.latitude,
            address=plan.address,
            reported_by=reporter,
            reported_at=plan.reported_at,
            must_rate=plan.programme == Case.Programme.INSTANT_RESPONSE
            and category.rated
            and bool(plan.person),
            source=plan.source,
        )

    def _new_order(self, at: dt.datetime) -> None:
        case, last = self.case, self.order
        self.order = WorkOrder(
            case=case, no=last.no + 1 if last else 1, unit=case.lead_unit, user=case.assignee, sent_at=at
        )
        self.keep(self.order)

    def _note(self, move: str, name: str, text: str, by: User | None, at: dt.datetime) -> Note:
        note = Note(
            case=self.case,
            move=move,
            field=name,
            text=text,
            salt=secrets.token_hex(16),
            written_by=by,
            written_at=at,
        )
        self.keep(note)
        return note

    def _digest(self, note: Note) -> dict[str, Any]:
        return {"note": note.pk, "digest": text_digest(note.salt, note.text)}

    def party(self, role: str, *, user: User | None = None, unit: Unit | None = None) -> None:
        if user is not None or unit is not None:
            self.keep(CaseParty(case=self.case, role=role, user=user, unit=unit))

    def parties(self) -> list[CaseParty]:
        rows = self.sheet.rows[CaseParty]
        return [row for row in rows[-8:] if isinstance(row, CaseParty) and row.case_id == self.case.pk]

    def keep(self, row: Model) -> None:
        self.sheet.add(row)

    def _unit(self, pk: int) -> Unit:
        return self.around.departments.get(pk) or next(
            unit for unit in self.around.units.values() if unit.pk == pk
        )

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
