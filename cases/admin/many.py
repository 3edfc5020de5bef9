"""Moves for many cases at once: each by itself, as the person; what was refused is told with its reason."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cases.actions import move
from cases.models import Case
from cases.states import MOVES
from cases.views.visible import by_of
from duties.models import DutyItem
from staffing.models import Unit
from yuhu.kit import clock
from yuhu.kit.exceptions import Refusal

MOST_AT_ONCE = 200
SHOWN_NUMBERS = 10


class DispatchForm(forms.Form):
    """One receiver for many cases; units and items are those that the desk's lists offer (``CaseAdmin``)."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, required=False, widget=forms.Textarea({"rows": 3})
    )


class UrgeForm(forms.Form):
    """What the receivers of many cases are told."""

    comment = forms.CharField(
        label=_("Comment"), max_length=500, required=False, widget=forms.Textarea({"rows": 3})
    )


def too_many(request: HttpRequest, cases: QuerySet[Case]) -> bool:
    """Whether more were chosen than are moved at once; says so."""
    if cases.order_by("pk").values("pk")[: MOST_AT_ONCE + 1].count() <= MOST_AT_ONCE:
        return False
    text = _("At most %(most)d cases at once. Narrow the list with the filters.")
    messages.error(request, text % {"most": MOST_AT_ONCE})
    return True


def receiver_data(cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """What the move wants, of the form's rows."""
    unit: Unit = cleaned["unit"]
    item: DutyItem | None = cleaned["duty_item"]
    data: dict[str, Any] = {"unit": unit.code, "reason": cleaned["reason"]}
    return {**data, "duty_item": item.code} if item else data


def each(
    request: HttpRequest, cases: QuerySet[Case], name: str, data: Mapping[str, Any] | None = None
) -> None:
    """The move for every case by itself."""
    if too_many(request, cases):
        return
    by, at = by_of(request), clock.now()
    chosen = list(cases.order_by("pk").values_list("pk", "number"))
    refused: dict[str, list[str]] = {}
    for pk, number in chosen:
        try:
            move(case_id=pk, name=name, by=by, at=at, data=data)
        except Refusal as refusal:
            refused.setdefault(str(refusal), []).append(number)
    _sum_up(request, name, len(chosen) - sum(map(len, refused.values())), refused)


def _sum_up(request: HttpRequest, name: str, done: int, refused: Mapping[str, Sequence[str]]) -> None:
    label = MOVES[name].label
    if done:
        text = ngettext("%(move)s: %(count)d case.", "%(move)s: %(count)d cases.", done)
        messages.success(request, text % {"move": label, "count": done})
    tell_refused(request, refused)


def tell_refused(request: HttpRequest, refused: Mapping[str, Sequence[str]]) -> None:
    """One line for each reason, with the numbers of the cases to which it applies."""
    for reason, numbers in refused.items():
        shown = ", ".join(numbers[:SHOWN_NUMBERS]) + (" …" if len(numbers) > SHOWN_NUMBERS else "")
        text = ngettext(
            "%(count)d case was left as it is: %(reason)s (%(numbers)s)",
            "%(count)d cases were left as they are: %(reason)s (%(numbers)s)",
            len(numbers),
        )
        messages.warning(request, text % {"count": len(numbers), "reason": reason, "numbers": shown})
