"""The tables of the first release. Whoever has run an earlier state has them by the migrations named in ``replaces``."""

from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [("services", "0001_initial")]

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="ServiceItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=16, verbose_name="code")),
                ("version", models.PositiveSmallIntegerField(verbose_name="version")),
                ("effective_from", models.DateField(verbose_name="takes effect on")),
                ("published_at", models.DateTimeField(verbose_name="published at")),
                (
                    "offered",
                    models.BooleanField(
                        default=True,
                        help_text="Without the mark the item ends on the version's day.",
                        verbose_name="offered",
                    ),
                ),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("name_en", models.CharField(blank=True, max_length=100, verbose_name="name in English")),
                (
                    "aliases",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="What residents call it; the search finds these.",
                        verbose_name="other names",
                    ),
                ),
                ("domain", models.CharField(max_length=40, verbose_name="domain's key")),
                ("domain_name", models.CharField(max_length=40, verbose_name="domain")),
                ("eligible", models.TextField(verbose_name="who can apply")),
                ("eligible_en", models.TextField(blank=True, verbose_name="who can apply, in English")),
                ("materials", models.JSONField(default=list, verbose_name="materials")),
                (
                    "materials_en",
                    models.JSONField(blank=True, default=list, verbose_name="materials in English"),
                ),
                (
                    "acceptance_level",
                    models.CharField(
                        choices=[("community", "Community counter"), ("street", "Street counter")],
                        max_length=20,
                        verbose_name="where to apply",
                    ),
                ),
                ("deciding_department", models.CharField(max_length=100, verbose_name="who decides")),
                (
                    "legal_limit_amount",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="legal limit"),
                ),
                (
                    "legal_limit_unit",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("instant", "at once"),
                            ("working_hour", "working hours"),
                            ("working_day", "working days"),
                            ("natural_hour", "hours, day and night"),
                            ("natural_day", "calendar days"),
                        ],
                        max_length=20,
                        verbose_name="unit of the legal limit",
                    ),
                ),
                ("legal_basis", models.CharField(blank=True, max_length=500, verbose_name="legal basis")),
                ("promised_limit_amount", models.PositiveSmallIntegerField(verbose_name="promised limit")),
                (
                    "promised_limit_unit",
                    models.CharField(
                        choices=[
                            ("instant", "at once"),
                            ("working_hour", "working hours"),
                            ("working_day", "working days"),
                            ("natural_hour", "hours, day and night"),
                            ("natural_day", "calendar days"),
                        ],
                        max_length=20,
                        verbose_name="unit of the promised limit",
                    ),
                ),
                (
                    "agent_help",
                    models.CharField(
                        choices=[
                            ("yes", "Can be done for you"),
                            ("partial", "Some steps can be done for you"),
                            ("no", "You have to come yourself"),
                        ],
                        max_length=10,
                        verbose_name="help with applying",
                    ),
                ),
                ("agent_modes", models.JSONField(blank=True, default=list, verbose_name="ways of help")),
                ("sensitive", models.BooleanField(verbose_name="needs sensitive personal information")),
                (
                    "frequency",
                    models.CharField(
                        choices=[
                            ("once", "Once only"),
                            ("yearly", "Every year"),
                            ("every_10_years", "Every ten years"),
                            ("per_birth", "For each birth"),
                            ("per_illness", "For each illness"),
                            ("per_change", "At each change"),
                            ("per_need", "As needed"),
                        ],
                        max_length=20,
                        verbose_name="how often",
                    ),
                ),
                ("source", models.CharField(max_length=20, verbose_name="source")),
                ("note", models.TextField(blank=True, verbose_name="note for staff")),
                ("search_text", models.TextField(editable=False)),
            ],
            options={
                "verbose_name": "service item",
                "verbose_name_plural": "service items",
                "ordering": ["code", "-version"],
                "constraints": [
                    models.UniqueConstraint(fields=("code", "version"), name="service_item_version_once"),
                    models.UniqueConstraint(fields=("code", "effective_from"), name="service_item_one_a_day"),
                    models.CheckConstraint(
                        condition=models.Q(("version__gte", 1)), name="service_item_versions_from_one"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("code", ""), _negated=True),
                            models.Q(("name", ""), _negated=True),
                            models.Q(("domain", ""), _negated=True),
                            models.Q(("source", ""), _negated=True),
                        ),
                        name="service_item_named",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("legal_limit_amount", None), ("legal_limit_unit", "")),
                            models.Q(
                                ("legal_limit_amount__isnull", False),
                                models.Q(("legal_limit_unit", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="service_item_legal_limit_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("promised_limit_amount", 0), ("promised_limit_unit", "instant")),
                            models.Q(
                                ("promised_limit_amount__gte", 1),
                                models.Q(("promised_limit_unit__in", ["", "instant"]), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="service_item_promise_plain",
                    ),
                ],
            },
        ),
    ]
