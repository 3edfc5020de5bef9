"""What lists of cases and categories may be filtered by."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from cases.models import Case
from cases.querysets import CaseQuerySet
from cases.states import Path, State
from duties.models import Severity
from yuhu.kit import clock
from yuhu.kit.rest import filters

CATEGORY_CODE = r"[0-9]{2}|[0-9]{4}"


class CategoryFilters(filters.StrictFilterSet):
    """By branch, by words."""

    parent = filters.Code(form=r"[0-9]{2}")
    q = filters.Words(
        method="by_words", help_text=_("Part of the name or of another name, or the beginning of the code.")
    )

    def by_words(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        named = Q(name__icontains=value) | Q(aliases__icontains=value) | Q(name_en__icontains=value)
        return rows.filter(named | Q(code__startswith=value))


class CaseFilters(filters.StrictFilterSet):
    """Each one narrows the list; together they all count."""

    state = filters.Choice(choices=State.choices)
    open = filters.YesNo(method="by_open", help_text=_("Not ended yet."))
    overdue = filters.YesNo(
        method="by_overdue", help_text=_("In somebody's hands and past the handle limit.")
    )
    street = filters.Code(form=r"[0-9]{9}", field_name="street_code")
    community = filters.Code(form=r"[0-9]{12}", field_name="community_code")
    block = filters.Code(form=r"[0-9]{14}", field_name="block_code")
    category = filters.Code(
        form=CATEGORY_CODE, method="by_category", help_text=_("A category, or a branch with all of its own.")
    )
    path = filters.Choice(choices=Path.choices)
    unit = filters.Code(
        form=r"[0-9A-Za-z_-]{1,64}", field_name="lead_unit__code", help_text=_("Code of the unit in charge.")
    )
    severity = filters.Choice(choices=Severity.choices)
    channel = filters.Choice(choices=Case.Channel.choices)
    programme = filters.Choice(choices=Case.Programme.choices)
    reported_after = filters.Moment(
        field_name="reported_at", lookup_expr="gte", help_text=_("At this moment or later.")
    )
    reported_before = filters.Moment(
        field_name="reported_at", lookup_expr="lt", help_text=_("Before this moment.")
    )
    q = filters.Words(
        method="by_words", help_text=_("Words that all occur in number, description or address.")
    )

    def by_open(self, rows: CaseQuerySet[Any], name: str, value: bool) -> CaseQuerySet[Any]:
        return rows.open() if value else rows.ended()

    def by_overdue(self, rows: CaseQuerySet[Any], name: str, value: bool) -> CaseQuerySet[Any]:
        at = clock.now()
        return rows.overdue(at) if value else rows.exclude(pk__in=Case.objects.overdue(at).values("pk"))

    def by_category(self, rows: CaseQuerySet[Any], name: str, value: str) -> CaseQuerySet[Any]:
        return rows.filter(category__parent=value) if len(value) == 2 else rows.filter(category=value)

    def by_words(self, rows: CaseQuerySet[Any], name: str, value: str) -> CaseQuerySet[Any]:
        return rows.text(value)
