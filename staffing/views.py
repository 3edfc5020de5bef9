"""Pages of the account: log in, log out, change the password.

Leaves to others: ending idle sessions (middleware), locking out (django-axes), what is journaled (actions, called by
the log-in signals in apps).
"""

from typing import Any, cast
from urllib.parse import urlencode

from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from staffing import actions
from staffing.forms import ChangePasswordForm, LogInForm
from staffing.middleware import DEVICE, IDLE, PHONE, StaffRequest, actor_of
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
        """Tells, once, that the last session ended by itself."""
        return super().get_context_data(was_idle=self.request.session.pop(IDLE, False), **kwargs)


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
