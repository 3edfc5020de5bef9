"""What the desk's lists of every app stand on: rights from posts, forms that end in actions, the journal as history.

Leaves to others: the door of the desk (yuhu.dashboard.site), scoping and filters (yuhu.kit.desk).
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any, ClassVar, cast

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from staffing.admin.history import told
from staffing.exceptions import NotEntitled
from staffing.middleware import StaffRequest
from staffing.policies import may
from staffing.posts import Capability
from yuhu.journal.actions import Actor
from yuhu.kit import clock
from yuhu.kit.desk.forms import EARLIEST, LATEST, ActionForm
from yuhu.kit.desk.lists import DeskAdmin
from yuhu.kit.desk.picks import is_number
from yuhu.kit.verdicts import Verdict


def who_and_when(request: HttpRequest) -> dict[str, Any]:
    """The arguments that every action wants: the person as the journal will name him or her, and the moment."""
    return {"at": clock.now(), "actor": actor_of(request)}


def actor_of(request: HttpRequest) -> Actor:
    return cast(StaffRequest, request).actor


def entitled(verdict: Verdict, *, field: str | None = None) -> None:
    """Turn a policy's no into a refusal that the form shows beside ``field``."""
    if not verdict:
        raise NotEntitled(verdict.reason, code=verdict.code, field=field)


def day_of(text: object) -> dt.date | None:
    """The day that an address asks for (``2022-06-01``); None when it is none, or not possible."""
    try:
        day = parse_date(str(text or ""))
    except ValueError:
        return None
    return day if day is not None and EARLIEST <= day <= LATEST else None


class HistoryAdmin(DeskAdmin):
    """Rows whose history is what the journal says about them."""

    def journal_subject(self, request: HttpRequest, obj: Any) -> tuple[str, str | int] | None:
        """Whose entries are the history of ``obj``; None: it has none to show to this person."""
        return None

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        obj = context.get("original")
        context["has_history"] = obj is not None and self.journal_subject(request, obj) is not None
        return super().render_change_form(request, context, *args, **kwargs)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """What the journal says about a row that the person sees."""
        obj = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, obj):
            raise PermissionDenied
        subject = self.journal_subject(request, obj) if obj is not None else None
        if obj is None or subject is None:
            return redirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"))
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("History: %(name)s") % {"name": obj},
            "lines": told(subject),
            "object": obj,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/journal_history.html", context)


class PostsAdmin(HistoryAdmin):
    """Whose post has ``look`` may look, whose post has ``edit`` may use the forms, nobody deletes."""

    look: ClassVar[Capability] = Capability.READ_REFERENCE
    edit: ClassVar[Capability] = Capability.EDIT_REFERENCE
    add_form: type[ActionForm] | None = None
    change_form: type[ActionForm] | None = None
    # Fields of the form for a new row that an address may fill in (``?block=17``); rows by number, words by choice.
    prefilled: ClassVar[tuple[str, ...]] = ()

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(may(request.user, self.look, on=clock.today()))

    def has_edit_permission(self, request: HttpRequest) -> bool:
        """For the forms and for the actions of the list."""
        return bool(may(request.user, self.edit, on=clock.today()))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.add_form is not None and self.has_edit_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.change_form is not None and self.has_edit_permission(request)

    def store(self, request: HttpRequest, obj: Any, data: dict[str, Any]) -> Model:
        """Call the action that stores the form's cleaned ``data`` as a new row or in the place of ``obj``."""
        raise NotImplementedError

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        base = self.change_form if change else self.add_form
        if base is None or not (self.has_change_permission(request, obj) if change else True):
            return super().get_form(request, obj, change, **kwargs)
        form = cast(type[ActionForm], super().get_form(request, obj, change, **{**kwargs, "form": base}))
        form.act = staticmethod(lambda data: self.store(request, obj, data))
        return form

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """The form's action has stored it."""

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        given = {name: request.GET.get(name, "") for name in self.prefilled}
        return {
            name: value
            for name, value in given.items()
            if is_number(value) or value.replace("_", "").isalpha()
        }


class DayFilter(admin.SimpleListFilter):
    """Rows with dates: those in force today, on a day (``?on=2022-06-01``), or the whole history (``?on=all``)."""

    title = _("day")
    parameter_name = "on"
    template = "admin/day_filter.html"
    ALL = "all"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(self.ALL, _("Whole history"))]

    @property
    def day(self) -> dt.date | None:
        """The day that was asked for; None when there is none, or it is no day."""
        return day_of(self.value())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == self.ALL:
            return queryset
        rows: Any = queryset
        return cast("QuerySet[Any]", rows.on(self.day or clock.today()))

    def choices(self, changelist: Any) -> Iterator[Any]:
        # What else the address asks for, so that choosing a day keeps it.
        self.others = [(key, value) for key, value in changelist.params.items() if key != self.parameter_name]
        today, *others = super().choices(changelist)
        known = self.value() == self.ALL or self.day is not None
        yield {**today, "display": gettext("In force today"), "selected": not known}
        yield from others
