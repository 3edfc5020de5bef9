"""``{% unread_notices as count %}``: the number beside the bell, one query for the whole page."""

from typing import Any

from django import template

from yuhu.delivery.models import Delivery

register = template.Library()


@register.simple_tag(takes_context=True)
def unread_notices(context: dict[str, Any]) -> int:
    """How many notices the person has not read; 0 without a log-in. Kept on the request."""
    request = context.get("request")
    user = getattr(request, "user", None)
    if request is None or user is None or not user.is_authenticated:
        return 0
    if not hasattr(request, "unread_notices"):
        request.unread_notices = Delivery.objects.unread_by(user.pk).count()
    count: int = request.unread_notices
    return count
