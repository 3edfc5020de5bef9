"""Counts of what stands beside the loop: whistles, mediations, lists, visits, hazards, blocks, people. Read-only.

Most are told by the figures of their own pages, so that a number is the same wherever it stands. A name that is missing
is not told to whoever asks: a nought would be a false one.
"""

from django.db.models import Count, Q, Sum

from blocks.figures import block_coverage
from blocks.models import Block
from cases.figures.indicators.question import Numbers, Question
from cases.figures.visits import HAZARD, REMOVED
from cases.figures.whistles import whistle_figures
from cases.models import Mediation
from cases.querysets.cases import AREAS
from duties.figures import admission_rate, off_list_tasks
from staffing.figures import block_sizes, rosters, training_coverage
from staffing.models import Finding, Visit
from yuhu.kit.figures import Share
from yuhu.kit.scope import DISTRICT


def _parts(name: str, share: Share) -> dict[str, int]:
    return {name: share.numerator.number, f"{name}_of": share.denominator.number}


def whistles(question: Question) -> Numbers:
    """By the day on which departments were called, or by which a whistle was to be cleared. Five queries."""
    found = whistle_figures(question.viewer, question.period, question.area)
    by_street, by_departments = found.answers.score, found.street_score
    return {
        **_parts("whistle_answered", found.answers.in_time),
        **_parts("whistle_attended", found.answers.attended),
        **_parts("whistle_cleared", found.cleared),
        **_parts("whistles", found.rate),
        "department_points": by_street.total,
        "department_ratings": by_street.number,
        "street_points": by_departments.total,
        "street_ratings": by_departments.number,
    }


def mediations(question: Question) -> Numbers:
    """By the day of their end; told to those only who keep the records of the mediating unit. One query."""
    if question.scope.kinds is not None or not question.scope.confidential:
        return {}
    rows = Mediation.objects.within(question.scope).ended().order_by()
    period = Q(ended_at__gte=question.period.start, ended_at__lt=question.period.end)
    found: dict[str, int] = rows.filter(
        period, **{f"case__{AREAS[len(question.area)]}": question.area}
    ).aggregate(
        mediations_agreed=Count("pk", filter=Q(state="agreed")),
        mediations_ended=Count("pk"),
        agreements_performed=Count("pk", filter=Q(performance="performed")),
        agreements_told=Count("pk", filter=~Q(performance="pending")),
    )
    return found


def lists(question: Question) -> Numbers:
    """Admissions by the day of the decision, off-list tasks by the day on which they came. Departments are the whole
    district's, so there is nothing to tell of a part. Two queries."""
    scope, first, until = question.scope, question.first, question.until
    if scope.kinds is not None or len(question.area) != DISTRICT:
        return {}
    found = _parts("admitted", admission_rate(scope, first, until))
    if question.area in scope.inspects:
        found["off_list"] = off_list_tasks(scope, first, until).number
    return found


def visits(question: Question) -> Numbers:
    """Households visited of all households, by the day of the visit; what was visited twice counts twice. Hazards that
    were found at visits and meetings. Three queries."""
    scope, area = question.scope, question.area
    if scope.kinds is not None:
        return {}
    held = Visit.objects.within(scope).in_area(area).held(question.first, question.last)
    blocks = Block.objects.within(scope).in_force(question.last).in_area(area)
    found = Finding.objects.filter(visit__in=held.values("pk")).aggregate(
        found=Count("pk", filter=HAZARD), removed=Count("pk", filter=REMOVED)
    )
    return {
        "households_visited": held.aggregate(households=Sum("households"))["households"] or 0,
        "households": blocks.aggregate(households=Sum("households"))["households"] or 0,
        "visit_hazards": found["found"],
        "visit_hazards_removed": found["removed"],
    }


def ground(question: Question) -> Numbers:
    """Square metres in exactly one block on the last day of the period. Two queries."""
    if question.scope.kinds is not None or not question.scope.has_post:
        return {}
    found = block_coverage(question.area, question.last)
    return _parts("ground_covered", found) if found else {}


def people(question: Question) -> Numbers:
    """Blocks and their people on the last day of the period; trainings of that day's year. Four queries."""
    scope, area, on = question.scope, question.area, question.last
    if scope.kinds is not None:
        return {}
    return {
        **_parts("blocks_matched", rosters(scope, [area], on).of(area).complete),
        **_parts("blocks_sized", block_sizes(scope, [area], on)[0]),
        **_parts(
            "governors_trained", training_coverage(scope, [area], year=on.year, today=on).of(area).share
        ),
    }
