"""The door of figures: every indicator of an area in a period, for whoever's scope covers the area.

Leaves to others: what is counted (cases.figures.indicators).
"""

import datetime as dt
from decimal import Decimal
from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from blocks.models import Block, Community, District, Street
from cases.exceptions import NoSuchArea
from cases.figures import Period
from cases.figures.indicators import Figure, Measure, Question, Unit, indicators, rises_and_falls
from cases.figures.indicators.measure import Amount, Direction, Outcome, Part
from cases.models import Case
from yuhu.kit import clock
from yuhu.kit.exceptions import Invalid
from yuhu.kit.rest import filters
from yuhu.kit.rest.views import ScopedView
from yuhu.kit.scope import BLOCK, COMMUNITY, DISTRICT, STREET

_AREAS: dict[int, type[Model]] = {DISTRICT: District, STREET: Street, COMMUNITY: Community, BLOCK: Block}


class FigureFilters(filters.StrictFilterSet):
    """Where and when; the view reads them."""

    area = filters.Code(
        form="|".join(f"[0-9]{{{length}}}" for length in _AREAS),
        help_text=_("Code of a district, street, community or block; your own area without it."),
    )
    # The contract's word is one of Python's own.
    vars()["from"] = filters.Day(
        help_text=_("The first day; the first of the month of the last day without it.")
    )
    to = filters.Day(help_text=_("The last day, counted in; today without it."))

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset


class FigureSerializer(serializers.Serializer[Figure]):
    """One indicator. ``value`` is null without data; ``numerator`` is null where the figure is not told to the caller.
    ``cases``: the list of the cases behind it, for people; ``coverage``: rated of those who were asked. Of ``hours``
    the numerator counts minutes, and ``median`` stands beside the mean."""

    key = serializers.CharField()
    name = serializers.CharField()
    unit = serializers.ChoiceField(choices=[(unit.value, unit.name) for unit in Unit])
    numerator = serializers.IntegerField(allow_null=True)
    denominator = serializers.IntegerField(allow_null=True)
    value = serializers.SerializerMethodField(method_name="value_of")
    coverage = serializers.FloatField(allow_null=True)
    median = serializers.FloatField(allow_null=True)
    cases = serializers.SerializerMethodField()

    def value_of(self, figure: Figure) -> float | None:
        """A count stays a whole number."""
        return float(figure.value) if isinstance(figure.value, Decimal) else figure.value

    def get_cases(self, figure: Figure) -> str | None:
        return f"{reverse('cases:list')}?{figure.cases}" if figure.cases else None


class PartSerializer(serializers.Serializer[Part]):
    """A number of which a measure is made, beside the same days of the year before. Null: not known, or not told.
    ``sources``: who published it, where others did."""

    key = serializers.CharField()
    name = serializers.CharField()
    unit = serializers.ChoiceField(choices=[(unit.value, unit.name) for unit in Amount])
    value = serializers.FloatField(allow_null=True)
    base = serializers.FloatField(allow_null=True)
    change = serializers.FloatField(allow_null=True)
    change_rate = serializers.FloatField(allow_null=True)
    numerator = serializers.FloatField(source="both.now.numerator", allow_null=True)
    denominator = serializers.FloatField(source="both.now.denominator", allow_null=True)
    sources = serializers.ListField(child=serializers.CharField(), source="both.now.sources")


class MeasureSerializer(PartSerializer):
    """One of 三升三降. ``change_rate`` is null without a base above nought; ``outcome``: whether the change is good."""

    direction = serializers.ChoiceField(choices=[(one.value, one.value) for one in Direction])
    outcome = serializers.ChoiceField(choices=[(one.value, one.value) for one in Outcome])
    parts = PartSerializer(many=True)
    coverage = serializers.FloatField(allow_null=True)
    cases = serializers.SerializerMethodField()

    def get_cases(self, measure: Measure) -> str | None:
        return f"{reverse('cases:list')}?{measure.cases}" if measure.cases else None


class FigureList(ScopedView[Case]):
    """The indicators of an area in a period of whole local days."""

    queryset = Case.objects.all()
    serializer_class = FigureSerializer  # type: ignore[assignment] # numbers about cases, not cases
    filterset_class = FigureFilters
    pagination_class = None
    read_scope: ClassVar[str] = "figures:read"

    @extend_schema(
        operation_id="figures_list",
        summary=_("Figures of an area"),
        filters=True,
        responses={
            200: inline_serializer(
                "Figures",
                {
                    "area": serializers.CharField(),
                    "from": serializers.DateField(),
                    "to": serializers.DateField(),
                    "results": FigureSerializer(many=True),
                    "rises_and_falls": MeasureSerializer(many=True),
                },
            )
        },
    )
    def get(self, request: Request) -> Response:
        rows: Any = self.get_queryset()
        self.filter_queryset(rows)
        form = FigureFilters(request.query_params, queryset=rows).form
        form.is_valid()
        first, last = _days(form.cleaned_data, clock.today())
        area = self._area(form.cleaned_data.get("area") or "")
        period = Period.of_days(first, last)
        question = Question(self.scope, area, period, clock.now())
        figures: Any = indicators(question)
        measures: Any = rises_and_falls(question)
        return Response(
            {
                "area": area,
                "from": first,
                "to": last,
                "results": FigureSerializer(figures, many=True).data,
                "rises_and_falls": MeasureSerializer(measures, many=True).data,
            }
        )

    def _area(self, asked: str) -> str:
        """What was asked for, or the widest area of one's own.

        Raises:
            NoSuchArea: the scope does not cover it, or nobody has ever heard of it; or there is none of one's own.
        """
        area = asked or min(self.scope.areas, key=lambda code: (len(code), code), default="")
        kind = _AREAS.get(len(area))
        if kind is None or not self.scope.covers(area):
            raise NoSuchArea(field="area")
        if not kind._default_manager.filter(code=area).exists():
            raise NoSuchArea(field="area")
        return area


def _days(asked: dict[str, Any], today: dt.date) -> tuple[dt.date, dt.date]:
    """The first and the last day.

    Raises:
        Invalid: the first lies behind the last.
    """
    last: dt.date = asked.get("to") or today
    first: dt.date = asked.get("from") or last.replace(day=1)
    if first > last:
        message = gettext("“from” lies after “to” (%(to)s). Please give a first day that is not later.")
        raise Invalid(message % {"to": last.isoformat()}, code="from_after_to", field="from")
    return first, last
