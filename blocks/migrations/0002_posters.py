"""Posters of blocks: a secret for each block there is, so that its poster can be printed."""

import django.db.models.functions.text
import django.db.models.lookups
from django.db import migrations, models

import blocks.models


def issue(apps, schema_editor):
    """A secret for every code; a block has one row per division and one poster."""
    codes = apps.get_model("blocks", "Block").objects.order_by("code").values_list("code", flat=True)
    posters = apps.get_model("blocks", "Poster").objects
    model = posters.model
    posters.bulk_create([model(code=code) for code in dict.fromkeys(codes)], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [
        ("blocks", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="Poster",
            fields=[
                (
                    "code",
                    models.CharField(max_length=14, primary_key=True, serialize=False, verbose_name="code"),
                ),
                ("token", models.CharField(default=blocks.models.new_token, editable=False, max_length=32)),
                (
                    "renewed_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="renewed"),
                ),
            ],
            options={
                "verbose_name": "poster",
                "verbose_name_plural": "posters",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            django.db.models.lookups.Exact(
                                django.db.models.functions.text.Length("code"), 14
                            ),
                            django.db.models.lookups.Exact(
                                models.Func(
                                    models.F("code"),
                                    models.Value("0123456789"),
                                    function="LTRIM",
                                    output_field=models.CharField(),
                                ),
                                models.Value(""),
                            ),
                        ),
                        name="poster_code_digits",
                    ),
                    models.UniqueConstraint(fields=("token",), name="poster_token_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            django.db.models.lookups.GreaterThanOrEqual(
                                django.db.models.functions.text.Length("token"), 16
                            )
                        ),
                        name="poster_token_long",
                    ),
                ],
            },
        ),
        migrations.RunPython(issue, migrations.RunPython.noop, elidable=True),
    ]
