"""Service items as JSON."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from services.models import ServiceItem

_STRINGS = {"type": "array", "items": {"type": "string"}}
_LIMIT = {
    "type": ["object", "null"],
    "properties": {"amount": {"type": "integer"}, "unit": {"type": "string"}},
    "required": ["amount", "unit"],
}


class ServiceItemSerializer(serializers.ModelSerializer[ServiceItem]):
    """One item as it counts on the day that was asked for."""

    aliases = serializers.SerializerMethodField()
    materials = serializers.SerializerMethodField()
    agent_modes = serializers.SerializerMethodField()
    legal_limit = serializers.SerializerMethodField()
    promised_limit = serializers.SerializerMethodField()

    class Meta:
        model = ServiceItem
        fields = [
            "code",
            "version",
            "effective_from",
            "name",
            "name_en",
            "aliases",
            "domain",
            "domain_name",
            "eligible",
            "materials",
            "acceptance_level",
            "deciding_department",
            "legal_limit",
            "legal_basis",
            "promised_limit",
            "agent_help",
            "agent_modes",
            "sensitive",
            "frequency",
            "source",
        ]

    @extend_schema_field(_STRINGS)
    def get_aliases(self, row: ServiceItem) -> Any:
        """What residents call it."""
        return row.aliases

    @extend_schema_field(_STRINGS)
    def get_materials(self, row: ServiceItem) -> Any:
        """What to bring."""
        return row.materials

    @extend_schema_field(_STRINGS)
    def get_agent_modes(self, row: ServiceItem) -> Any:
        """How somebody can do it for the resident."""
        return row.agent_modes

    @extend_schema_field(_LIMIT)
    def get_legal_limit(self, row: ServiceItem) -> Any:
        """How long it may take by law; null when no law says so."""
        if row.legal_limit_amount is None:
            return None
        return {"amount": row.legal_limit_amount, "unit": row.legal_limit_unit}

    @extend_schema_field(_LIMIT)
    def get_promised_limit(self, row: ServiceItem) -> Any:
        """How long the counter promises that it takes."""
        return {"amount": row.promised_limit_amount, "unit": row.promised_limit_unit}
