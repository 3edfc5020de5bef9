"""Areas as JSON. Outlines are left to the block's detail (staffing.api) and to ``blocks.geojson``."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from blocks.models import Block, Community, Street

_POINT = {
    "type": "array",
    "items": {"type": "number"},
    "minItems": 2,
    "maxItems": 2,
    "examples": [[112.905, 27.87]],
}


class StreetSerializer(serializers.ModelSerializer[Street]):
    """A street (街道): 9 digits."""

    district = serializers.CharField(source="district_id")

    class Meta:
        model = Street
        fields = ["code", "name", "name_en", "district", "source"]


class CommunitySerializer(serializers.ModelSerializer[Community]):
    """A community (社区) or village: 12 digits."""

    street = serializers.CharField(source="street_id")
    district = serializers.SerializerMethodField()

    class Meta:
        model = Community
        fields = ["code", "name", "street", "district", "source"]

    def get_district(self, row: Community) -> str:
        return row.code[:6]


class BlockSerializer(serializers.ModelSerializer[Block]):
    """A block (区块): 14 digits; ``version`` is the number of the division that it belongs to."""

    community = serializers.CharField(source="community_id")
    street = serializers.CharField(source="street_code")
    district = serializers.CharField(source="district_code")
    version = serializers.IntegerField(source="division.number")
    centroid = serializers.SerializerMethodField()

    class Meta:
        model = Block
        fields = [
            "code",
            "name",
            "number",
            "households",
            "version",
            "centroid",
            "community",
            "street",
            "district",
            "source",
        ]

    @extend_schema_field(_POINT)
    def get_centroid(self, row: Block) -> list[float]:
        """Longitude and latitude of a point inside."""
        return list(row.centroid)


class FeatureCollectionSerializer(serializers.Serializer[Any]):
    """GeoJSON (RFC 7946), for the description of the API only."""

    type = serializers.CharField()
    features = serializers.ListField(child=serializers.DictField())
