"""Duty lists and items as JSON."""

from rest_framework import serializers

from duties.models import DutyItem, DutyList
from yuhu.kit.rest import fields


class DutyListSerializer(serializers.ModelSerializer[DutyList]):
    """One published version of one of the six lists."""

    published_at = fields.Moment()

    class Meta:
        model = DutyList
        fields = ["id", "kind", "version", "effective_from", "published_at", "source"]


class DutyItemSerializer(serializers.ModelSerializer[DutyItem]):
    """One item. ``lead_unit`` is the code of the department in charge; ``lead`` is what the list says in words."""

    lead_unit = serializers.CharField(source="lead_unit.code", allow_null=True, default=None)
    platform = serializers.CharField(source="platform_code")

    class Meta:
        model = DutyItem
        fields = [
            "code",
            "number",
            "category",
            "category_code",
            "name",
            "name_en",
            "lead",
            "lead_unit",
            "office",
            "office_code",
            "platform",
            "cooperating",
            "basis",
            "source",
        ]
