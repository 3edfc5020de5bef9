"""Sets of follow-up calls: what waits for whom. The day's number and the list behind it both ask here. Read-only."""

from django.db.models import Exists, OuterRef, Q

from cases.figures.viewer import Viewer
from cases.models import Evaluation, FollowUpCall, WorkOrder
from cases.policies.follow_ups import calling_posts
from cases.querysets import FollowUpCallQuerySet
from yuhu.kit import clock


def calls_for(viewer: Viewer) -> FollowUpCallQuerySet[FollowUpCall]:
    """What the person's platforms were drawn for, and he or she may call about today: not what he, she or an own unit
    handled or evaluated, nor where nobody answered today, nor what a colleague has taken."""
    units = [post.unit_id for post in calling_posts(viewer.posts)]
    seats = [post.unit_id for post in viewer.posts if post.unit_id]
    today = clock.day_start(clock.local_date(viewer.at))
    by_me = Q(signed_by=viewer.person) | Q(handed_back_by=viewer.person) | Q(unit__in=seats)
    worked = Q(signed_at__isnull=False) | Q(handed_back_at__isnull=False)
    handled = WorkOrder.objects.filter(by_me, worked, case=OuterRef("case"))
    evaluated = Evaluation.objects.filter(case=OuterRef("case"), evaluator=viewer.person)
    taken = Q(taken_at__gte=today) & ~Q(taken_by=viewer.person)
    rows = FollowUpCall.objects.within(viewer.scope).to_call().filter(draw__unit__in=units)
    found: FollowUpCallQuerySet[FollowUpCall] = rows.exclude(Exists(handled)).exclude(Exists(evaluated))
    return found.exclude(attempted_at__gte=today).exclude(taken)
