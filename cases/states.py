"""The loop in one table: state × move → state, who may, what must be given, what the clocks do.

report → dispatch → evaluate → feedback (前端上报—派单分流—效果评估—及时反馈). The buttons, the phone pages, the
API, the diagram in docs/architecture.md and the tests are generated from ``MOVES``; ``cases.actions.move``
executes it. Guards that need more than the state (limits, pending requests) are named here and stand in
``cases.policies``. Pure: no database, no clock.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class State(TextChoices):
    """Where a case stands."""

    REPORTED = "reported", _("Reported")
    DISPATCHED = "dispatched", _("Dispatched")
    IN_PROGRESS = "in_progress", _("In progress")
    SUSPENDED = "suspended", _("Suspended")
    HANDLED = "handled", _("Awaiting evaluation")
    EVALUATED = "evaluated", _("Awaiting feedback")
    CLOSED = "closed", _("Closed")
    REJECTED = "rejected", _("Not accepted")
    VOID = "void", _("Void")
    MERGED = "merged", _("Merged")


class Phase(TextChoices):
    """The four phases of the loop, and the end."""

    REPORT = "report", _("Report")
    DISPATCH = "dispatch", _("Dispatch")
    EVALUATE = "evaluate", _("Evaluate")
    FEEDBACK = "feedback", _("Feedback")
    END = "end", _("Ended")


PHASE: dict[State, Phase] = {
    State.REPORTED: Phase.REPORT,
    State.DISPATCHED: Phase.DISPATCH,
    State.IN_PROGRESS: Phase.DISPATCH,
    State.SUSPENDED: Phase.DISPATCH,
    State.HANDLED: Phase.EVALUATE,
    State.EVALUATED: Phase.FEEDBACK,
    State.CLOSED: Phase.END,
    State.REJECTED: Phase.END,
    State.VOID: Phase.END,
    State.MERGED: Phase.END,
}
FINAL = frozenset(state for state, phase in PHASE.items() if phase == Phase.END)
OPEN = frozenset(State) - FINAL


class Path(TextChoices):
    """How hard the matter is: ordinary, complex, hard (一般 复杂 疑难)."""

    FRONT_END = "front_end", _("Front end")
    MEETING = "meeting", _("Meeting")
    WHISTLE = "whistle", _("Whistle")


class Step(TextChoices):
    """What has a time limit."""

    DISPATCH = "dispatch", _("Dispatch by a person")
    SIGN = "sign", _("Sign for the order")
    CONTACT = "contact", _("First contact with the person")
    HANDLE = "handle", _("Handle")
    EVALUATE = "evaluate", _("Evaluate")
    RATE = "rate", _("Wait for the rating")
    SUPERVISE = "supervise", _("Supervised by a leader")


class Relation(StrEnum):
    """How a person stands to a case; ``cases.policies`` works it out."""

    HOLDER = "holder"  # holds the order: the assignee, or the lead unit's people
    GOVERNOR = "governor"  # governs the block, acting or not
    DUTY_OFFICER = "duty_officer"  # duty officer or head of a platform of the case's street
    EVALUATOR = "evaluator"  # designated at hand-back; never did the work
    REPORTER = "reporter"  # through the private link, or the partner's system that reported it
    STREET_LEADER = "street_leader"
    DISTRICT_LEADER = "district_leader"
    SYSTEM = "system"  # an automatic step


class Kind(StrEnum):
    """What kind of value a field takes."""

    TEXT = "text"
    BOOL = "bool"
    DATE = "date"
    TIME = "time"
    CHOICE = "choice"
    UNIT = "unit"
    UNITS = "units"
    PERSON = "person"
    ITEM = "item"
    BLOCK = "block"
    CASE = "case"
    ATTACHMENTS = "attachments"


@dataclass(frozen=True)
class Field:
    """One input of a move."""

    name: str
    kind: Kind
    label: str | Promise
    required: bool = False
    choices: tuple[tuple[str, str | Promise], ...] = ()


@dataclass(frozen=True)
class Move:
    """One verb of the loop. ``to`` names every state that it may lead to; an empty ``to``, and a refusal, stays."""

    name: str
    label: str | Promise
    sources: frozenset[State]
    to: tuple[State, ...]
    who: frozenset[Relation]
    event: str
    fields: tuple[Field, ...] = ()
    clocks: str = ""
    guards: tuple[str, ...] = ()
    confirm: bool = False


class Solved(TextChoices):
    """The reporter's answer to "is it solved?"."""

    SOLVED = "solved", _("Solved")
    PARTLY = "partly", _("Partly solved")
    UNSOLVED = "unsolved", _("Not solved")


class Satisfaction(TextChoices):
    """The reporter's rating."""

    SATISFIED = "satisfied", _("Satisfied")
    BASICALLY = "basically_satisfied", _("Basically satisfied")
    DISSATISFIED = "dissatisfied", _("Dissatisfied")


class RejectCode(TextChoices):
    """Six classes that are not dispatched (Beijing regulation of 2021, art. 11)."""

    EMERGENCY_NUMBER = "emergency_number", _("A matter for 110, 119, 120 or 122")
    IN_PROCEDURE = (
        "in_procedure",
        _("Before a court, arbitration, discipline, review, disclosure or petition body"),
    )
    NO_NEW_FACTS = "no_new_facts", _("The same matter without new facts")
    SECRET = "secret", _("State or trade secrets, or somebody's privacy")
    OUTSIDE_DUTY = "outside_duty", _("Outside the duties of government")
    UNLAWFUL = "unlawful", _("Unlawful or against public order")


class ContactChannel(TextChoices):
    """How the person was reached."""

    PHONE = "phone", _("Phone")
    VISIT = "visit", _("On the spot")
    MESSAGE = "message", _("Message")


H, G, D, E = Relation.HOLDER, Relation.GOVERNOR, Relation.DUTY_OFFICER, Relation.EVALUATOR
R, SL, DL, SYS = Relation.REPORTER, Relation.STREET_LEADER, Relation.DISTRICT_LEADER, Relation.SYSTEM
_BEFORE_RESULT = frozenset({State.DISPATCHED, State.IN_PROGRESS})
_NOT_BEGUN_OR_OPEN = _BEFORE_RESULT | {State.REPORTED}
_RUNNING = _BEFORE_RESULT | {State.SUSPENDED}

_REASON = Field("reason", Kind.TEXT, _("Reason"), required=True)
_COMMENT = Field("comment", Kind.TEXT, _("Comment"))
_RESULT = Field("result", Kind.TEXT, _("What was done"), required=True)
_ATTACHMENTS = Field("attachments", Kind.ATTACHMENTS, _("Photos of the result"))
_APPROVE = Field("approve", Kind.BOOL, _("Approve"), required=True)
_DECISION = (_APPROVE, Field("reason", Kind.TEXT, _("Reason of the decision"), required=True))
_TARGET = (
    Field("unit", Kind.UNIT, _("Unit in charge")),
    Field("assignee", Kind.PERSON, _("Person in charge")),
    Field("duty_item", Kind.ITEM, _("Item of the duty list")),
    Field("co_units", Kind.UNITS, _("Units that help")),
)


def _move(
    name: str,
    label: str | Promise,
    sources: frozenset[State] | set[State],
    to: tuple[State, ...],
    who: set[Relation],
    event: str,
    fields: tuple[Field, ...] = (),
    *,
    clocks: str = "",
    guards: tuple[str, ...] = (),
    confirm: bool = False,
) -> tuple[str, Move]:
    move = Move(name, label, frozenset(sources), to, frozenset(who), event, fields, clocks, guards, confirm)
    return name, move


S = State
MOVES: dict[str, Move] = dict(
    (
        _move("dispatch", _("Dispatch"), {S.REPORTED}, (S.DISPATCHED,), {D, SYS}, "case.dispatched",
              (*_TARGET, Field("block", Kind.BLOCK, _("Block")), Field("reason", Kind.TEXT, _("Reason"))),
              clocks="starts sign and handle"),
        _move("solve-on-spot", _("Solved on the spot"), {S.REPORTED}, (S.HANDLED,), {G}, "case.solved_on_spot",
              (_RESULT, _ATTACHMENTS), guards=("front_end", "not_critical"), clocks="starts evaluate"),
        _move("reject", _("Do not accept"), {S.REPORTED}, (S.REJECTED,), {D}, "case.rejected",
              (_REASON, Field("code", Kind.CHOICE, _("Ground"), choices=tuple(RejectCode.choices))),
              clocks="ends all", confirm=True),
        _move("sign", _("Sign for it"), {S.DISPATCHED}, (S.IN_PROGRESS,), {H}, "case.signed", clocks="meets sign"),
        _move("contact", _("Contacted the person"), {S.REPORTED, *_RUNNING, S.HANDLED}, (), {H, G, D}, "case.contacted",
              (Field("channel", Kind.CHOICE, _("How"), required=True, choices=tuple(ContactChannel.choices)), _COMMENT),
              guards=("has_reporter",), clocks="meets contact"),
        _move("return", _("Return the order"), _BEFORE_RESULT, (), {H}, "case.return_requested", (_REASON,),
              guards=("no_pending_return", "returns_left", "return_in_time")),
        _move("decide-return", _("Decide the return"), _BEFORE_RESULT, (S.REPORTED, S.DISPATCHED, S.IN_PROGRESS), {D}, "case.return_decided",
              (*_DECISION, *_TARGET[:2]), guards=("pending_return", "not_own_request"), clocks="restarts sign and handle"),
        _move("reassign", _("Reassign"), _BEFORE_RESULT, (S.DISPATCHED,), {D}, "case.reassigned",
              (*_TARGET, _REASON), clocks="restarts sign; handle goes on"),
        _move("request-extension", _("Ask for more time"), {S.IN_PROGRESS}, (), {H}, "case.extension_requested",
              (_REASON, Field("until", Kind.TIME, _("New due time"), required=True)),
              guards=("no_pending_extension", "before_due", "extensions_left")),
        _move("decide-extension", _("Decide on more time"), {S.IN_PROGRESS}, (), {D, SL, DL}, "case.extension_decided",
              _DECISION, guards=("pending_extension", "not_own_request", "second_needs_leader"), clocks="moves handle"),
        _move("request-suspension", _("Ask to suspend"), {S.IN_PROGRESS}, (), {H}, "case.suspension_requested",
              (_REASON, Field("until", Kind.DATE, _("Review date"), required=True)), guards=("no_pending_suspension",)),
        _move("decide-suspension", _("Decide the suspension"), {S.IN_PROGRESS}, (S.SUSPENDED, S.IN_PROGRESS), {D, SL, DL},
              "case.suspension_decided", _DECISION, guards=("pending_suspension", "not_own_request"), clocks="handle stands"),
        _move("resume", _("Resume"), {S.SUSPENDED}, (S.IN_PROGRESS,), {H, D, SL, DL, SYS}, "case.resumed", (_COMMENT,),
              clocks="handle goes on with what was left"),
        _move("raise-path", _("Raise the path"), _NOT_BEGUN_OR_OPEN, (), {H, D, SL, DL}, "case.path_raised",
              (Field("path", Kind.CHOICE, _("Path"), required=True, choices=tuple(Path.choices[1:])), _REASON),
              guards=("path_can_rise",)),
        _move("hand-back", _("Hand back the result"), {S.IN_PROGRESS}, (S.HANDLED,), {H}, "case.handed_back",
              (_RESULT, _ATTACHMENTS), clocks="handle stands; starts evaluate"),
        _move("evaluate", _("Evaluate"), {S.HANDLED}, (S.EVALUATED, S.CLOSED, S.IN_PROGRESS), {E}, "case.evaluated",
              (Field("effective", Kind.BOOL, _("Effective"), required=True), _COMMENT), guards=("did_not_handle",),
              clocks="meets evaluate; pass meets handle and starts rate; fail lets handle go on"),
        _move("rate", _("Rate"), {S.EVALUATED}, (S.CLOSED,), {R}, "case.rated",
              (Field("solved", Kind.CHOICE, _("Is it solved?"), required=True, choices=tuple(Solved.choices)),
               Field("satisfaction", Kind.CHOICE, _("Are you satisfied?"), required=True, choices=tuple(Satisfaction.choices)),
               _COMMENT), clocks="meets rate"),
        _move("close", pgettext_lazy("move", "Close"), {S.EVALUATED}, (S.CLOSED,), {D, SYS}, "case.closed",
              (Field("reason", Kind.TEXT, _("Reason")),), guards=("time_to_rate_passed",), clocks="ends rate"),
        _move("reopen", _("Reopen"), {S.CLOSED}, (S.IN_PROGRESS,), {R}, "case.reopened", (_REASON,),
              guards=("once", "in_window", "unsolved"), clocks="starts handle anew"),
        _move("void", _("Void"), _NOT_BEGUN_OR_OPEN, (S.VOID,), {D}, "case.voided", (_REASON,), clocks="ends all", confirm=True),
        _move("merge", _("Merge into another case"), _NOT_BEGUN_OR_OPEN, (S.MERGED,), {D}, "case.merged",
              (Field("into", Kind.CASE, _("Number of the other case"), required=True), Field("reason", Kind.TEXT, _("Reason"))),
              clocks="ends all", confirm=True),
        _move("urge", _("Urge"), {*_RUNNING, S.REPORTED, S.HANDLED}, (), {D, SL, DL}, "case.urged", (_COMMENT,)),
        _move("supervise", _("Supervise"), {*_RUNNING, S.REPORTED, S.HANDLED}, (), {SL, DL}, "case.supervised",
              (Field("comment", Kind.TEXT, _("Instruction"), required=True), Field("due_at", Kind.TIME, _("To be done by"))),
              clocks="starts supervise"),
    )
)  # fmt: skip

RANK = {Path.FRONT_END: 0, Path.MEETING: 1, Path.WHISTLE: 2}


def allowed(state: State, move: str) -> bool:
    """Whether the table knows ``move`` from ``state``."""
    return state in MOVES[move].sources


def edges() -> Iterator[tuple[State, str, State]]:
    """Every arrow of the diagram: from, move, to."""
    for move in MOVES.values():
        for source in sorted(move.sources):
            for target in move.to or (source,):
                yield source, move.name, target


def reachable(source: State, target: State) -> bool:
    """Whether one move leads from ``source`` to ``target``."""
    return any(edge[0] == source and edge[2] == target for edge in edges())
