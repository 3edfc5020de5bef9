"""Partner systems at the desk: made, changed, given another secret, closed; for the administrators of accounts.

A secret is shown once, in the answer to the press of a button, and is kept nowhere. Leaves to others: what a client
may do (policies), giving tokens out (yuhu.api.tokens).
"""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from staffing.actions import add_client, change_client, renew_secret, set_client_active
from staffing.actions.clients import FACTS
from staffing.admin.base import PostsAdmin, who_and_when
from staffing.admin.forms import ClientChangeForm, ClientForm
from staffing.models import PartnerClient
from staffing.posts import SCOPE_LABELS, ApiScope, Capability
from yuhu.kit.desk.lists import demo_mark


@admin.register(PartnerClient)
class ClientAdmin(PostsAdmin):
    """The systems that log in by themselves, and what each is bound to."""

    look = edit = Capability.MANAGE_ACCOUNTS
    add_form, change_form = ClientForm, ClientChangeForm
    list_display = ("system_name", "client_code", "area", "channel", "is_active", "ends_on", "demo")
    list_filter = ("is_active", "channel")
    search_fields = ("=client_id", "name", "^area")
    search_help_text = _("name, client id or area")
    ordering = ("client_id",)
    deferred = ("client_secret",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ClientForm.Meta.fields
        if not self.has_change_permission(request, obj):
            return ("client_id", *FACTS[:4], "scopes_in_words", *FACTS[5:], "is_active")
        return ("client_id", *ClientChangeForm.Meta.fields)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else ("client_id",)

    def store(self, request: HttpRequest, obj: Any, data: dict[str, Any]) -> PartnerClient:
        facts, said = {name: data[name] for name in FACTS}, who_and_when(request)
        if obj is None:
            client, secret = add_client(client_id=data["client_id"], facts=facts, **said)
            client.secret_once = secret
            return client
        client = change_client(client=obj, facts=facts, **said)
        return set_client_active(client=client, active=data["is_active"], **said)

    @method_decorator(never_cache)
    def changeform_view(self, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().changeform_view(*args, **kwargs)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        """The new client's name and secret: this page is the only place where the secret ever stands."""
        return self._show_once(request, obj, obj.secret_once)

    def get_urls(self) -> list[Any]:
        renew: URLPattern = path(
            "<path:object_id>/secret/",
            self.admin_site.admin_view(never_cache(self.secret_view)),
            name="staffing_partnerclient_secret",
        )
        return [renew, *super().get_urls()]

    def secret_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Asks first; then the old secret and all its tokens are worth nothing, and the new one is shown once."""
        client = self.get_object(request, unquote(object_id))
        if not self.has_change_permission(request, client):
            raise PermissionDenied
        if client is None:
            raise Http404
        if request.method == "POST":
            return self._show_once(request, *renew_secret(client=client, **who_and_when(request)))
        return self._page(request, client, gettext("Another secret for %(name)s") % {"name": client})

    def _show_once(self, request: HttpRequest, client: PartnerClient, secret: str) -> HttpResponse:
        title = gettext("Secret of %(name)s") % {"name": client}
        return self._page(request, client, title, secret=secret)

    def _page(
        self, request: HttpRequest, client: PartnerClient, title: str, *, secret: str = ""
    ) -> TemplateResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "client": client,
            "secret": secret,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/staffing/partnerclient/secret.html", context)

    def journal_subject(self, request: HttpRequest, obj: Any) -> tuple[str, str | int] | None:
        return "client", obj.pk

    @admin.display(description=_("name of the system"), ordering="name")
    def system_name(self, obj: PartnerClient) -> str:
        return str(obj)

    @admin.display(description=_("client id"), ordering="client_id")
    def client_code(self, obj: PartnerClient) -> str:
        return str(obj.client_id)

    @admin.display(description=_("scopes"))
    def scopes_in_words(self, obj: PartnerClient) -> str:
        return "；".join(str(SCOPE_LABELS[ApiScope(scope)]) for scope in obj.scopes)

    @admin.display(description=_("demo"))
    def demo(self, obj: PartnerClient) -> Any:
        return demo_mark(obj.source)
