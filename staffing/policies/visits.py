"""Who visits blocks (三级干部进区块), plans visits for others, and writes down what took place."""

import datetime as dt
from collections.abc import Collection

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _

from staffing.exceptions import NotYetRecorded, TextsRemoved, VisitEnded
from staffing.models import Assistant, Unit, User, Visit
from staffing.policies.standing import may_appoint, posts_of
from staffing.posts import Post, PostKind
from yuhu.kit.scope import DISTRICT, STREET
from yuhu.kit.verdicts import Allowed, Denied, Verdict


def visits_in(user: User | AnonymousUser, *, area: str, on: dt.date) -> bool:
    """Whether the person is a cadre who may visit ``area``: with a seat in a unit that works there, or as liaison cadre
    of the block (三级干部进区块)."""
    return any(area.startswith(post.area) for post in cadre_posts(user, on))


def cadre_posts(user: User | AnonymousUser, on: dt.date) -> list[Post]:
    """The posts by which the person visits blocks; those of administrators are none."""
    return [post for post in posts_of(user, on) if post.area and _is_cadres(post)]


def _is_cadres(post: Post) -> bool:
    if post.kind is PostKind.ASSISTANT:
        return post.assistant_kind == Assistant.Kind.LIAISON_CADRE
    return post.kind in _VISITING and post.unit_kind != Unit.Kind.PARTNER


_VISITING = frozenset(
    {
        *(PostKind.MEMBER, PostKind.HEAD, PostKind.DUTY_OFFICER),
        *(PostKind.STREET_LEADER, PostKind.DISTRICT_LEADER),
    }
)


def plans_visits(user: User | AnonymousUser, *, on: dt.date) -> Verdict:
    """Whether the person plans visits anywhere at all: what a list offers before it knows the place."""
    return Allowed() if cadre_posts(user, on) else Denied(_NOT_A_CADRE, code="not_a_cadre")


def may_plan_visit(user: User | AnonymousUser, *, area: str, cadres: Collection[int], on: dt.date) -> Verdict:
    """Whether the person plans a visit of ``cadres`` (keys of people) in ``area``: for others whoever appoints there
    does, for oneself (with colleagues) a cadre who works there."""
    if may_appoint(user, area=area, on=on):
        return Allowed()
    if not visits_in(user, area=area, on=on):
        return Denied(
            _("You do not work in this block's area. Choose a block of your own area."), "outside_area"
        )
    if user.pk not in cadres:
        return Denied(
            _(
                "You plan visits in which you take part. Those of others are planned by whoever appoints in the street."
            ),
            code="for_others",
        )
    return Allowed()


def may_record_visit(user: User | AnonymousUser, visit: Visit, *, on: dt.date) -> Verdict:
    """Whether the person writes down what took place: one of its cadres, from its day on or when it was earlier."""
    if not visit.is_planned:
        return Denied(VisitEnded.message, code=VisitEnded.code)
    return _takes_part(user, visit)


def may_check_in(user: User | AnonymousUser, visit: Visit, *, on: dt.date) -> Verdict:
    """Whether the person says on the spot that he or she is there: one of its cadres, from its day on."""
    if not visit.is_planned:
        return Denied(VisitEnded.message, code=VisitEnded.code)
    if visit.planned_for > on:
        return Denied(_("One checks in on its day. For a visit today, begin another one."), code="not_today")
    return _takes_part(user, visit)


def level_of(posts: list[Post]) -> str:
    """As whose cadre (三级干部) the person comes, by the widest of the posts."""
    shortest = min((len(post.area) for post in posts), default=STREET)
    known = {DISTRICT: Visit.Level.DISTRICT, STREET: Visit.Level.STREET}
    return known.get(shortest, Visit.Level.COMMUNITY).value


def may_cancel_visit(user: User | AnonymousUser, visit: Visit, *, on: dt.date) -> Verdict:
    """Whether the person calls it off: its cadres, whoever planned it, whoever appoints in the area."""
    if not visit.is_planned:
        return Denied(VisitEnded.message, code=VisitEnded.code)
    if user.pk is not None and visit.planned_by_id == user.pk:
        return Allowed()
    return may_appoint(user, area=visit.block.code, on=on) or _takes_part(user, visit)


def may_add_finding(user: User | AnonymousUser, visit: Visit, *, on: dt.date) -> Verdict:
    """Whether the person adds what was found: one of its cadres, once it was recorded."""
    if not visit.is_done:
        return Denied(NotYetRecorded.message, code=NotYetRecorded.code)
    if visit.emptied_at is not None:
        return Denied(TextsRemoved.message, code=TextsRemoved.code)
    return _takes_part(user, visit)


def takes_part(user: User | AnonymousUser, visit: Visit) -> bool:
    """Whether the person is one of the visit's cadres. No query where they were read along."""
    return any(cadre.pk == user.pk for cadre in visit.cadres.all())


def _takes_part(user: User | AnonymousUser, visit: Visit) -> Verdict:
    if takes_part(user, visit):
        return Allowed()
    return Denied(
        _("Only those who take part write this down. They are named above."), code="not_taking_part"
    )


_NOT_A_CADRE = _(
    "Visits are made by people with a seat in a unit, and by liaison cadres. Ask whoever gives the seats."
)
