"""Cases and categories as JSON. Names and phones of reporters are masked; the clear ones are no business of an API."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from cases.actions.report import MAX_ADDRESS, MAX_EXTERNAL, MAX_NAME
from cases.api.reader import Reader
from cases.models import Case, Category
from cases.routing import sentence
from cases.states import MOVES, State
from staffing.api.serializers import PersonSerializer
from yuhu.kit.rest import fields

_LIMIT = {
    "type": ["object", "null"],
    "properties": {"amount": {"type": "number"}, "unit": {"type": "string"}},
    "required": ["amount", "unit"],
}


class CategorySerializer(serializers.ModelSerializer[Category]):
    """A branch (two digits, without a limit) or a category (four digits): only these carry cases."""

    parent = serializers.CharField(  # type: ignore[assignment] # the framework turns it into a field
        source="parent_id", allow_null=True
    )
    time_limit = serializers.SerializerMethodField()
    duty_item = serializers.CharField(source="duty_item_code")
    aliases = serializers.SerializerMethodField()

    class Meta:
        model = Category
        fields = [
            "code",
            "name",
            "name_en",
            "aliases",
            "parent",
            "path",
            "severity",
            "time_limit",
            "duty_item",
            "lead",
            "rated",
            "source",
        ]

    @extend_schema_field(_LIMIT)
    def get_time_limit(self, row: Category) -> Any:
        """How long handling may take."""
        if row.limit_amount is None:
            return None
        whole = row.limit_amount == row.limit_amount.to_integral_value()
        return {"amount": int(row.limit_amount) if whole else float(row.limit_amount), "unit": row.limit_unit}

    @extend_schema_field({"type": "array", "items": {"type": "string"}})
    def get_aliases(self, row: Category) -> list[str]:
        """Other names, which the search finds."""
        return [name for name in row.aliases.split(";") if name]


class MaskedReporterSerializer(serializers.Serializer[Any]):
    """Somebody to answer to, masked: 张*, 138****5678."""

    name = serializers.CharField(source="name_masked")
    phone = serializers.CharField(source="phone_masked")


class CaseSerializer(serializers.Serializer[Case]):
    """A case as one person sees it: ``moves`` are what he or she may do now."""

    number = serializers.CharField()
    state = serializers.ChoiceField(choices=State.choices)
    path = serializers.CharField()
    severity = serializers.CharField()
    category = serializers.CharField(source="category_id")
    category_name = serializers.CharField(source="category.label")
    description = serializers.CharField()
    district = serializers.CharField(source="district_code")
    street = serializers.SerializerMethodField()
    community = serializers.SerializerMethodField()
    block = serializers.SerializerMethodField()
    address = serializers.CharField()
    longitude = serializers.FloatField(allow_null=True)
    latitude = serializers.FloatField(allow_null=True)
    lead_unit = serializers.CharField(source="lead_unit.code", allow_null=True, default=None)
    lead_unit_name = serializers.CharField(source="lead_unit.name", allow_null=True, default=None)
    assignee = PersonSerializer(allow_null=True)
    duty_item = serializers.CharField(source="duty_item.code", allow_null=True, default=None)
    channel = serializers.CharField()
    programme = serializers.CharField()
    external_id = serializers.CharField()
    reported_at = fields.Moment()
    dispatched_at = fields.Moment(allow_null=True)
    due_at = fields.Moment(allow_null=True)
    handled_at = fields.Moment(allow_null=True)
    evaluated_at = fields.Moment(allow_null=True)
    closed_at = fields.Moment(allow_null=True)
    overdue = serializers.SerializerMethodField()
    late = serializers.SerializerMethodField()
    waits_for_person = serializers.BooleanField()
    merged_into = serializers.CharField(source="merged_into.number", allow_null=True, default=None)
    reporter = MaskedReporterSerializer(allow_null=True, default=None)
    moves = serializers.SerializerMethodField()
    explanation = serializers.SerializerMethodField()

    @property
    def _reader(self) -> Reader:
        reader: Reader = self.context["reader"]
        return reader

    def get_street(self, case: Case) -> str | None:
        return case.street_code or None

    def get_community(self, case: Case) -> str | None:
        return case.community_code or None

    def get_block(self, case: Case) -> str | None:
        return case.block_code or None

    def get_overdue(self, case: Case) -> bool:
        """In somebody's hands and past the handle limit, as the filter of the list has it."""
        return case.state in (State.DISPATCHED, State.IN_PROGRESS) and case.is_overdue(self._reader.at)

    def get_late(self, case: Case) -> bool:
        """Past the handle limit, or handed back after it."""
        return case.is_overdue(self._reader.at)

    @extend_schema_field(
        serializers.ListField(child=serializers.ChoiceField(choices=[(name, name) for name in MOVES]))
    )
    def get_moves(self, case: Case) -> list[str]:
        """What the caller may do now."""
        return self._reader.moves(case)

    def get_explanation(self, case: Case) -> list[str]:
        """Why it was dispatched there, in sentences."""
        return [str(sentence(step)) for step in case.explanation]


class NewReporterSerializer(fields.StrictSerializer):
    """Somebody to answer to."""

    name = fields.Text(max_length=MAX_NAME, min_length=0, default="")
    phone = fields.Text(max_length=30, min_length=0, default="")


class NewCaseSerializer(fields.StrictSerializer):
    """What a report needs: a category, a description, and a block or both coordinates."""

    category = fields.Text(max_length=8)
    description = fields.Text(max_length=10_000)
    longitude = fields.Number(allow_null=True, default=None)
    latitude = fields.Number(allow_null=True, default=None)
    block = fields.Text(max_length=14, allow_null=True, default=None)
    address = fields.Text(max_length=MAX_ADDRESS, min_length=0, default="")
    channel = fields.Code(choices=Case.Channel.choices, required=False)
    external_id = fields.Text(max_length=MAX_EXTERNAL, min_length=0, default="")
    reporter = NewReporterSerializer(allow_null=True, default=None)
