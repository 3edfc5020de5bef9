"""The journal for the auditor: every entry, newest first, narrowed by kind, person, subject and days. Reads only.

Entries without an area (security events, cases about officials) are shown too: reading all of it is what the auditor
is for (GB/T 22239-2019, 8.1.4.3). Leaves to others: proving that nothing was changed (``manage.py verify_journal``).
"""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cases import timeline
from staffing.middleware import StaffRequest
from staffing.models import Unit
from staffing.policies import may
from staffing.posts import Capability, Post
from yuhu.journal import figures
from yuhu.journal.models import Entry
from yuhu.kit import clock
from yuhu.kit.exceptions import Forbidden

PAGE = 50
_FIRST, _LAST = dt.date(1950, 1, 1), dt.date(9000, 1, 1)


class Filters(forms.Form):
    """What the page may be narrowed by; a value that cannot be is told and left out."""

    kind = forms.RegexField(r"^[a-z0-9_.]{1,64}\Z", label=_("Kind of event"), required=False)
    person = forms.IntegerField(label=_("Person's key"), required=False, min_value=1, max_value=2**62)
    subject = forms.RegexField(r"^[\w:-]{1,64}\Z", label=_("Number or key of the subject"), required=False)
    first = forms.DateField(label=_("From"), required=False, widget=forms.DateInput({"type": "date"}))
    last = forms.DateField(label=_("To"), required=False, widget=forms.DateInput({"type": "date"}))
    before = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)

    @property
    def shown(self) -> list[forms.BoundField]:
        return [self[name] for name in ("kind", "person", "subject", "first", "last")]


@dataclass(frozen=True)
class Line:
    """One entry in words and as it was recorded."""

    entry: Entry
    sentence: str
    data: str


@never_cache
@login_required
@require_safe
def journal(request: StaffRequest) -> HttpResponse:
    """Who did what, when, in which post."""
    verdict = may(request.user, Capability.READ_JOURNAL, on=clock.today())
    if not verdict:
        raise Forbidden(verdict.reason)
    form = Filters(request.GET)
    rows = list(_entries(form, request.posts)[: PAGE + 1])
    older = _with(request.GET, before=rows[PAGE - 1].pk) if len(rows) > PAGE else ""
    context = {
        "form": form,
        "lines": [_line(entry) for entry in rows[:PAGE]],
        "older": older,
        "is_filtered": any(form.cleaned_data.values()),
        "state": figures.state(settings.JOURNAL_HEAD_FILE),
        "at": clock.now(),
    }
    return render(request, "dashboard/journal.html", context)


def _entries(form: Filters, posts: Sequence[Post]) -> QuerySet[Entry]:
    """SECURITY: a department learns nothing of reports about it, so whoever has a seat in one reads none here."""
    form.is_valid()
    asked = {name: value for name, value in form.cleaned_data.items() if value}
    rows = Entry.objects.order_by("-id")
    if any(post.unit_kind == Unit.Kind.DEPARTMENT for post in posts):
        rows = rows.exclude(subject_type="off_list_report")
    if "kind" in asked:
        rows = rows.filter(kind=asked["kind"])
    if "person" in asked:
        rows = rows.filter(actor_id=asked["person"])
    if "subject" in asked:
        rows = rows.filter(subject_id=asked["subject"])
    if "before" in asked:
        rows = rows.filter(pk__lt=asked["before"])
    if "first" in asked:
        rows = rows.filter(at__gte=clock.day_start(max(asked["first"], _FIRST)))
    if "last" in asked:
        rows = rows.filter(at__lt=clock.day_start(min(asked["last"], _LAST) + dt.timedelta(days=1)))
    return rows


def _line(entry: Entry) -> Line:
    sentence = timeline.sentence(entry.kind, entry.data, zone=clock.LOCAL)
    words = "" if sentence == entry.kind else sentence
    return Line(
        entry, words, json.dumps(entry.data, ensure_ascii=False, sort_keys=True) if entry.data else ""
    )


def _with(query: QueryDict, *, before: int) -> str:
    wanted = query.copy()
    wanted["before"] = str(before)
    return wanted.urlencode()
