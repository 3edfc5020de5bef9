"""Outside figures at the desk: what was published, who entered it, who checked it; whole sheets in and out."""

from collections.abc import Iterator
from typing import Any, ClassVar, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from blocks.models import District, Street
from cases.actions import outside as actions
from cases.admin.base import LoopAdmin, moment
from cases.admin.outside_forms import CorrectForm, EnterForm, RemarkForm, SheetForm
from cases.figures.outside import change_of, share_text
from cases.models import OutsideFigure
from cases.outside import year_before
from cases.policies import outside as policies
from cases.sheets import COLUMNS, NEEDED, FigureRow, read_figures
from staffing.admin.verbs import Verb
from staffing.middleware import StaffRequest
from staffing.posts import Capability
from yuhu.kit import clock
from yuhu.kit.desk import day
from yuhu.kit.desk.day import Item, Part
from yuhu.kit.desk.lists import KnownFilter, demo_mark, scope_of
from yuhu.kit.excel.lines import RowError
from yuhu.kit.excel.reading import read_table
from yuhu.kit.excel.writing import XLSX, Page, workbook
from yuhu.kit.exceptions import Refusal

SHOWN_ERRORS = 50


def to_check(request: HttpRequest) -> Any:
    """What waits for this person as the second one; the day's number and the list behind it both ask here."""
    user = cast(StaffRequest, request).user
    rows = OutsideFigure.objects.within(scope_of(request)).waiting()
    return rows.of_areas(policies.areas_to_check(user, clock.now())).exclude(entered_by=user)


class WaitsFilter(KnownFilter):
    """What is to be done."""

    title = _("what is to be done")
    parameter_name = "todo"

    def offer(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return [("check", _("To be checked by me")), ("mine", _("Entered by me"))]

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        if value == "check":
            return rows.filter(pk__in=to_check(request).values("pk"))
        return rows.filter(entered_by=request.user.pk)


class AreaFilter(KnownFilter):
    """The district or a street."""

    title = _("area")
    parameter_name = "area"

    def offer(self, request: HttpRequest) -> list[tuple[str, Any]]:
        scope = scope_of(request)
        places = (District.objects.within(scope), Street.objects.within(scope))
        return [pair for rows in places for pair in rows.values_list("code", "name")]

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        return rows.filter(area=value)


@admin.register(OutsideFigure)
class OutsideFigureAdmin(LoopAdmin):
    """The numbers of the areas that the person sees, newest days first."""

    look = Capability.SEE_FIGURES
    edit = Capability.ENTER_FIGURES
    noun = "figure"
    add_form = EnterForm
    change_list_template = "admin/cases/outsidefigure/change_list.html"
    prefilled = ("kind", "span", "year", "month", "area")
    list_display = ("kind", "place", "days", "number", "published", "state_badge", "entered_by", "demo")
    list_display_links = ("kind",)
    list_filter = (WaitsFilter, "state", "kind", AreaFilter, "span")
    list_select_related = ("entered_by", "checked_by", "replaces")
    search_fields = ("published_by", "document")
    search_help_text = _("who published it, or document")
    date_hierarchy = "last"
    ordering = ("-last", "kind", "area", "-pk")
    verbs: ClassVar[tuple[Verb, ...]] = (
        Verb(
            *("check", _("It is what was published"), policies.may_check, actions.check),
            confirm=_(
                "Compare number, unit, days and area with the document. From now on the figure counts."
            ),
        ),
        Verb("send-back", _("Send it back"), policies.may_check, actions.send_back, RemarkForm),
        Verb("correct", _("Correct it"), policies.may_correct, actions.correct, CorrectForm),
        Verb(
            *("withdraw", _("Withdraw it"), policies.may_withdraw, actions.withdraw, RemarkForm),
            confirm=_("Nothing counts for these days until another number is entered and checked."),
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        names = [
            Subquery(model._default_manager.filter(pk=OuterRef("area")).values("name")[:1])
            for model in (Street, District)
        ]
        named: QuerySet[Any] = rows.annotate(place_=Coalesce(*names))
        return named

    def in_question(self, request: HttpRequest, obj: Any, verb: Verb) -> bool:
        """While it waits it is checked; in force it is corrected or withdrawn; afterwards nothing is."""
        State = OutsideFigure.State
        asked = {State.ENTERED: ("check", "send-back", "withdraw"), State.CHECKED: ("correct", "withdraw")}
        return verb.name in asked.get(State(obj.state), ())

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if not change and "area" in form.base_fields:
            form.base_fields["area"].choices = self._areas(request)
        return form

    def _areas(self, request: HttpRequest) -> list[tuple[str, str]]:
        """Where the person enters."""
        own = policies.areas_to_enter(cast(StaffRequest, request).user, clock.now())
        places: list[Any] = [*District.objects.filter(pk__in=own).only("pk", "name")]
        places += [
            street
            for street in Street.objects.order_by("pk").only("pk", "name")
            if any(street.pk.startswith(code) for code in own)
        ]
        return [(place.pk, place.name) for place in places]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The month that ended last."""
        today = clock.today()
        ended = (today.year, today.month - 1) if today.month > 1 else (today.year - 1, 12)
        return {"year": ended[0], "month": ended[1], **super().get_changeform_initial_data(request)}

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return EnterForm.Meta.fields
        corrects = ("corrected", "why") if obj.replaces_id else ()
        said = ("remark",) if obj.remark else ()
        later = ("followed",) if obj.state in ("checked", "replaced") else ()
        return (
            *("kind", "place", "days", "number", "before", "published", "state", *corrects, *said),
            *("entered_by", "entered", "checked_by", "checked", *later, "source"),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else self.get_fields(request, obj)

    def store(self, request: HttpRequest, obj: Any, data: dict[str, Any]) -> OutsideFigure:
        return actions.enter(published=actions.Published(**data), **self.who(request))

    def journal_subject(self, request: HttpRequest, obj: Any) -> tuple[str, str | int] | None:
        return "outside_figure", obj.pk

    # --- Sheets ---

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("export/", wrap(self.export_view), name="cases_outsidefigure_export"),
            path("import/", wrap(self.import_view), name="cases_outsidefigure_import"),
        ]
        return own + super().get_urls()

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        asked, address = request.GET.urlencode(), reverse("admin:cases_outsidefigure_export")
        context = {"export_url": f"{address}?{asked}" if asked else address}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def export_view(self, request: HttpRequest) -> HttpResponse:
        """What the list shows, in the form in which it can be sent back."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows: Any = self.get_changelist_instance(request).get_queryset(request)
        headings = [names[0] for names in COLUMNS.values()]
        more = [gettext("state"), gettext("entered by"), gettext("checked by")]
        values = {
            "name": getattr(request.user, "name", ""),
            "at": f"{clock.local(clock.now()):%Y-%m-%d %H:%M}",
        }
        note = gettext("Taken out by %(name)s, %(at)s") % values
        page = Page(gettext("Outside figures"), [*headings, *more], _lines(rows), note=note)
        answer = HttpResponse(workbook(page), content_type=XLSX)
        answer["Content-Disposition"] = (
            f'attachment; filename="outside-figures-{clock.today().isoformat()}.xlsx"'
        )
        return answer

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """Look at a sheet, or enter it: both go the same way, and only the second one is kept."""
        if not self.has_edit_permission(request):
            raise PermissionDenied
        form = SheetForm(request.POST or None, request.FILES or None)
        rows: list[FigureRow] = []
        errors: list[RowError] = []
        if form.is_valid():
            store = form.cleaned_data["store"]
            try:
                table = read_table(form.cleaned_data["sheet"], columns=COLUMNS, needed=NEEDED)
                rows, errors = read_figures(table.lines)
                errors += self._enter(request, rows, store=store and not errors)
            except Refusal as refusal:
                form.add_error("sheet", str(refusal))
            if store and form.is_valid() and not errors:
                text = ngettext("%(count)d figure was entered.", "%(count)d figures were entered.", len(rows))
                messages.success(request, text % {"count": len(rows)})
                return redirect("admin:cases_outsidefigure_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Enter a sheet of figures"),
            "opts": self.opts,
            "form": form,
            "rows": [_shown(row) for row in rows],
            "errors": [str(error) for error in errors[:SHOWN_ERRORS]],
            "left_out": max(len(errors) - SHOWN_ERRORS, 0),
            "headings": "、".join(names[0] for names in COLUMNS.values()),
        }
        return TemplateResponse(request, "admin/cases/outsidefigure/import.html", context)

    def _enter(self, request: HttpRequest, rows: list[FigureRow], *, store: bool) -> list[RowError]:
        """Every row through the action; what it refuses, by its cell. Kept only if ``store`` and nothing is refused."""
        errors: list[RowError] = []
        with transaction.atomic():
            for row in rows:
                values = {name: getattr(row, name) for name in COLUMNS}
                try:
                    with transaction.atomic():
                        actions.enter(published=actions.Published(**values), **self.who(request))
                except Refusal as refusal:
                    cell = row.line.cell(*COLUMNS.get(str(refusal.field), ()))
                    errors.append(RowError(row.line.number, refusal.code, str(refusal), cell))
            if errors or not store:
                transaction.set_rollback(True)
        return errors

    # --- Columns ---

    @admin.display(description=_("area"), ordering="area")
    def place(self, obj: OutsideFigure) -> str:
        return getattr(obj, "place_", None) or obj.area

    @admin.display(description=pgettext_lazy("outside figure", "days"), ordering="last")
    def days(self, obj: OutsideFigure) -> SafeString:
        return format_html(
            '<span class="admin-time">{}</span><br>{} – {}', obj.get_span_display(), obj.first, obj.last
        )

    @admin.display(description=_("value"), ordering="value")
    def number(self, obj: OutsideFigure) -> str:
        return obj.shown

    @admin.display(description=_("the same days of the year before"))
    def before(self, obj: OutsideFigure) -> str:
        first, last = year_before((obj.first, obj.last))
        rows = OutsideFigure.objects.filter(kind=obj.kind, area=obj.area, first=first, last=last)
        old = rows.in_force().first()
        if old is None:
            return "—"
        return f"{old.shown}，{share_text(change_of(obj.value, old.value))}"

    @admin.display(description=_("published by"))
    def published(self, obj: OutsideFigure) -> str:
        return obj.published

    @admin.display(description=_("state"), ordering="state")
    def state_badge(self, obj: OutsideFigure) -> SafeString:
        return format_html('<span class="admin-state">{}</span>', obj.get_state_display())

    @admin.display(description=_("corrects"))
    def corrected(self, obj: OutsideFigure) -> SafeString | str:
        return _link(obj.replaces) if obj.replaces else "—"

    @admin.display(description=_("corrected by"))
    def followed(self, obj: OutsideFigure) -> SafeString | str:
        later = obj.replaced_by.order_by("-pk").first()
        return _link(later) if later is not None else "—"

    @admin.display(description=_("entered"))
    def entered(self, obj: OutsideFigure) -> SafeString:
        return moment(obj.entered_at)

    @admin.display(description=_("checked"))
    def checked(self, obj: OutsideFigure) -> SafeString:
        return moment(obj.checked_at)

    @admin.display(description=_("demo"))
    def demo(self, obj: OutsideFigure) -> SafeString:
        return demo_mark(obj.source)


def _link(row: OutsideFigure) -> SafeString:
    return format_html('<a href="{}">{}</a>，{}', row.get_absolute_url(), row.shown, row.get_state_display())


def _lines(rows: Any) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        yield (
            *(row.get_kind_display(), row.area, row.get_span_display(), row.last.year, row.last.month),
            *(float(row.value), row.published_by, row.document, row.get_state_display()),
            *(row.entered_by.name, row.checked_by.name if row.checked_by else ""),
        )


def _shown(row: FigureRow) -> tuple[Any, ...]:
    return (
        *(row.line.number, _word(row.kind), row.area),
        *(f"{row.year}-{row.month:02d}", row.value, row.published_by),
    )


def _word(kind: str) -> str:
    return OutsideFigure(kind=kind).get_kind_display()


@day.add
def figures_to_check(request: HttpRequest) -> Iterator[Item]:
    """For the second person. One query, none for who checks nothing."""
    if not policies.areas_to_check(cast(StaffRequest, request).user, clock.now()):
        return
    address = f"{reverse('admin:cases_outsidefigure_changelist')}?todo=check"
    yield Item(Part.DECIDE, _("Outside figures to check"), to_check(request).count(), address)
