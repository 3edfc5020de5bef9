"""Registers the app, and writes log-ins down: the signals of django.contrib.auth and django-axes are doors too."""

from typing import Any

from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class StaffingConfig(AppConfig):
    """Who: people, units, posts with dates, the roster 1+N+1."""

    name = "staffing"
    verbose_name = _("People and posts")

    def ready(self) -> None:
        """Listen to log-ins; to failures before axes does, so that the fifth is told before the lock."""
        from django.contrib.auth.signals import user_logged_in, user_login_failed

        user_logged_in.connect(on_log_in, dispatch_uid="staffing.log_in")
        user_login_failed.connect(on_failure, dispatch_uid="staffing.log_in_failed")
        from axes.signals import user_locked_out

        user_locked_out.connect(on_lock_out, dispatch_uid="staffing.lock_out")
        from staffing import checks, tasks  # noqa: F401  (checks register themselves)

        tasks.register()


def on_log_in(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """A session begins."""
    from staffing.actions import log_in
    from staffing.middleware import actor_for, mark
    from yuhu.kit import clock

    at = clock.now()
    log_in(user=user, mark=mark(request), at=at, actor=actor_for(user, address=_address(request)))


def on_failure(
    sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any
) -> None:
    """A wrong password; attempts during a lock-out are not told one by one."""
    from staffing.actions import fail_log_in
    from yuhu.kit import clock

    if request is None or _was_locked(request):
        return
    fail_log_in(username=_name(credentials), at=clock.now(), address=_address(request))


def on_lock_out(sender: Any, request: HttpRequest, username: str | None = None, **kwargs: Any) -> None:
    """Too many failures: told when the lock begins, not for attempts during the lock."""
    from staffing.actions import lock_out
    from yuhu.kit import clock

    if not _was_locked(request):
        lock_out(username=username or "", at=clock.now(), address=_address(request))


def _was_locked(request: HttpRequest) -> bool:
    """Locked before this attempt: axes then counts no failures."""
    counted = getattr(request, "axes_failures_since_start", None)
    return bool(getattr(request, "axes_locked_out", False)) and counted is None


def _name(credentials: dict[str, Any]) -> str:
    return str(credentials.get("username") or "")


def _address(request: HttpRequest) -> str:
    from staffing.middleware import address_of

    return address_of(request)
