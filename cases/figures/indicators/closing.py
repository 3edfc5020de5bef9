"""Counts of cases that were closed in the period: how long the handling took, and the follow-up calls. Read-only."""

from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from cases.figures.indicators.loop import counted
from cases.figures.indicators.question import Numbers, Question
from cases.figures.sets import closed_in
from cases.models import FollowUpCall
from yuhu.kit.scope import DISTRICT, STREET

Outcome = FollowUpCall.Outcome
# Somebody spoke with the person. Who was not reached is in the denominator only.
FOLLOWED_UP = Q(outcome__in=[Outcome.REACHED, Outcome.REFUSED])


def handling(question: Question) -> Numbers:
    """Working minutes from the dispatch to the accepted result: their sum, and the one in the middle. Two queries."""
    rows: QuerySet[Any] = counted(question).filter(closed_in(question.period), handling_seconds__isnull=False)
    found = rows.order_by().aggregate(seconds=Sum("handling_seconds"), number=Count("pk"))
    seconds, number = found["seconds"] or 0, found["number"]
    numbers = {"handling_minutes": round(seconds / 60), "handling_cases": number}
    ordered = rows.order_by("handling_seconds").values_list("handling_seconds", flat=True)
    # One in the middle, or two of an even number.
    middle = list(ordered[max(number - 1, 0) // 2 : number // 2 + 1])
    return numbers | ({"handling_median": round(sum(middle) / len(middle) / 60)} if middle else {})


def follow_ups(question: Question) -> Numbers:
    """Calls of the closing that stands, told to whoever sees the calls of the area's street or district: in a block
    with one closed case the number alone would say who is going to be called. What lapsed was not to be called any
    more. One query."""
    scope, area = question.scope, question.area
    if scope.kinds is not None or not (area[:DISTRICT] in scope.districts or area[:STREET] in scope.streets):
        return {}
    cases = counted(question).filter(closed_in(question.period)).values("pk")
    rows = FollowUpCall.objects.of_last_closing().filter(case__in=cases).exclude(outcome=Outcome.LAPSED)
    found: dict[str, int] = rows.aggregate(
        followed_up=Count("pk", filter=FOLLOWED_UP), to_be_followed_up=Count("pk")
    )
    return found
