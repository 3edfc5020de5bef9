"""Units and rosters as JSON: names and posts, never phones."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from blocks.api.serializers import BlockSerializer
from blocks.models import Block
from staffing.api.roster import roster_of
from staffing.models import Assistant, Unit, User


class UnitSerializer(serializers.ModelSerializer[Unit]):
    """An office, platform, department, team, …"""

    street = serializers.CharField(source="street_id", allow_null=True)
    community = serializers.CharField(source="community_id", allow_null=True)
    parent = serializers.CharField(  # type: ignore[assignment] # the framework turns it into a field
        source="parent.code", allow_null=True, default=None
    )

    class Meta:
        model = Unit
        fields = ["code", "name", "kind", "office_code", "street", "community", "parent", "source"]


class PersonSerializer(serializers.Serializer[User]):
    """Somebody who works here, by name."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class AssistantSerializer(serializers.Serializer[Assistant]):
    """One of the N helpers of a block."""

    kind = serializers.ChoiceField(choices=Assistant.Kind.choices)
    id = serializers.IntegerField(source="user.pk")
    name = serializers.CharField(source="user.name")


class RosterSerializer(serializers.Serializer[Any]):
    """1 + N + 1: null means that the post is vacant."""

    governor = PersonSerializer(allow_null=True)
    acting_governor = PersonSerializer(allow_null=True)
    assistants = AssistantSerializer(many=True)
    supervisor = PersonSerializer(allow_null=True)
    acting_supervisor = PersonSerializer(allow_null=True)


class BlockDetailSerializer(BlockSerializer):
    """A block with its outline and the people in its posts."""

    boundary = serializers.DictField()
    roster = serializers.SerializerMethodField()

    class Meta:
        model = Block
        fields = [*BlockSerializer.Meta.fields, "boundary", "roster"]

    @extend_schema_field(RosterSerializer)
    def get_roster(self, row: Block) -> Any:
        """Who holds which post on the day that the context names (``on``)."""
        return RosterSerializer(roster_of(row, self.context["on"])).data
