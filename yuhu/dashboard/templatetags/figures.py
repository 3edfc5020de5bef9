"""How figures are written: a count is a link to its list, a share of nothing is a dash, an age has one unit."""

import datetime as dt

from django import template
from django.urls import reverse
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from yuhu.kit.figures import Count, Share

register = template.Library()

NO_DATA = "–"


@register.filter
def cases_url(count: Count) -> str:
    """The list that shows exactly the cases that were counted."""
    return f"{reverse('cases:list')}?{count.query}" if count.query else reverse("cases:list")


@register.filter
def roster_url(count: Count) -> str:
    """The same for blocks."""
    return f"{reverse('roster')}?{count.query}" if count.query else reverse("roster")


@register.filter
def percent(share: Share) -> str:
    """With two decimals; whole numbers without."""
    value = share.percent
    if value is None:
        return NO_DATA
    return f"{value.normalize():f}%" if value == value.to_integral_value() else f"{value}%"


@register.filter
def age(since: dt.datetime | None, at: dt.datetime) -> str:
    """How long ago, in its largest unit; empty when nothing is there."""
    if since is None:
        return ""
    return timesince(since, at, depth=1) if at - since >= dt.timedelta(minutes=1) else _("less than a minute")
