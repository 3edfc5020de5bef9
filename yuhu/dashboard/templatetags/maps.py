"""The base layer of maps (天地图) where the settings have a key for it: addresses of its pictures, and its approval."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django import template
from django.conf import settings

register = template.Library()

# The map, and its names above it; the set of both is that of Web Mercator.
LAYERS = ("vec", "cva")


@dataclass(frozen=True)
class BaseMap:
    """Addresses with blanks that Leaflet fills in: {s} the number of the host, {z} {y} {x} the picture."""

    layers: tuple[str, ...]
    approval: str


@register.simple_tag
def base_map() -> BaseMap | None:
    """None without a key: the page then asks nobody outside."""
    if not settings.TIANDITU_KEY:
        return None
    return BaseMap(tuple(_address(layer) for layer in LAYERS), settings.MAP_APPROVAL)


def _address(layer: str) -> str:
    asked = {
        "SERVICE": "WMTS",
        "REQUEST": "GetTile",
        "VERSION": "1.0.0",
        "LAYER": layer,
        "STYLE": "default",
        "TILEMATRIXSET": "w",
        "FORMAT": "tiles",
        "tk": settings.TIANDITU_KEY,
    }
    place = "TILEMATRIX={z}&TILEROW={y}&TILECOL={x}"
    return f"https://t{{s}}.tianditu.gov.cn/{layer}_w/wmts?{urlencode(asked)}&{place}"
