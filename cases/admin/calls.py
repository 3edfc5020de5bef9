"""Called departments at the desk: a department's whistles and what it answers, and the yearly scorecard."""

from typing import Any, ClassVar, cast

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from blocks.admin import StreetFilter
from cases.actions.whistles import department, street
from cases.admin.base import moment
from cases.admin.whistle_base import ActsAdmin, CalledFilter, DepartmentFilter, may_call
from cases.admin.whistle_forms import (
    AttendForm,
    CheckInForm,
    DecideForm,
    ExplainForm,
    RateDepartmentForm,
    RateStreetForm,
    ReasonForm,
    ResultForm,
)
from cases.figures.whistles import Answers, Hands, ShowCalls, call_set, scorecard, whistle_figures, year_of
from cases.models import WhistleCall
from cases.policies.whistles import WhistleLook
from cases.views.visible import viewer_of
from staffing.admin.verbs import Verb
from staffing.middleware import StaffRequest
from staffing.policies import may
from staffing.posts import Capability
from yuhu.kit import clock
from yuhu.kit.desk.lists import KnownFilter
from yuhu.kit.excel.writing import XLSX, Page, workbook


class CallStreetFilter(StreetFilter):
    column = "whistle__street_code"


class ShowFilter(KnownFilter):
    """What waits for whom, and what a figure counts."""

    title = _("what waits")
    parameter_name = "show"

    def offer(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return list(ShowCalls.choices)

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        return rows.filter(call_set(value, viewer_of(request)))


@admin.register(WhistleCall)
class WhistleCallAdmin(ActsAdmin):
    """The departments that were called: each with its task, its times, its answer and the ratings of both sides."""

    noun = "call"
    change_form_template = "admin/cases/whistlecall/change_form.html"
    change_list_template = "admin/cases/whistlecall/change_list.html"
    list_display = (
        "number",
        "unit",
        "category",
        "state_badge",
        "called",
        "answer_due",
        "result_due",
        "ratings",
    )
    list_display_links = ("number",)
    list_filter = (*(ShowFilter, "state", CallStreetFilter, DepartmentFilter, CalledFilter),)
    search_fields = ("=whistle__case__number", "unit__name")
    search_help_text = _("Number of the case, or department")
    ordering = ("-called_at", "-id")
    sortable_by = ("called", "answer_due", "result_due")
    verbs: ClassVar[tuple[Verb, ...]] = (
        Verb("check-in", _("Check in"), may_call("check-in"), department.check_in, CheckInForm),
        Verb(
            "explain", _("Explain why we do not come"), may_call("explain"), department.explain, ExplainForm
        ),
        Verb(
            "decide-explanation",
            _("Decide on the explanation"),
            may_call("decide-explanation"),
            street.decide_explanation,
            DecideForm,
        ),
        Verb("attend", _("Record who was on site"), may_call("attend"), department.attend, AttendForm),
        Verb("result", _("Give the result"), may_call("result"), department.give_result, ResultForm),
        Verb(
            "rate-department",
            _("Rate the department"),
            may_call("rate-department"),
            street.rate_department,
            RateDepartmentForm,
        ),
        Verb(
            "rate-street",
            _("Rate the whistle"),
            may_call("rate-street"),
            department.rate_street,
            RateStreetForm,
        ),
        Verb("withdraw", _("Withdraw the call"), may_call("withdraw"), street.withdraw, ReasonForm),
    )

    def visible(self, request: HttpRequest, rows: Any) -> Any:
        joined = (
            "whistle__case__category",
            "whistle__case__block",
            "whistle__case__lead_unit",
            "answered_by",
            "unit",
        )
        notes = ("task", "coming", "explanation", "proof", "result", "comment", "answer_comment")
        more = ("whistle__reason", "whistle__place")
        seen = super().visible(request, rows).select_related(*joined, *notes, *more)
        return seen.defer(
            "whistle__case__description", "whistle__case__explanation", "whistle__case__block__boundary"
        )

    def looking(self, request: HttpRequest, obj: Any) -> WhistleLook:
        return WhistleLook(obj.whistle, cast(StaffRequest, request).user, clock.now(), obj)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        facts = ["whistle_link", "category", "block", "unit", "state", "why", "what_to_do"]
        if obj.whistle.gather_at or obj.whistle.place:
            facts.append("meets")
        if obj.called_at:
            facts += ["called", "answer_due", "site_due", "result_due"]
        said = {
            "answer": obj.answered_at,
            "who_comes": obj.coming,
            "place_now": obj.longitude is not None,
            "stays_away": obj.explanation,
            "presence": obj.attended is not None,
            "outcome": obj.result_at,
            "street_says": obj.score,
            "unit_says": obj.justified,
        }
        return (*facts, *(name for name, is_said in said.items() if is_said))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj)

    # --- The scorecard ---

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("scorecard/", wrap(self.scorecard_view), name="cases_whistlecall_scorecard"),
            path("scorecard/export/", wrap(self.export_view), name="cases_whistlecall_scorecard_export"),
        ]
        return own + super().get_urls()

    def may_see_scores(self, request: HttpRequest) -> bool:
        """Whoever sees figures, and departments their own row."""
        staff = cast(StaffRequest, request)
        return bool(
            may(staff.user, Capability.SEE_FIGURES, on=clock.today()) or Hands.of(staff.posts).departments
        )

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        more = {"may_see_scores": self.may_see_scores(request)}
        return super().changelist_view(request, {**more, **(extra_context or {})})

    def scorecard_view(self, request: HttpRequest) -> HttpResponse:
        """The departments' year (``?year=2026``), for leaders and, with the own row, for each department."""
        if not self.may_see_scores(request):
            raise PermissionDenied
        year, viewer = _year(request), viewer_of(request)
        card = scorecard(viewer, year_of(year))
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Scorecard of the departments %(year)d") % {"year": year},
            "opts": self.opts,
            "year": year,
            "years": [clock.today().year - back for back in range(3)],
            "rows": list(card.departments.items()),
            "whole": card.whole,
            "figures": whistle_figures(viewer, year_of(year)) if viewer.scope.areas else None,
            "printed_at": clock.now(),
        }
        return TemplateResponse(request, "admin/cases/whistlecall/scorecard.html", context)

    def export_view(self, request: HttpRequest) -> HttpResponse:
        """The same as a workbook."""
        if not self.may_see_scores(request):
            raise PermissionDenied
        year = _year(request)
        card = scorecard(viewer_of(request), year_of(year))
        rows = [[unit.name, *_cells(answers)] for unit, answers in card.departments.items()]
        rows.append([gettext("All departments"), *_cells(card.whole)])
        title = gettext("Scorecard of the departments %(year)d") % {"year": year}
        answer = HttpResponse(workbook(Page(title, _headings(), rows)), content_type=XLSX)
        answer["Content-Disposition"] = f'attachment; filename="department-scorecard-{year}.xlsx"'
        return answer

    # --- Columns ---

    @admin.display(description=_("whistle"), ordering="whistle__asked_at")
    def number(self, obj: WhistleCall) -> str:
        return str(obj.whistle)

    @admin.display(description=_("whistle"))
    def whistle_link(self, obj: WhistleCall) -> SafeString:
        kind = obj.whistle.get_kind_display()
        return format_html('<a href="{}">{}</a> {}', obj.whistle.get_absolute_url(), obj.whistle, kind)

    @admin.display(description=_("category"))
    def category(self, obj: WhistleCall) -> str:
        return obj.whistle.case.category.label

    @admin.display(description=_("block"))
    def block(self, obj: WhistleCall) -> str:
        return obj.whistle.case.block.name if obj.whistle.case.block else "—"

    @admin.display(description=_("state"), ordering="state")
    def state_badge(self, obj: WhistleCall) -> SafeString:
        badge = format_html('<span class="admin-state">{}</span>', obj.get_state_display())
        return format_html("{}<br>{}", badge, _("Overdue")) if self._late(obj) else badge

    @admin.display(description=_("why"))
    def why(self, obj: WhistleCall) -> str:
        return obj.whistle.reason.text if obj.whistle.reason else "—"

    @admin.display(description=_("task"))
    def what_to_do(self, obj: WhistleCall) -> str:
        return _said(obj.task)

    @admin.display(description=_("they meet at"))
    def meets(self, obj: WhistleCall) -> SafeString:
        return format_html("{} {}", moment(obj.whistle.gather_at), _said(obj.whistle.place, nothing=""))

    @admin.display(description=pgettext_lazy("whistle", "called"), ordering="called_at")
    def called(self, obj: WhistleCall) -> SafeString:
        return moment(obj.called_at)

    @admin.display(description=_("to answer by"), ordering="answer_due_at")
    def answer_due(self, obj: WhistleCall) -> SafeString:
        return moment(obj.answer_due_at, late=obj.state == WhistleCall.State.CALLED and self._late(obj))

    @admin.display(description=_("on site by"))
    def site_due(self, obj: WhistleCall) -> SafeString:
        return moment(obj.site_due_at)

    @admin.display(description=_("result by"), ordering="result_due_at")
    def result_due(self, obj: WhistleCall) -> SafeString:
        return moment(obj.result_due_at, late=obj.state == WhistleCall.State.CHECKED_IN and self._late(obj))

    @admin.display(description=_("answered"))
    def answer(self, obj: WhistleCall) -> SafeString | str:
        return format_html("{} {}", moment(obj.answered_at), obj.answered_by.name) if obj.answered_by else "—"

    @admin.display(description=_("who comes"))
    def who_comes(self, obj: WhistleCall) -> str:
        return _said(obj.coming)

    @admin.display(description=_("place of the check-in"))
    def place_now(self, obj: WhistleCall) -> str:
        return f"{obj.longitude:.5f}, {obj.latitude:.5f}" if obj.longitude is not None else "—"

    @admin.display(description=_("explanation"))
    def stays_away(self, obj: WhistleCall) -> str:
        return _said(obj.explanation)

    @admin.display(description=_("on site"))
    def presence(self, obj: WhistleCall) -> SafeString | str:
        if obj.attended is None:
            return "—"
        word = _("was on site") if obj.attended else _("did not come")
        return format_html("{} {}<br>{}", moment(obj.attended_at), word, _said(obj.proof))

    @admin.display(description=_("result"))
    def outcome(self, obj: WhistleCall) -> SafeString | str:
        return format_html("{}<br>{}", moment(obj.result_at), _said(obj.result)) if obj.result_at else "—"

    @admin.display(description=_("the street's rating"))
    def street_says(self, obj: WhistleCall) -> str:
        return f"{obj.score} / 5 {_said(obj.comment, nothing='')}" if obj.score else "—"

    @admin.display(description=_("the department's rating"))
    def unit_says(self, obj: WhistleCall) -> str:
        if obj.justified is None:
            return "—"
        said = _("justified %(justified)d / 5, prepared %(prepared)d / 5")
        both = str(said) % {"justified": obj.justified, "prepared": obj.prepared}
        return f"{both} {_said(obj.answer_comment, nothing='')}"

    @admin.display(description=_("ratings"))
    def ratings(self, obj: WhistleCall) -> str:
        return (
            " · ".join(
                f"{label} {value}"
                for label, value in ((_("street"), obj.score), (_("department"), obj.justified))
                if value is not None
            )
            or "—"
        )

    def _late(self, obj: WhistleCall) -> bool:
        return obj.whistle.is_running and obj.is_late(clock.now())


def _said(note: Any, *, nothing: str = "—") -> str:
    if note is None:
        return nothing
    return str(gettext("(erased)") if note.erased_at and not note.text else note.text)


def _year(request: HttpRequest) -> int:
    """The year that the address asks for, else the present one."""
    text = request.GET.get("year", "")
    asked = int(text) if len(text) == 4 and text.isascii() and text.isdigit() else 0
    return asked if 2000 <= asked <= 2200 else clock.today().year


def _headings() -> list[str]:
    return [
        *(gettext("Department"), pgettext("whistle", "Called")),
        *(gettext("Checked in in time"), pgettext("whistle", "of"), gettext("Response rate (%)")),
        *(gettext("On site"), pgettext("whistle", "of"), gettext("Attendance rate (%)")),
        *(gettext("Result in time"), pgettext("whistle", "of"), gettext("Result rate (%)")),
        *(gettext("Mean rating by the streets"), gettext("Ratings")),
    ]


def _cells(answers: Answers) -> list[Any]:
    shares = (answers.in_time, answers.attended, answers.result_in_time)
    cells: list[Any] = [answers.called.number]
    for share in shares:
        percent = share.percent
        cells += [
            share.numerator.number,
            share.denominator.number,
            "-" if percent is None else float(percent),
        ]
    mean = answers.score.value
    return [*cells, "-" if mean is None else float(mean), answers.score.number]
