"""Which moves of the table a person may make on a case now, each with the reason when not."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from cases.models import Case
from cases.policies.guards import GUARDS, NOT_YOURS
from cases.policies.standing import EVALUATING_POSTS, Look
from cases.states import MOVES, Move, Relation, State
from staffing.models import User
from staffing.posts import Post, PostKind
from yuhu.journal.models import Entry
from yuhu.kit.verdicts import Allowed, Denied, Verdict


@dataclass(frozen=True)
class Offer:
    """A move that is in question for this person now, and the verdict on it."""

    move: Move
    verdict: Verdict


def may_move(look: Look, name: str) -> Verdict:
    """Relation first, then every guard of the move. The state is not asked here (see ``offers``, ``actions.move``)."""
    move = MOVES[name]
    if not look.relations & move.who:
        return Denied(NOT_YOURS.get(name, NOT_YOURS[""]), code="not_your_move")
    for guard in move.guards:
        verdict = GUARDS[guard](look)
        if not verdict:
            return verdict
    return Allowed()


# By which posts people stand in these relations to some case; which case, ``relations_of`` says.
_POSTS_OF = {
    Relation.DUTY_OFFICER: EVALUATING_POSTS,
    Relation.STREET_LEADER: frozenset({PostKind.STREET_LEADER}),
    Relation.DISTRICT_LEADER: frozenset({PostKind.DISTRICT_LEADER}),
}


def may_ever(posts: Collection[Post], name: str) -> Verdict:
    """Whether a duty officer's or leader's move is in question for these posts: what a list offers for many cases."""
    kinds = {kind for relation in MOVES[name].who for kind in _POSTS_OF.get(relation, ())}
    if any(post.kind in kinds for post in posts):
        return Allowed()
    return Denied(NOT_YOURS.get(name, NOT_YOURS[""]), code="not_your_move")


def offers(look: Look) -> list[Offer]:
    """The moves that the state allows, each with the verdict for this person, in the table's order."""
    state = State(look.case.state)
    return [Offer(move, may_move(look, name)) for name, move in MOVES.items() if state in move.sources]


def open_moves(look: Look) -> list[Move]:
    """What the person may do now."""
    return [offer.move for offer in offers(look) if offer.verdict]


# A second press of a button arrives within seconds; later the same move by the same person is meant.
REPEAT = dt.timedelta(minutes=2)


def just_made(case: Case, name: str, user: User, at: dt.datetime) -> bool:
    """Whether this person made this move a moment ago: the button was pressed twice, or the answer got lost."""
    entries = Entry.objects.for_subject("case", case.number).of_kinds([MOVES[name].event]).by_actor(user.pk)
    return entries.between(at - REPEAT, at + REPEAT).exists()
