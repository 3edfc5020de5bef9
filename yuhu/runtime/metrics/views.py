"""The door of ``/metrics``: for the networks of ``METRICS_ALLOWED`` and for whoever bears ``METRICS_TOKEN``.

Everybody else gets the same 404 as for an address that does not exist. An address counts only if it is known to be the
caller's: a request that came through a proxy which does not tell the caller's address has no address here.
"""

import hmac
import ipaddress

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from staffing.middleware import address_of
from yuhu.kit import clock
from yuhu.runtime.metrics import gauges, shared

_PROXIED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_FORWARDED", "HTTP_X_REAL_IP")


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """What was counted on this machine, and what the database says now."""
    if not (_bears_token(request) or _is_near(request)):
        raise Http404
    return HttpResponse(
        shared.exposition() + gauges.exposition(clock.now()), content_type=CONTENT_TYPE_LATEST
    )


def _bears_token(request: HttpRequest) -> bool:
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    wanted = settings.METRICS_TOKEN
    return (
        bool(wanted)
        and scheme.lower() == "bearer"
        and hmac.compare_digest(token.strip().encode(), wanted.encode())
    )


def _is_near(request: HttpRequest) -> bool:
    told = settings.BEHIND_PROXY and request.META.get("HTTP_X_FORWARDED_FOR")
    if not told and any(request.META.get(name) for name in _PROXIED):
        return False  # what we see is the proxy
    try:
        address = ipaddress.ip_address(address_of(request))
    except ValueError:
        return False
    return any(address in ipaddress.ip_network(network) for network in settings.METRICS_ALLOWED)
