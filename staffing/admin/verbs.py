"""Pages of the desk on which one acts: the facts, exactly the verbs that this person may use now, and what happened.

Every verb ends in an action of its app; a verb that is in question but not possible now says why. Leaves to others:
who may (the app's policies), what a verb does (its actions).
"""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.admin.utils import quote, unquote
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from staffing.admin.base import PostsAdmin, who_and_when
from staffing.admin.history import Line, told
from yuhu.kit import clock
from yuhu.kit.desk.forms import VerbForm
from yuhu.kit.verdicts import Verdict

DONE = _("Done: %(verb)s.")


@dataclass(frozen=True)
class Verb:
    """One verb on a row.

    ``may(user, row, at)`` is the app's policy. ``act`` is the app's action, called with the row (under the name
    ``VerbsAdmin.noun``), the form's cleaned data, and ``VerbsAdmin.who``. ``confirm`` says, where something is lost,
    what the person should consider before.
    """

    name: str
    label: str | Promise
    may: Callable[[Any, Any, dt.datetime], Verdict]
    act: Callable[..., object]
    form: type[VerbForm] = VerbForm
    confirm: str | Promise = ""


@dataclass(frozen=True)
class Shown:
    """A verb on the page of a row: possible now, with its form, or not, with the reason."""

    verb: Verb
    verdict: Verdict
    url: str
    form: VerbForm | None = None
    is_open: bool = False

    @property
    def is_bare(self) -> bool:
        """Whether it is only a button."""
        return self.form is not None and not self.form.visible_fields() and not self.verb.confirm


class VerbsAdmin(PostsAdmin):
    """Rows with verbs. Subclasses say ``verbs`` and ``noun``, and what of a row is in question (``in_question``)."""

    change_form_template = "admin/verbs/change_form.html"
    verbs: ClassVar[tuple[Verb, ...]] = ()
    noun: ClassVar[str] = ""

    def who(self, request: HttpRequest) -> dict[str, Any]:
        """What every action of the app wants to know about who acts and when."""
        return who_and_when(request)

    def in_question(self, request: HttpRequest, obj: Any, verb: Verb) -> bool:
        """Whether a verb that is not possible is worth a line with its reason; False keeps silent about it."""
        return True

    def story(self, request: HttpRequest, obj: Any) -> list[Line]:
        """What the page tells of the past, newest first."""
        subject = self.journal_subject(request, obj)
        return told(subject) if subject is not None else []

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_do"
        view = self.admin_site.admin_view(self.do_view)
        return [path("<path:object_id>/do/<slug:verb>/", view, name=name), *super().get_urls()]

    def do_view(self, request: HttpRequest, object_id: str, verb: str) -> HttpResponse:
        """Carry a verb out and go back to the row; a refusal stands beside its field, with all that was typed."""
        obj = self.get_object(request, unquote(object_id))
        known = next((one for one in self.verbs if one.name == verb), None)
        if obj is None or not self.has_view_permission(request, obj):
            return redirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"))
        if known is None or request.method != "POST":
            return redirect(self.page_of(obj))
        verdict = known.may(request.user, obj, clock.now())
        if not verdict:
            messages.error(request, str(verdict.reason))
            return redirect(self.page_of(obj))
        form = self.form_of(request, obj, known, data=request.POST)
        if form.is_valid():
            messages.success(request, DONE % {"verb": known.label})
            return redirect(self.page_after(request, obj, known))
        # The page is drawn as for looking at it: Django would take the form for its own.
        request.method = "GET"
        return self.change_view(request, object_id, extra_context={"bound": (known.name, form)})

    def page_of(self, obj: Any) -> str:
        """The address of the row's page."""
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[quote(obj.pk)])

    def page_after(self, request: HttpRequest, obj: Any, verb: Verb) -> str:
        """Where one is led after ``verb``."""
        return self.page_of(obj)

    def form_of(self, request: HttpRequest, obj: Any, verb: Verb, data: Any = None) -> VerbForm:
        """The form of ``verb``, bound to its action."""

        def act(cleaned: dict[str, Any]) -> object:
            return verb.act(**{self.noun: obj}, **cleaned, **self.who(request))

        form = verb.form(data, act=act, obj=obj, initial=verb.form.initial_of(obj), auto_id=f"{verb.name}_%s")
        for name, named in verb.form.named.items():
            form.fields[name] = self.named_field(request, named)
        if verb.form.order:
            form.order_fields(verb.form.order)
        return form

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        obj = context.get("original")
        if obj is not None:
            shown = list(self._shown(request, obj, context.pop("bound", None)))
            context["possible"] = [one for one in shown if one.verdict]
            context["impossible"] = [one for one in shown if not one.verdict]
            for one in context["possible"]:
                if one.form is not None:
                    context["media"] += one.form.media
            context["story"] = self.story(request, obj)
        return super().render_change_form(request, context, *args, **kwargs)

    def shown(self, request: HttpRequest, obj: Any) -> Iterator[Shown]:
        """The verbs of a row, for a page of another list that names it."""
        return self._shown(request, obj, None)

    def _shown(self, request: HttpRequest, obj: Any, bound: tuple[str, VerbForm] | None) -> Iterator[Shown]:
        at = clock.now()
        for verb in self.verbs:
            verdict = verb.may(request.user, obj, at)
            url = reverse(
                f"admin:{self.opts.app_label}_{self.opts.model_name}_do", args=[quote(obj.pk), verb.name]
            )
            if verdict:
                came_back = bound is not None and bound[0] == verb.name
                form = bound[1] if bound is not None and came_back else self.form_of(request, obj, verb)
                yield Shown(verb, verdict, url, form, came_back)
            elif self.in_question(request, obj, verb):
                yield Shown(verb, verdict, url)


class PersonVerbsAdmin(VerbsAdmin):
    """Verbs whose actions ask the person's rights themselves, beside the name for the journal."""

    def who(self, request: HttpRequest) -> dict[str, Any]:
        return {**super().who(request), "by": request.user}
