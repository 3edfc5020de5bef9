"""Who may look after the ledger and send again what was given up."""

import datetime as dt

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from staffing.models import User
from staffing.policies import may, posts_of, scope_of
from staffing.posts import Capability, PostKind
from yuhu.delivery.models import Delivery
from yuhu.kit.verdicts import Allowed, Denied, Verdict


def ledger_of(user: User | AnonymousUser, *, on: dt.date) -> QuerySet[Delivery]:
    """The rows that the person may look after: a duty officer those about the cases that he or she sees.

    A system administrator sees every row, since a dead gateway is his or her matter; which case and whom it
    concerns is shown only as far as the person's scope opens the case.
    """
    if not may(user, Capability.RESEND, on=on):
        return Delivery.objects.none()
    if any(post.kind is PostKind.SYSTEM_ADMIN for post in posts_of(user, on)):
        return Delivery.objects.all()
    return Delivery.objects.within(scope_of(user, on))


def may_resend(user: User | AnonymousUser, delivery: Delivery, *, on: dt.date) -> Verdict:
    """Whether the person may send this row again."""
    verdict = may(user, Capability.RESEND, on=on)
    if not verdict:
        return verdict
    if ledger_of(user, on=on).filter(pk=delivery.pk).exists():
        return Allowed()
    return Denied(_("This notice belongs to a case outside the area of your post."), code="outside_area")
