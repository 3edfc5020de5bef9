"""Pages of the account: log in, log out, change the password, set up and give the second factor.

Leaves to others: ending idle sessions (middleware), locking out (django-axes), what is journaled (actions, called by
the log-in signals in apps).
"""

from typing import Any, cast
from urllib.parse import quote, urlencode

import segno
from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from staffing import actions
from staffing.forms import ChangePasswordForm, CodeForm, LogInForm
from staffing.middleware import DEVICE, ELSEWHERE, IDLE, PHONE, StaffRequest, actor_of, prove_second
from staffing.models import SecondFactor
from staffing.policies import must_choose_password
from yuhu.kit import clock
from yuhu.kit.exceptions import Refusal


class LogIn(LoginView):
    """The one log-in page, also of the admin."""

    authentication_form = LogInForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Whoever is logged in already and asks for nothing else goes to the first page."""
        if request.user.is_authenticated and not self.get_redirect_url():
            return redirect("home")
        return super().get(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        """The session gets a new key (django.contrib.auth) and remembers whether this is a phone."""
        response = super().form_valid(form)
        if form.cleaned_data["remember"]:
            self.request.session[DEVICE] = PHONE
        else:
            self.request.session.pop(DEVICE, None)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Tells, once, why the last session ended."""
        ended = {
            "was_idle": self.request.session.pop(IDLE, False),
            "was_replaced": self.request.session.pop(ELSEWHERE, False),
        }
        return super().get_context_data(**ended, **kwargs)


class LogOut(LogoutView):
    """By POST only, so that no image or link logs anybody out; afterwards a page says so."""

    http_method_names = ["get", "head", "post", "options"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Somebody typed or reloaded the address: nothing is done."""
        return redirect("logged_out")

    def get_default_redirect_url(self) -> str:
        return reverse("logged_out")


@never_cache
@require_safe
def logged_out(request: HttpRequest) -> HttpResponse:
    """What one sees after logging out."""
    if request.user.is_authenticated:
        return redirect("home")
    return render(request, "registration/logged_out.html")


class ChangePassword(PasswordChangeView):
    """The account's own password; other devices have to log in again."""

    form_class = ChangePasswordForm
    template_name = "registration/password_change_form.html"
    success_url = reverse_lazy("password_change_done")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Tells why nothing else opens before."""
        user = cast(StaffRequest, self.request).user
        return super().get_context_data(must=must_choose_password(user, at=clock.now()), **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        """Changed by the action, so that it is journaled; this session goes on under a new key."""
        try:
            user = actions.change_password(
                user=form.user,
                password=form.cleaned_data["new_password1"],
                at=clock.now(),
                actor=actor_of(cast(StaffRequest, self.request)),
            )
        except Refusal as refusal:
            form.add_error(refusal.field, str(refusal.message))
            return self.form_invalid(form)
        update_session_auth_hash(self.request, user)
        return HttpResponseRedirect(self.get_success_url())


@never_cache
@require_safe
def to_log_in(request: HttpRequest) -> HttpResponse:
    """The admin's own log-in page is ours; an account without a seat at the desk is told so there."""
    wanted = request.GET.get("next") or reverse("admin:index")
    return redirect(f"{reverse('login')}?{urlencode({'next': wanted})}")


@never_cache
@login_required
def password_changed(request: HttpRequest) -> HttpResponse:
    """The new password holds."""
    return render(request, "registration/password_change_done.html")


@sensitive_post_parameters("code")
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: StaffRequest) -> HttpResponse:
    """Asks for the code of the person's phone; who has none yet sets it up here, and is shown recovery codes once."""
    is_there = SecondFactor.objects.filter(user=request.user, confirmed_at__isnull=False).exists()
    wanted = request.POST.get("next") or request.GET.get("next", "")
    context: dict[str, Any] = {"is_there": is_there, "wanted": _own_address(request, wanted)}
    form = context["form"] = CodeForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_valid():
        try:
            codes = _give(request, form.cleaned_data["code"], is_there=is_there)
        except Refusal as refusal:
            form.add_error("code", str(refusal.message))
            status = refusal.status
        else:
            prove_second(request)
            if is_there:
                return redirect(context["wanted"])
            return render(request, "registration/second_factor.html", {**context, "codes": codes})
    if not is_there:
        context |= _to_scan(request)
    return render(request, "registration/second_factor.html", context, status=status)


def _give(request: StaffRequest, code: str, *, is_there: bool) -> list[str]:
    """Through the action; the recovery codes when this set the factor up."""
    what: dict[str, Any] = {"user": request.user, "code": code, "at": clock.now(), "actor": actor_of(request)}
    if not is_there:
        return actions.confirm_second_factor(**what)
    actions.give_code(**what)
    return []


def _to_scan(request: StaffRequest) -> dict[str, str]:
    """The secret as a picture for the phone, and as letters for typing."""
    secret = actions.propose_second_factor(user=request.user)
    house = _("Block governance")
    label = quote(f"{house}:{request.user.get_username()}")
    address = f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': house}, quote_via=quote)}"
    letters = " ".join(secret[place : place + 4] for place in range(0, len(secret), 4))
    return {"picture": segno.make(address, error="m").svg_data_uri(scale=5), "letters": letters}


def _own_address(request: HttpRequest, wanted: str) -> str:
    """Where to go on; never to another site."""
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else settings.LOGIN_REDIRECT_URL
