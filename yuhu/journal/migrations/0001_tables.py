"""The tables of the first release. Whoever has run an earlier state has them by the migrations named in ``replaces``."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [("journal", "0001_initial"), ("journal", "0002_key_names")]

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField(verbose_name="time of the event")),
                ("actor_id", models.BigIntegerField(null=True, verbose_name="person's key")),
                ("actor_name", models.CharField(max_length=150, verbose_name="acting person")),
                ("actor_post", models.CharField(blank=True, max_length=200, verbose_name="acting post")),
                (
                    "actor_address",
                    models.CharField(blank=True, max_length=64, verbose_name="network address"),
                ),
                ("kind", models.CharField(max_length=64, verbose_name="kind of event")),
                ("subject_type", models.CharField(max_length=40, verbose_name="kind of subject")),
                ("subject_id", models.CharField(max_length=64, verbose_name="subject's key")),
                ("seq", models.PositiveIntegerField(verbose_name="number in the subject's history")),
                ("area", models.CharField(blank=True, max_length=14, verbose_name="area code")),
                ("data", models.JSONField(default=dict, verbose_name="recorded data")),
                ("previous", models.CharField(blank=True, max_length=64, verbose_name="digest before")),
                ("digest", models.CharField(max_length=64, verbose_name="digest")),
            ],
            options={
                "verbose_name": "journal entry",
                "verbose_name_plural": "journal entries",
                "indexes": [
                    models.Index(fields=["at"], name="journal_entry_at"),
                    models.Index(
                        condition=models.Q(("actor_id__isnull", False)),
                        fields=["actor_id", "at"],
                        name="journal_entry_actor",
                    ),
                    models.Index(fields=["kind", "at"], name="journal_entry_kind"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("subject_type", "subject_id", "seq"), name="journal_entry_no_fork"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("previous", ""), ("seq", 1)),
                            models.Q(("seq__gt", 1), models.Q(("previous", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="journal_entry_chained",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FeedEntry",
            fields=[
                (
                    "feed_no",
                    models.BigIntegerField(primary_key=True, serialize=False, verbose_name="feed number"),
                ),
                ("chain", models.CharField(max_length=64)),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="feed", to="journal.entry"
                    ),
                ),
            ],
            options={
                "verbose_name": "feed entry",
                "verbose_name_plural": "feed entries",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("feed_no__gte", 1)), name="journal_feed_from_one"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RelayLease",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("lease_until", models.DateTimeField(null=True)),
                ("lease_token", models.BigIntegerField(default=0)),
                ("feed_no", models.BigIntegerField(default=0)),
                ("chain", models.CharField(blank=True, max_length=64)),
                ("key_name", models.CharField(blank=True, db_default="", default="", max_length=16)),
            ],
            options={
                "verbose_name": "relay's lease",
                "verbose_name_plural": "relay's lease",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="journal_lease_single")
                ],
            },
        ),
        migrations.CreateModel(
            name="Outbox",
            fields=[
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="outbox",
                        serialize=False,
                        to="journal.entry",
                    ),
                ),
                ("seal", models.CharField(max_length=64)),
            ],
            options={
                "verbose_name": "entry to be fed",
                "verbose_name_plural": "entries to be fed",
            },
        ),
    ]
