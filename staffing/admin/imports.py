"""Whole rosters at the desk: out as a sheet, and in from one: upload, look at what it would change, apply."""

import json
from collections.abc import Iterator
from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from staffing.actions import applying_roster, plan_of, propose_roster
from staffing.actions.plans import WORDS, Entitled
from staffing.admin.base import PostsAdmin, actor_of, day_of
from staffing.admin.forms import RosterSheetForm
from staffing.figures import roster_rows
from staffing.middleware import StaffRequest
from staffing.models import RosterImport
from staffing.policies import appoints, may_appoint
from staffing.sheets import COLUMNS, NEEDED
from yuhu.kit import clock
from yuhu.kit.desk.lists import scope_of
from yuhu.kit.excel.lines import RowsRefused
from yuhu.kit.excel.reading import read_table
from yuhu.kit.excel.writing import XLSX, Page, workbook
from yuhu.kit.exceptions import Refusal
from yuhu.kit.verdicts import Verdict

SHOWN_CHANGES = 300
SHOWN_ERRORS = 50
# A line of progress for so many changes.
STEP = 25
LINES = "application/x-ndjson"


@admin.register(RosterImport)
class RosterImportAdmin(PostsAdmin):
    """The sheets that the person sent, each with what it would change or has changed."""

    add_form = RosterSheetForm
    list_display = ("file_name", "made_at", "effective_on", "summary", "applied_at")
    list_display_links = ("file_name", "made_at")
    ordering = ("-made_at", "-pk")
    fields = RosterSheetForm.Meta.fields

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_edit_permission(request)

    def has_edit_permission(self, request: HttpRequest) -> bool:
        return bool(appoints(request.user, on=clock.today()))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (
            self.fields if obj is None else ("file_name", "made_at", "effective_on", "replaces", "applied_at")
        )

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"effective_on": clock.today(), **super().get_changeform_initial_data(request)}

    def store(self, request: HttpRequest, obj: Any, data: dict[str, Any]) -> RosterImport:
        sheet = data.pop("sheet")
        table = read_table(sheet, columns=COLUMNS, needed=NEEDED)
        return propose_roster(
            rows=table.lines,
            file_name=sheet.name,
            may=_entitled_by(request),
            by=cast(StaffRequest, request).user,
            at=clock.now(),
            **data,
        )

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        return redirect(obj)

    def journal_subject(self, request: HttpRequest, obj: Any) -> tuple[str, str | int] | None:
        return ("roster_import", obj.pk) if obj.applied_at else None

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        proposal: RosterImport | None = context.get("original")
        if proposal is not None:
            context |= _shown(proposal, _entitled_by(request))
        return super().render_change_form(request, context, *args, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("export/", wrap(self.export_view), name="staffing_rosterimport_export"),
            path("<int:pk>/apply/", wrap(self.apply_view), name="staffing_rosterimport_apply"),
        ]
        return own + super().get_urls()

    def export_view(self, request: HttpRequest) -> HttpResponse:
        """The roster of the person's areas, today or on a day (``?on=``), in the form in which it can be sent back."""
        if not self.has_edit_permission(request):
            raise PermissionDenied
        on = day_of(request.GET.get("on")) or clock.today()
        headings = [names[0] for names in COLUMNS.values()]
        page = Page(gettext("Roster"), headings, roster_rows(on, scope_of(request).areas))
        answer = HttpResponse(workbook(page), content_type=XLSX)
        answer["Content-Disposition"] = f'attachment; filename="roster-{on.isoformat()}.xlsx"'
        return answer

    def apply_view(self, request: HttpRequest, pk: int) -> HttpResponse | StreamingHttpResponse:
        """Carry a sheet out; whoever asks for lines hears of the progress."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        proposal = self.get_object(request, str(pk))
        if proposal is None or not self.has_edit_permission(request):
            raise PermissionDenied
        told = _applying(request, proposal)
        if LINES in request.headers.get("Accept", ""):
            answer = StreamingHttpResponse((json.dumps(line) + "\n" for line in told), content_type=LINES)
            # Without it nginx would keep the lines until the end.
            answer["X-Accel-Buffering"] = "no"
            return answer
        for line in told:
            if "error" in line:
                messages.error(request, "\n".join([line["error"], *line["errors"]]))
            elif "url" in line:
                messages.success(request, gettext("The roster has been changed as shown."))
        return redirect(proposal)

    @admin.display(description=_("what it changes"))
    def summary(self, obj: RosterImport) -> str:
        return "，".join(f"{label} {count}" for label, count in _counted(obj)) or gettext("nothing")


def _entitled_by(request: HttpRequest) -> Entitled:
    """Whether the person appoints in a block, asked once for each."""
    today, known = clock.today(), dict[str, Verdict]()

    def entitled(area: str) -> Verdict:
        if area not in known:
            known[area] = may_appoint(request.user, area=area, on=today)
        return known[area]

    return entitled


def _counted(proposal: RosterImport) -> list[tuple[str, int]]:
    return [(str(label), proposal.counts[kind]) for kind, label in WORDS.items() if proposal.counts.get(kind)]


def _shown(proposal: RosterImport, may: Entitled) -> dict[str, Any]:
    """What the page of a sheet says: its changes now, or why it cannot be applied any more."""
    context: dict[str, Any] = {"counts": _counted(proposal), "unchanged": proposal.counts.get("unchanged", 0)}
    if proposal.applied_at is not None or not proposal.lines:
        return context
    try:
        plan = plan_of(proposal, may=may)
    except RowsRefused as refusal:
        return {**context, "refused": refusal.errors[:SHOWN_ERRORS], "moved": True}
    left_out = max(len(plan.changes) - SHOWN_CHANGES, 0)
    return {
        **context,
        "changes": plan.changes[:SHOWN_CHANGES],
        "left_out": left_out,
        "moved": plan.digest != proposal.digest,
        "can_apply": plan.digest == proposal.digest and bool(plan.changes),
    }


def _applying(request: HttpRequest, proposal: RosterImport) -> Iterator[dict[str, Any]]:
    """Lines for the page: how far it is, and in the end where to go or what was refused."""
    try:
        steps = applying_roster(
            proposal_id=proposal.pk, may=_entitled_by(request), at=clock.now(), actor=actor_of(request)
        )
        for done, total in steps:
            if done % STEP == 0 or done == total:
                yield {"done": done, "total": total}
    except RowsRefused as refusal:
        yield {"error": str(refusal), "errors": [str(error) for error in refusal.errors[:SHOWN_ERRORS]]}
    except Refusal as refusal:
        yield {"error": str(refusal), "errors": []}
    else:
        yield {"url": proposal.get_absolute_url()}
