"""The tables of the first release. Whoever has run an earlier state has them by the migrations named in ``replaces``."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [("delivery", "0001_initial"), ("delivery", "0002_initial"), ("delivery", "0003_about")]

    initial = True

    dependencies = [
        ("cases", "0001_tables"),
        ("journal", "0001_tables"),
        ("staffing", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="Cursor",
            fields=[
                ("name", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("feed_no", models.BigIntegerField(default=0)),
            ],
            options={
                "verbose_name": "place in the feed",
                "verbose_name_plural": "places in the feed",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("feed_no__gte", 0)), name="delivery_cursor_from_zero"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("feed_no", models.BigIntegerField(verbose_name="feed number")),
                ("kind", models.CharField(max_length=40, verbose_name="notice")),
                (
                    "channel",
                    models.CharField(
                        choices=[("inbox", "Inbox"), ("email", "E-mail"), ("sms", "Text message")],
                        max_length=10,
                        verbose_name="channel",
                    ),
                ),
                (
                    "about",
                    models.CharField(db_default="case", default="case", max_length=20, verbose_name="about"),
                ),
                ("subject", models.CharField(max_length=32, verbose_name="case number")),
                (
                    "state",
                    models.CharField(
                        choices=[("pending", "To be sent"), ("sent", "Sent"), ("dead", "Given up")],
                        default="pending",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                ("next_at", models.DateTimeField(blank=True, null=True, verbose_name="next attempt")),
                ("lease_until", models.DateTimeField(blank=True, editable=False, null=True)),
                ("lease_token", models.BigIntegerField(default=0, editable=False)),
                ("last_error", models.CharField(blank=True, max_length=60, verbose_name="last failure")),
                ("at", models.DateTimeField(verbose_name="time of the event")),
                ("created_at", models.DateTimeField(verbose_name="created")),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="sent")),
                ("read_at", models.DateTimeField(blank=True, null=True, verbose_name="read")),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="journal.entry",
                        verbose_name="journal entry",
                    ),
                ),
                (
                    "reporter",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="cases.reporter",
                        verbose_name="reporter",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "delivery",
                "verbose_name_plural": "deliveries",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "pending")), fields=["next_at"], name="delivery_due"
                    ),
                    models.Index(
                        condition=models.Q(("channel", "inbox")),
                        fields=["user", "-at", "-id"],
                        name="delivery_inbox",
                    ),
                    models.Index(
                        condition=models.Q(("channel", "inbox"), ("read_at__isnull", True)),
                        fields=["user"],
                        name="delivery_unread",
                    ),
                    models.Index(condition=models.Q(("state", "dead")), fields=["-id"], name="delivery_dead"),
                    models.Index(fields=["subject"], name="delivery_of_case"),
                    models.Index(
                        condition=models.Q(("channel", "sms")),
                        fields=["-at", "-id"],
                        name="delivery_to_residents",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("user__isnull", False)),
                        fields=("entry", "user", "channel"),
                        name="delivery_once_per_person",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("reporter__isnull", False)),
                        fields=("entry", "reporter", "channel"),
                        name="delivery_once_per_reporter",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("channel__in", ["inbox", "email"]),
                                ("reporter__isnull", True),
                                ("user__isnull", False),
                            ),
                            models.Q(("channel", "sms"), ("reporter__isnull", False), ("user__isnull", True)),
                            _connector="OR",
                        ),
                        name="delivery_channel_fits_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("next_at__isnull", False), ("sent_at__isnull", True), ("state", "pending")
                            ),
                            models.Q(
                                ("next_at__isnull", True), ("sent_at__isnull", False), ("state", "sent")
                            ),
                            models.Q(("next_at__isnull", True), ("sent_at__isnull", True), ("state", "dead")),
                            _connector="OR",
                        ),
                        name="delivery_pending_sent_or_dead",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("channel", "inbox"), ("state", "sent")),
                            models.Q(
                                models.Q(("channel", "inbox"), _negated=True), ("read_at__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="delivery_inbox_is_there_at_once",
                    ),
                ],
            },
        ),
    ]
