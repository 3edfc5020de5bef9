"""The desk for the ledger: what was sent, waits or was given up, and sending that again. No text, no address."""

from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from cases.models import Case
from staffing.middleware import StaffRequest
from staffing.policies import may
from staffing.posts import Capability
from yuhu.delivery import policies
from yuhu.delivery.actions import resend
from yuhu.delivery.models import Delivery
from yuhu.kit import clock
from yuhu.kit.exceptions import Refusal

if TYPE_CHECKING:
    # Generic in the stubs only.
    ModelAdmin = admin.ModelAdmin[Delivery]
else:
    ModelAdmin = admin.ModelAdmin

HIDDEN = "—"


@admin.register(Delivery)
class DeliveryAdmin(ModelAdmin):
    """Read-only but for one action. Whoever may not see the case sees neither its number nor the person."""

    list_display = (
        "at",
        "notice",
        "channel",
        "recipient",
        "case_number",
        "state",
        "attempts",
        "next_at",
        "last_error",
    )
    list_filter = ("state", "channel")
    fields = (*list_display, "created_at", "sent_at", "feed_no")
    readonly_fields = fields
    search_fields = ("subject",)
    search_help_text = _("Case number")
    ordering = ("-id",)
    list_per_page = 50
    show_full_result_count = False
    actions = ("send_again",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        rows = policies.ledger_of(request.user, on=clock.today())
        seen = Case.objects.within(cast(StaffRequest, request).scope).filter(number=OuterRef("subject"))
        rows = rows.annotate(case_is_open=Exists(seen)).select_related("user", "reporter")
        return rows.order_by(*self.ordering)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By the case's number, among the cases that the person sees: a search must not tell what a column hides."""
        if search_term:
            queryset = queryset.filter(subject__contains=search_term, case_is_open=True)
        return queryset, False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(may(request.user, Capability.RESEND, on=clock.today()))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("notice"))
    def notice(self, obj: Delivery) -> str:
        return obj.title

    @admin.display(description=pgettext_lazy("delivery", "to"))
    def recipient(self, obj: Delivery) -> str:
        if not _is_open(obj):
            return HIDDEN
        if obj.reporter is not None:
            return obj.reporter.phone_masked
        return obj.user.name if obj.user else HIDDEN

    @admin.display(description=_("case number"))
    def case_number(self, obj: Delivery) -> str:
        return obj.subject if _is_open(obj) else HIDDEN

    @admin.action(description=_("Send again what was given up"))
    def send_again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        """Row by row: what may not or need not be sent again does not stop the others."""
        done, refusals = 0, set()
        staff = cast(StaffRequest, request)
        for key in queryset.values_list("pk", flat=True):
            try:
                resend(delivery_id=key, user=staff.user, actor=staff.actor, at=clock.now())
                done += 1
            except Refusal as refusal:
                refusals.add(str(refusal))
        if done:
            text = ngettext("%(count)d notice is sent again.", "%(count)d notices are sent again.", done)
            self.message_user(request, text % {"count": done}, messages.SUCCESS)
        for reason in sorted(refusals):
            self.message_user(request, reason, messages.WARNING)


def _is_open(obj: Delivery) -> bool:
    """Whether the person sees the case: annotated by ``get_queryset``."""
    return bool(getattr(obj, "case_is_open", False))
