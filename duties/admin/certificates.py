"""The desk for the certificates that a community must not issue: which office does, on any day.

Leaves to others: the question "may we issue it?" as a page for everybody with a post (views).
"""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from duties.actions import correct_certificate, end_certificate
from duties.admin.forms import CorrectCertificateForm, EndCertificateForm
from duties.figures import demo_certificates
from duties.models import DEMO, CertificateRule
from duties.policies import may_change_certificate
from staffing.admin import DayFilter
from staffing.admin.verbs import Verb, VerbsAdmin
from yuhu.kit import clock
from yuhu.kit.desk.lists import demo_mark


@admin.register(CertificateRule)
class CertificateRuleAdmin(VerbsAdmin):
    """Open to everybody with a post; corrected by whoever keeps the reference data."""

    list_display = ("number", "name", "office", "way", "basis", "source", "demo")
    list_display_links = ("name",)
    list_filter = (DayFilter,)
    list_select_related = ("unit",)
    search_fields = ("name", "aliases", "office")
    search_help_text = _("name of the certificate, or of the office")
    ordering = ("number", "-starts_on")
    fields = (
        *("number", "name", "aliases", "office", "unit", "way"),
        *("basis", "source", "office_source", "starts_on", "ends_on"),
    )
    noun = "rule"
    verbs = (
        Verb(
            "correct",
            _("Correct from a day on"),
            may_change_certificate,
            correct_certificate,
            CorrectCertificateForm,
        ),
        Verb(
            "end",
            _("Take it off the list"),
            may_change_certificate,
            end_certificate,
            EndCertificateForm,
            confirm=_("From that day on nothing says that a community must not issue it."),
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.select_related("unit")

    def in_question(self, request: HttpRequest, obj: Any, verb: Verb) -> bool:
        return self.has_edit_permission(request)

    def journal_subject(self, request: HttpRequest, obj: Any) -> tuple[str, str | int] | None:
        return "certificate_rule", obj.number

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        if demo_certificates(clock.today()):
            messages.warning(request, gettext("Demo list, replace with your published list."))
        return super().changelist_view(
            request, {"ask_url": reverse("duties:certificates"), **(extra_context or {})}
        )

    @admin.display(description=_("office is demo"))
    def demo(self, obj: CertificateRule) -> SafeString:
        return demo_mark(DEMO if obj.is_demo else "")
