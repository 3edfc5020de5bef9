"""The public catalogue: residents look for what they need, without log-in; each page prints well.

Leaves to others: applying for it, and the desk (admin).
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from services.models import ServiceItem
from services.querysets import LONGEST_QUESTION
from yuhu.kit import clock
from yuhu.kit.text import has_control

# A reader who goes back and forth asks us once. Private: the frame holds the reader's own form token.
FRESH_SECONDS = 300


@require_safe
@vary_on_headers("Cookie", "Accept-Language")
@cache_control(private=True, max_age=FRESH_SECONDS)
def catalogue(request: HttpRequest) -> HttpResponse:
    """All items that are offered today, by words (``q``) and domain."""
    q, domain = request.GET.get("q", "").strip(), request.GET.get("domain", "")
    offered = ServiceItem.objects.in_force(clock.today()).offered()
    everything = list(offered.only("domain", "domain_name").order_by("code"))
    domains = {item.domain: item.domain_title for item in everything}
    context = {
        "items": list(offered.in_domain(domain).search(q).order_by("code")),
        "total": len(everything),
        "domains": sorted(domains.items(), key=lambda pair: pair[1]),
        "domain": domain if domain in domains else "",
        "asked": bool(q or domain),
        "q": "" if has_control(q) else q[:LONGEST_QUESTION],
        "longest_question": LONGEST_QUESTION,
    }
    return render(request, "services/catalogue.html", context)


@require_safe
@vary_on_headers("Cookie", "Accept-Language")
@cache_control(private=True, max_age=FRESH_SECONDS)
def item(request: HttpRequest, code: str) -> HttpResponse:
    """One item as it counts today, and what has been announced for it."""
    today = clock.today()
    versions = ServiceItem.objects.filter(code=code)
    found = versions.in_force(today).offered().first()
    if found is None:
        return render(request, "services/unknown.html", status=404)
    announced = versions.announced(today).order_by("effective_from").first()
    return render(request, "services/item.html", {"item": found, "announced": announced, "today": today})
