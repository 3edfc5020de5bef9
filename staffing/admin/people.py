"""People at the desk: colleagues to look up; accounts to make, correct, close and open by the administrators."""

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters

from staffing.actions import correct_account, create_account, remove_second_factor, reset_password, set_active
from staffing.admin.base import PostsAdmin, who_and_when
from staffing.admin.days import CareerSection
from staffing.admin.forms import AccountChangeForm, AccountForm
from staffing.models import Assistant, Membership, Tenure, User
from staffing.policies import may
from staffing.posts import Capability
from yuhu.kit import clock
from yuhu.kit.desk.lists import KnownFilter, demo_mark

FACTS = ("name", "employee_number", "phone", "email")


class PostFilter(KnownFilter):
    """Accounts that hold a post today, and those that do not."""

    title = _("post")
    parameter_name = "post"

    def offer(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return [("block", _("In a block")), ("unit", _("In a unit")), ("none", _("Without a post"))]

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        today = clock.today()
        in_unit = Exists(Membership.objects.on(today).filter(user=OuterRef("pk")))
        in_block = Exists(Tenure.objects.on(today).filter(holder=OuterRef("pk"))) | Exists(
            Assistant.objects.on(today).filter(user=OuterRef("pk"))
        )
        return rows.filter({"unit": in_unit, "block": in_block, "none": ~in_unit & ~in_block}[value])


@admin.register(User)
class UserAdmin(CareerSection, PostsAdmin):
    """Everybody with a post may look colleagues up; accounts are kept by their administrators."""

    edit = Capability.MANAGE_ACCOUNTS
    add_form, change_form = AccountForm, AccountChangeForm
    list_display = ("name", "employee_number", "posts_today", "is_active", "demo")
    list_display_links = ("name",)
    list_filter = (PostFilter, "is_active")
    search_fields = ("=username", "=employee_number", "name")
    search_help_text = _("name, employee number or log-in name")
    ordering = ("username",)
    typed_by = ("username", "employee_number")
    deferred = ("password",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        today = clock.today()
        tenures = Tenure.objects.on(today).select_related("block").defer("block__boundary")
        helps = Assistant.objects.on(today).select_related("block").defer("block__boundary")
        seats = Membership.objects.on(today).select_related("unit")
        return (
            super()
            .get_queryset(request)
            .filter(is_technical=False)  # systems have a list of their own (clients.py)
            .prefetch_related(
                Prefetch("tenures", tenures, to_attr="tenures_today"),
                Prefetch("assistances", helps, to_attr="helps_today"),
                Prefetch("memberships", seats, to_attr="seats_today"),
            )
        )

    def choices(self, request: HttpRequest) -> Any:
        rows: Any = super().choices(request)
        return rows.filter(is_active=True).prefetch_related(None)

    def choice_label(self, obj: User) -> str:
        """Two people may bear one name: the number tells them apart."""
        return f"{obj.name}（{obj.employee_number or obj.username}）"

    def search(self, request: HttpRequest, rows: QuerySet[Any], question: str) -> tuple[QuerySet[Any], bool]:
        found, twice = super().search(request, rows, question)
        if "field_name" in request.GET:  # suggestions for a form: only people who still work here
            found = found.filter(is_active=True).prefetch_related(None)
        if (request.GET.get("model_name"), request.GET.get("field_name")) == ("shift", "officer"):
            found = found.filter(
                pk__in=Membership.objects.deciding_in_platforms(clock.today()).values("user")
            )
        return found, twice

    def get_list_display(self, request: HttpRequest) -> Any:
        keeps_accounts = self.has_edit_permission(request)
        return (*self.list_display, "username", "last_login") if keeps_accounts else self.list_display

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return AccountForm.Meta.fields
        if not self.has_change_permission(request, obj):
            return ("name", "employee_number", "phone", "email", "posts_today", "is_active", "source")
        shown = ("username", "posts_today", "last_login", "password_changed_at", "source")
        return (*AccountChangeForm.Meta.fields, *shown)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ()
        return ("username", "posts_today", "last_login", "password_changed_at", "source")

    @method_decorator(sensitive_post_parameters("password"))
    def changeform_view(self, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().changeform_view(*args, **kwargs)

    def store(self, request: HttpRequest, obj: Any, data: dict[str, Any]) -> User:
        facts = {name: data[name] for name in FACTS}
        said = who_and_when(request)
        if obj is None:
            return create_account(username=data["username"], password=data["password"], facts=facts, **said)
        user = correct_account(user=obj, facts=facts, **said)
        if data["is_active"] != user.is_active:
            user = set_active(user=user, active=data["is_active"], **said)
        if data["password"]:
            user = reset_password(user=user, password=data["password"], **said)
        if data["second_factor"]:
            remove_second_factor(user=user, **said)
        return user

    def journal_subject(self, request: HttpRequest, obj: Any) -> tuple[str, str | int] | None:
        """Log-ins and locks are shown to those who keep accounts and to the auditor."""
        today = clock.today()
        entitled = self.has_edit_permission(request) or may(request.user, Capability.READ_JOURNAL, on=today)
        return ("user", obj.pk) if entitled else None

    @admin.display(description=_("posts today"))
    def posts_today(self, obj: Any) -> str:
        blocks = [f"{row.block.name} {row.get_post_display()}" for row in obj.tenures_today]
        helps = [f"{row.block.name} {row.get_kind_display()}" for row in obj.helps_today]
        units = [f"{row.unit.name} {row.get_role_display()}" for row in obj.seats_today]
        return "；".join((*blocks, *helps, *units)) or "—"

    @admin.display(description=_("demo"))
    def demo(self, obj: User) -> SafeString:
        return demo_mark(obj.source)
