"""May the community issue this certificate? One page for everybody with a post, on the phone as at the counter.

The answer comes while one types; without a script the button asks. Leaves to others: the rule (policies).
"""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from duties.figures import demo_certificates
from duties.models import CertificateRule
from duties.policies import check_certificate, rule_for
from staffing.policies import may
from staffing.posts import Capability
from yuhu.kit import clock
from yuhu.kit.text import has_control

LONGEST_NAME = 60
SHORTEST_NAME = 2


@login_required
@require_safe
def certificates(request: HttpRequest) -> HttpResponse:
    """The answer for ``q``, and the whole list below."""
    today = clock.today()
    if not may(request.user, Capability.READ_REFERENCE, on=today):
        raise PermissionDenied
    name = request.GET.get("q", "").strip()
    name = "" if has_control(name) else name[:LONGEST_NAME]
    asked = len(name) >= SHORTEST_NAME
    rules = list(CertificateRule.objects.on(today).select_related("unit"))
    context = {
        "q": name,
        "verdict": check_certificate(name, on=today) if asked else None,
        "rule": rule_for(name, on=today) if asked else None,
        "like": [rule for rule in rules if asked and any(name in one for one in (rule.name, rule.aliases))],
        "rules": rules,
        "demo": demo_certificates(today),
        "longest": LONGEST_NAME,
    }
    return render(request, "duties/certificates.html", context)
