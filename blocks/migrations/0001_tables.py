"""The tables of the first release. Whoever has run an earlier state has them by the migrations named in ``replaces``."""

import datetime

import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [("blocks", "0001_initial")]

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="District",
            fields=[
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("boundary", models.JSONField(blank=True, null=True, verbose_name="outline")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("standard", "national standard"),
                            ("open_data", "open data"),
                            ("district", "recorded by the district"),
                            ("demo", "demo"),
                        ],
                        max_length=20,
                        verbose_name="source",
                    ),
                ),
                (
                    "boundary_source",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("standard", "national standard"),
                            ("open_data", "open data"),
                            ("district", "recorded by the district"),
                            ("demo", "demo"),
                        ],
                        max_length=20,
                        verbose_name="source of the outline",
                    ),
                ),
                (
                    "code",
                    models.CharField(max_length=6, primary_key=True, serialize=False, verbose_name="code"),
                ),
                ("name_en", models.CharField(blank=True, max_length=80, verbose_name="English name")),
                ("brand", models.CharField(blank=True, max_length=60, verbose_name="title of the system")),
            ],
            options={
                "verbose_name": "district",
                "verbose_name_plural": "districts",
                "ordering": ["code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            django.db.models.lookups.Exact(django.db.models.functions.text.Length("code"), 6),
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
                        name="district_code_digits",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Street",
            fields=[
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("boundary", models.JSONField(blank=True, null=True, verbose_name="outline")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("standard", "national standard"),
                            ("open_data", "open data"),
                            ("district", "recorded by the district"),
                            ("demo", "demo"),
                        ],
                        max_length=20,
                        verbose_name="source",
                    ),
                ),
                (
                    "boundary_source",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("standard", "national standard"),
                            ("open_data", "open data"),
                            ("district", "recorded by the district"),
                            ("demo", "demo"),
                        ],
                        max_length=20,
                        verbose_name="source of the outline",
                    ),
                ),
                (
                    "code",
                    models.CharField(max_length=9, primary_key=True, serialize=False, verbose_name="code"),
                ),
                ("name_en", models.CharField(blank=True, max_length=80, verbose_name="English name")),
                (
                    "district",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="streets",
                        to="blocks.district",
                        verbose_name="district",
                    ),
                ),
            ],
            options={
                "verbose_name": "street",
                "verbose_name_plural": "streets",
                "ordering": ["code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            django.db.models.lookups.Exact(django.db.models.functions.text.Length("code"), 9),
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
                        name="street_code_digits",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            django.db.models.lookups.Exact(
                                models.F("district"),
                                django.db.models.functions.text.Left(models.F("code"), 6),
                            )
                        ),
                        name="street_code_in_district",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Community",
            fields=[
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("boundary", models.JSONField(blank=True, null=True, verbose_name="outline")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("standard", "national standard"),
                            ("open_data", "open data"),
                            ("district", "recorded by the district"),
                            ("demo", "demo"),
                        ],
                        max_length=20,
                        verbose_name="source",
                    ),
                ),
                (
                    "boundary_source",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("standard", "national standard"),
                            ("open_data", "open data"),
                            ("district", "recorded by the district"),
                            ("demo", "demo"),
                        ],
                        max_length=20,
                        verbose_name="source of the outline",
                    ),
                ),
                (
                    "code",
                    models.CharField(max_length=12, primary_key=True, serialize=False, verbose_name="code"),
                ),
                (
                    "street",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="communities",
                        to="blocks.street",
                        verbose_name="street",
                    ),
                ),
            ],
            options={
                "verbose_name": "community",
                "verbose_name_plural": "communities",
                "ordering": ["code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            django.db.models.lookups.Exact(
                                django.db.models.functions.text.Length("code"), 12
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
                        name="community_code_digits",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            django.db.models.lookups.Exact(
                                models.F("street"), django.db.models.functions.text.Left(models.F("code"), 9)
                            )
                        ),
                        name="community_code_in_street",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Division",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                ("effective_from", models.DateField(verbose_name="effective from")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("standard", "national standard"),
                            ("open_data", "open data"),
                            ("district", "recorded by the district"),
                            ("demo", "demo"),
                        ],
                        max_length=20,
                        verbose_name="source",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                (
                    "digest",
                    models.CharField(
                        blank=True, editable=False, max_length=64, verbose_name="digest of the blocks"
                    ),
                ),
                (
                    "district",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="divisions",
                        to="blocks.district",
                        verbose_name="district",
                    ),
                ),
            ],
            options={
                "verbose_name": "division into blocks",
                "verbose_name_plural": "divisions into blocks",
                "ordering": ["district_id", "-effective_from"],
                "constraints": [
                    models.UniqueConstraint(fields=("district", "number"), name="division_number_once"),
                    models.UniqueConstraint(fields=("district", "effective_from"), name="division_date_once"),
                    models.CheckConstraint(
                        condition=models.Q(("number__gte", 1)), name="division_number_from_1"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("effective_from__gte", datetime.date(1949, 10, 1))),
                        name="division_date_plausible",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Block",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=14, verbose_name="code")),
                ("number", models.PositiveSmallIntegerField(verbose_name="number in the community")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("households", models.PositiveIntegerField(verbose_name="households")),
                ("boundary", models.JSONField(verbose_name="outline")),
                ("centroid_longitude", models.FloatField(verbose_name="longitude of the centre")),
                ("centroid_latitude", models.FloatField(verbose_name="latitude of the centre")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("standard", "national standard"),
                            ("open_data", "open data"),
                            ("district", "recorded by the district"),
                            ("demo", "demo"),
                        ],
                        max_length=20,
                        verbose_name="source",
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="blocks",
                        to="blocks.community",
                        verbose_name="community",
                    ),
                ),
                (
                    "division",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="blocks",
                        to="blocks.division",
                        verbose_name="division into blocks",
                    ),
                ),
            ],
            options={
                "verbose_name": "block",
                "verbose_name_plural": "blocks",
                "ordering": ["code", "division_id"],
                "constraints": [
                    models.UniqueConstraint(fields=("division", "code"), name="block_code_once"),
                    models.UniqueConstraint(
                        fields=("division", "community", "number"), name="block_number_once"
                    ),
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
                        name="block_code_digits",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            django.db.models.lookups.Exact(
                                models.F("community"),
                                django.db.models.functions.text.Left(models.F("code"), 12),
                            )
                        ),
                        name="block_code_in_community",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number__gte", 1)), name="block_number_from_1"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("centroid_latitude__range", (-90.0, 90.0)),
                            ("centroid_longitude__range", (-180.0, 180.0)),
                        ),
                        name="block_centroid_on_earth",
                    ),
                ],
            },
        ),
    ]
