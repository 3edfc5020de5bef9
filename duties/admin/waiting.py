"""What waits for whom in consultations: the filter of the answers' list, and the numbers of the official's day.

Both ask ``waiting``, so that a number opens exactly its rows. Leaves to others: the lists themselves (consultations).
"""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from blocks.admin import StreetFilter
from duties.models import Consultation, StreetAnswer
from duties.policies import led_streets, own_departments, own_streets
from yuhu.kit import clock
from yuhu.kit.desk import day
from yuhu.kit.desk.lists import KnownFilter, scope_of

State = Consultation.State
# What waits for whom, as ``todo`` of an address asks for it.
ANSWER, SIGN, REPLY, LATE, ASSESS = "answer", "sign", "reply", "late", "assess"


def waiting(request: HttpRequest, rows: Any, todo: str) -> Any:
    """The rows in which the person has this to do; ``late`` are all late ones that he or she sees."""
    today = clock.today()
    if todo == ANSWER:
        return rows.to_answer().filter(street__in=own_streets(request.user, today))
    if todo == SIGN:
        return rows.to_sign().filter(street__in=led_streets(request.user, today))
    if todo == REPLY:
        return rows.to_reply().filter(consultation__unit__in=own_departments(request.user, today))
    if todo == ASSESS:
        return rows.to_assess().filter(street__in=led_streets(request.user, today))
    return rows.late(today)


class AnswerStreetFilter(StreetFilter):
    """By the asked street."""

    column = "street"


class PositionFilter(KnownFilter):
    """By position; what has not been signed off has none yet."""

    title = _("position")
    parameter_name = "position"

    def offer(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return list(StreetAnswer.Position.choices)

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        return rows.filter(position=value, signed_at__isnull=False)


class TodoFilter(KnownFilter):
    """What waits for the person."""

    title = _("what is to be done")
    parameter_name = "todo"

    def offer(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return [
            (ANSWER, _("To answer")),
            (SIGN, _("To sign off")),
            (REPLY, _("To reply to")),
            (LATE, _("Late")),
            (ASSESS, _("To assess")),
        ]

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        return waiting(request, rows, value)


@day.add
def rights_today(request: HttpRequest) -> Iterator[day.Item]:
    """To answer, to sign off, to assess for streets; to reply to for departments; late for both. One query."""
    today = clock.today()
    streets, led = own_streets(request.user, today), led_streets(request.user, today)
    departments = own_departments(request.user, today)
    seen: Any = StreetAnswer.objects.within(scope_of(request)).exclude(consultation__state=State.DRAFT)
    if not (streets or departments):
        return

    def count(todo: str) -> Any:
        return Count("pk", filter=Q(pk__in=waiting(request, StreetAnswer.objects.all(), todo).values("pk")))

    late = Q(pk__in=StreetAnswer.objects.late(today).values("pk"))
    found = seen.aggregate(
        **{todo: count(todo) for todo in (ANSWER, SIGN, REPLY, LATE, ASSESS)},
        late_to_answer=Count("pk", filter=late & Q(answered_at__isnull=True, street__in=streets)),
        late_to_sign=Count("pk", filter=late & Q(answered_at__isnull=False, street__in=led)),
    )
    address = reverse("admin:duties_streetanswer_changelist")
    part = day.Part
    yield day.Item(
        part.DO,
        _("Consultations to answer"),
        found[ANSWER],
        f"{address}?todo={ANSWER}",
        found["late_to_answer"],
    )
    yield day.Item(
        part.DECIDE, _("Answers to sign off"), found[SIGN], f"{address}?todo={SIGN}", found["late_to_sign"]
    )
    yield day.Item(part.DO, _("Proposals of streets to reply to"), found[REPLY], f"{address}?todo={REPLY}")
    yield day.Item(part.DO, _("Projects to assess"), found[ASSESS], f"{address}?todo={ASSESS}")
    yield day.Item(
        part.DUE, _("Answers of streets that are late"), found[LATE], f"{address}?todo={LATE}", found[LATE]
    )
