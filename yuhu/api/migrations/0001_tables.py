"""The tables of the first release. Whoever has run an earlier state has them by the migrations named in ``replaces``."""

from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [("api", "0001_initial")]

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="IdempotencyRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("owner", models.CharField(max_length=80, verbose_name="caller")),
                ("path", models.CharField(max_length=255, verbose_name="address")),
                ("key", models.CharField(max_length=128, verbose_name="key")),
                ("digest", models.CharField(max_length=64, verbose_name="digest of the body")),
                ("status", models.PositiveSmallIntegerField(null=True, verbose_name="status of the answer")),
                ("body", models.TextField(blank=True, verbose_name="body of the answer")),
                ("headers", models.JSONField(default=dict, verbose_name="headers of the answer")),
                ("created_at", models.DateTimeField(verbose_name="time")),
            ],
            options={
                "verbose_name": "answer kept for repeated requests",
                "verbose_name_plural": "answers kept for repeated requests",
                "indexes": [models.Index(fields=["created_at"], name="idempotency_by_age")],
                "constraints": [
                    models.UniqueConstraint(fields=("owner", "path", "key"), name="idempotency_key_once")
                ],
            },
        ),
    ]
