"""The ledger of what was told to whom, and how far the journal's feed has been announced.

One row per event, person and channel. It holds no address and no text: phone and e-mail are read at the moment of
sending, the sentence is made from the kind (``wording.py``). Leaves to others: who is told (``notices.py``), writing
(``actions``).
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cases.models import Reporter
from staffing.models import User
from yuhu.delivery.notices import BY_KIND
from yuhu.delivery.querysets import DeliveryQuerySet
from yuhu.delivery.states import Channel, State
from yuhu.journal.models import Entry


class Cursor(models.Model):
    """Up to where a reader of the feed has come. Moved in the transaction that writes what was read: exactly once."""

    NOTICES = "notices"

    name = models.CharField(max_length=40, primary_key=True)
    feed_no = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("place in the feed")
        verbose_name_plural = _("places in the feed")
        constraints = [models.CheckConstraint(condition=Q(feed_no__gte=0), name="delivery_cursor_from_zero")]

    def __str__(self) -> str:
        return f"{self.name} {self.feed_no}"


class Delivery(models.Model):
    """One notice to one person on one channel.

    ``attempts``, ``next_at`` and the lease (``kit.leases``) belong to the sending; ``last_error`` is a short code.
    """

    Channel = Channel
    State = State

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", verbose_name=_("journal entry"))
    feed_no = models.BigIntegerField(_("feed number"))
    kind = models.CharField(_("notice"), max_length=40)
    # The table of kinds is code: a choice list here would make a migration of every new sentence.
    user = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("person")
    )
    # Erasing a resident's data erases the rows that point to it; the journal keeps that the case had an event.
    reporter = models.ForeignKey(
        Reporter, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("reporter")
    )
    channel = models.CharField(pgettext_lazy("delivery", "channel"), max_length=10, choices=Channel.choices)
    # What it is about, as the journal calls it (``subjects.py``).
    about = models.CharField(_("about"), max_length=20, default="case", db_default="case")
    subject = models.CharField(_("case number"), max_length=32)
    state = models.CharField(
        pgettext_lazy("delivery", "state"), max_length=10, choices=State.choices, default=State.PENDING
    )
    attempts = models.PositiveSmallIntegerField(pgettext_lazy("delivery", "attempts"), default=0)
    next_at = models.DateTimeField(_("next attempt"), null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    lease_token = models.BigIntegerField(default=0, editable=False)
    last_error = models.CharField(_("last failure"), max_length=60, blank=True)
    at = models.DateTimeField(_("time of the event"))
    created_at = models.DateTimeField(pgettext_lazy("delivery", "created"))
    sent_at = models.DateTimeField(pgettext_lazy("delivery", "sent"), null=True, blank=True)
    read_at = models.DateTimeField(pgettext_lazy("delivery", "read"), null=True, blank=True)

    objects = DeliveryQuerySet["Delivery"].as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "user", "channel"],
                condition=Q(user__isnull=False),
                name="delivery_once_per_person",
            ),
            models.UniqueConstraint(
                fields=["entry", "reporter", "channel"],
                condition=Q(reporter__isnull=False),
                name="delivery_once_per_reporter",
            ),
            models.CheckConstraint(
                condition=Q(
                    channel__in=[Channel.INBOX, Channel.EMAIL], user__isnull=False, reporter__isnull=True
                )
                | Q(channel=Channel.SMS, user__isnull=True, reporter__isnull=False),
                name="delivery_channel_fits_person",
            ),
            models.CheckConstraint(
                condition=Q(state=State.PENDING, next_at__isnull=False, sent_at__isnull=True)
                | Q(state=State.SENT, next_at__isnull=True, sent_at__isnull=False)
                | Q(state=State.DEAD, next_at__isnull=True, sent_at__isnull=True),
                name="delivery_pending_sent_or_dead",
            ),
            models.CheckConstraint(
                condition=Q(channel=Channel.INBOX, state=State.SENT)
                | (~Q(channel=Channel.INBOX) & Q(read_at__isnull=True)),
                name="delivery_inbox_is_there_at_once",
            ),
        ]
        indexes = [
            # What is to be sent now: the table grows for ever, these few rows do not.
            models.Index(fields=["next_at"], name="delivery_due", condition=Q(state=State.PENDING)),
            # A person's inbox, newest first, and the number beside the bell.
            models.Index(
                fields=["user", "-at", "-id"], name="delivery_inbox", condition=Q(channel=Channel.INBOX)
            ),
            models.Index(
                fields=["user"],
                name="delivery_unread",
                condition=Q(channel=Channel.INBOX, read_at__isnull=True),
            ),
            # The desk: what was given up, newest first, and what was told about one case.
            models.Index(fields=["-id"], name="delivery_dead", condition=Q(state=State.DEAD)),
            models.Index(fields=["subject"], name="delivery_of_case"),
            # The demo's outbox.
            models.Index(
                fields=["-at", "-id"], name="delivery_to_residents", condition=Q(channel=Channel.SMS)
            ),
        ]

    def __str__(self) -> str:
        # Without the case: the desk shows this to people who may not know of it.
        return f"{self.kind} {self.channel} {self.pk}"

    @property
    def title(self) -> str:
        """What the notice is about, in the reader's language."""
        notice = BY_KIND.get(self.kind)
        return str(notice.title) if notice else self.kind

    @property
    def is_read(self) -> bool:
        return self.read_at is not None
