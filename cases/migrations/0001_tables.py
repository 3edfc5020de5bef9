"""The tables of the first release. Whoever has run an earlier state has them by the migrations named in ``replaces``."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import cases.models.drafts
import cases.models.people
import yuhu.kit.search.fields


class Migration(migrations.Migration):
    replaces = [
        ("cases", "0001_initial"),
        ("cases", "0002_initial"),
        ("cases", "0003_search"),
        ("cases", "0004_person_keys"),
        ("cases", "0005_erased"),
        ("cases", "0006_speed"),
        ("cases", "0007_indexes"),
        ("cases", "0008_mediation"),
        ("cases", "0009_whistles"),
        ("cases", "0010_meetings"),
        ("cases", "0011_finding"),
    ]

    initial = True

    dependencies = [
        ("blocks", "0001_tables"),
        ("duties", "0001_tables"),
        ("staffing", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="CaseNumber",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
            ],
            options={
                "verbose_name": "case number",
                "verbose_name_plural": "case numbers",
            },
        ),
        migrations.CreateModel(
            name="Category",
            fields=[
                (
                    "code",
                    models.CharField(max_length=8, primary_key=True, serialize=False, verbose_name="code"),
                ),
                ("name", models.CharField(max_length=50, verbose_name="name")),
                ("name_en", models.CharField(blank=True, max_length=80, verbose_name="English name")),
                (
                    "aliases",
                    models.CharField(
                        blank=True, help_text="separated by ;", max_length=200, verbose_name="other names"
                    ),
                ),
                ("kind", models.CharField(blank=True, max_length=20, verbose_name="kind")),
                (
                    "severity",
                    models.CharField(
                        choices=[
                            ("low", "Low"),
                            ("normal", "Normal"),
                            ("high", "High"),
                            ("critical", "Critical"),
                        ],
                        default="normal",
                        max_length=10,
                        verbose_name="severity",
                    ),
                ),
                (
                    "limit_amount",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=6, null=True, verbose_name="time limit"
                    ),
                ),
                (
                    "limit_unit",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("natural_minute", "minutes, day and night"),
                            ("natural_hour", "hours, day and night"),
                            ("working_hour", "working hours"),
                            ("working_day", "working days"),
                            ("natural_day", "days, holidays included"),
                        ],
                        max_length=20,
                        verbose_name="unit of the limit",
                    ),
                ),
                (
                    "limit_basis",
                    models.CharField(blank=True, max_length=200, verbose_name="basis of the limit"),
                ),
                (
                    "contact_hours",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=5,
                        null=True,
                        verbose_name="hours to the first contact",
                    ),
                ),
                (
                    "path",
                    models.CharField(
                        choices=[("front_end", "Front end"), ("meeting", "Meeting"), ("whistle", "Whistle")],
                        default="front_end",
                        max_length=20,
                        verbose_name="path",
                    ),
                ),
                (
                    "lead",
                    models.CharField(
                        choices=[
                            ("governor", "Block governor"),
                            ("street_office", "Street office"),
                            ("department", "Department"),
                        ],
                        default="governor",
                        max_length=20,
                        verbose_name="who leads",
                    ),
                ),
                ("office_code", models.CharField(blank=True, max_length=40, verbose_name="street office")),
                ("platform_code", models.CharField(blank=True, max_length=40, verbose_name="platform")),
                ("duty_item_code", models.CharField(blank=True, max_length=20, verbose_name="duty item")),
                ("restricted", models.BooleanField(default=False, verbose_name="only for parties")),
                ("rated", models.BooleanField(default=True, verbose_name="asked for a rating")),
                (
                    "standard_code",
                    models.CharField(blank=True, max_length=40, verbose_name="code in the standard"),
                ),
                ("active", models.BooleanField(default=True, verbose_name="in use")),
                ("source", models.CharField(blank=True, max_length=20, verbose_name="source")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                (
                    "lead_unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="staffing.unit",
                        verbose_name="leading department",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="cases.category",
                        verbose_name="parent",
                    ),
                ),
            ],
            options={
                "verbose_name": "category",
                "verbose_name_plural": "categories",
                "ordering": ["code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("parent", models.F("code")), _negated=True),
                        name="category_not_its_own_parent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("parent__isnull", True),
                            models.Q(("limit_amount__gt", 0), models.Q(("limit_unit", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="category_leaf_has_limit",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Case",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=32, verbose_name="number")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("reported", "Reported"),
                            ("dispatched", "Dispatched"),
                            ("in_progress", "In progress"),
                            ("suspended", "Suspended"),
                            ("handled", "Awaiting evaluation"),
                            ("evaluated", "Awaiting feedback"),
                            ("closed", "Closed"),
                            ("rejected", "Not accepted"),
                            ("void", "Void"),
                            ("merged", "Merged"),
                        ],
                        default="reported",
                        max_length=20,
                        verbose_name="state",
                    ),
                ),
                (
                    "path",
                    models.CharField(
                        choices=[("front_end", "Front end"), ("meeting", "Meeting"), ("whistle", "Whistle")],
                        max_length=20,
                        verbose_name="path",
                    ),
                ),
                (
                    "severity",
                    models.CharField(
                        choices=[
                            ("low", "Low"),
                            ("normal", "Normal"),
                            ("high", "High"),
                            ("critical", "Critical"),
                        ],
                        max_length=10,
                        verbose_name="severity",
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("governor", "Block governor"),
                            ("assistant", "Block assistant"),
                            ("supervisor", "Block supervisor"),
                            ("desk", "Street desk"),
                            ("resident", "Resident"),
                            ("partner", "Partner system"),
                            ("hotline", "Hotline 12345"),
                            ("open311", "Open311"),
                            ("wecom", "WeCom"),
                            ("visit", "Visit"),
                            ("meeting", "Open-talk meeting"),
                            ("leader", "Leader's instruction"),
                        ],
                        max_length=20,
                        verbose_name="channel",
                    ),
                ),
                (
                    "programme",
                    models.CharField(
                        choices=[
                            ("instant_response", "Instant response"),
                            ("hazard", "Safety hazard"),
                            ("visit", "Visit finding"),
                            ("patrol", "Patrol finding"),
                        ],
                        max_length=20,
                        verbose_name="programme",
                    ),
                ),
                ("description", models.TextField(max_length=10000, verbose_name="description")),
                ("salt", models.CharField(editable=False, max_length=32)),
                ("restricted", models.BooleanField(default=False, verbose_name="only for parties")),
                ("district_code", models.CharField(max_length=6, verbose_name="district")),
                ("street_code", models.CharField(blank=True, max_length=9, verbose_name="street")),
                ("community_code", models.CharField(blank=True, max_length=12, verbose_name="community")),
                ("block_code", models.CharField(blank=True, max_length=14, verbose_name="block")),
                ("longitude", models.FloatField(blank=True, null=True, verbose_name="longitude")),
                ("latitude", models.FloatField(blank=True, null=True, verbose_name="latitude")),
                ("address", models.CharField(blank=True, max_length=256, verbose_name="address")),
                (
                    "words",
                    yuhu.kit.search.fields.FoldedText(
                        db_default="",
                        editable=False,
                        newest="reported_at",
                        of=("number", "description", "address"),
                    ),
                ),
                (
                    "waits_for_person",
                    models.BooleanField(default=False, verbose_name="waits for a duty officer"),
                ),
                (
                    "explanation",
                    models.JSONField(blank=True, default=list, verbose_name="why it was dispatched there"),
                ),
                ("reported_at", models.DateTimeField(verbose_name="reported")),
                ("dispatched_at", models.DateTimeField(blank=True, null=True, verbose_name="dispatched")),
                ("contacted_at", models.DateTimeField(blank=True, null=True, verbose_name="first contact")),
                ("handled_at", models.DateTimeField(blank=True, null=True, verbose_name="handed back")),
                ("evaluated_at", models.DateTimeField(blank=True, null=True, verbose_name="evaluated")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="due")),
                ("warn_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("review_at", models.DateTimeField(blank=True, null=True, verbose_name="review")),
                ("must_rate", models.BooleanField(default=False, verbose_name="the reporter is asked")),
                ("reopened", models.BooleanField(default=False, verbose_name="was reopened")),
                ("on_the_spot", models.BooleanField(default=False, verbose_name="solved on the spot")),
                ("end_code", models.CharField(blank=True, max_length=30, verbose_name="ground of the end")),
                ("client", models.CharField(blank=True, max_length=64, verbose_name="partner client")),
                (
                    "external_id",
                    models.CharField(blank=True, max_length=128, verbose_name="number at the partner"),
                ),
                (
                    "erased_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="erased"),
                ),
                ("submission_key", models.CharField(blank=True, editable=False, max_length=128, null=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("source", models.CharField(blank=True, max_length=20, verbose_name="source")),
                (
                    "assignee",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person in charge",
                    ),
                ),
                (
                    "block",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="blocks.block",
                        verbose_name="block",
                    ),
                ),
                (
                    "duty_item",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="duties.dutyitem",
                        verbose_name="duty item",
                    ),
                ),
                (
                    "evaluator",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="evaluator",
                    ),
                ),
                (
                    "evaluator_unit",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="staffing.unit",
                        verbose_name="evaluating unit",
                    ),
                ),
                (
                    "finding",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="staffing.finding",
                        verbose_name="finding",
                    ),
                ),
                (
                    "lead_unit",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="staffing.unit",
                        verbose_name="unit in charge",
                    ),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged",
                        to="cases.case",
                        verbose_name="merged into",
                    ),
                ),
                (
                    "reported_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="recorded by",
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="cases.category",
                        verbose_name="category",
                    ),
                ),
            ],
            options={
                "verbose_name": "case",
                "verbose_name_plural": "cases",
                "indexes": [
                    models.Index(fields=["-reported_at", "-id"], name="case_newest"),
                    models.Index(fields=["street_code", "-reported_at", "-id"], name="case_of_street"),
                    models.Index(fields=["community_code", "-reported_at", "-id"], name="case_of_community"),
                    models.Index(fields=["block_code", "-reported_at", "-id"], name="case_of_block"),
                    models.Index(fields=["state", "-reported_at", "-id"], name="case_by_state"),
                    models.Index(
                        condition=models.Q(
                            ("state__in", ["closed", "merged", "rejected", "void"]), _negated=True
                        ),
                        fields=["due_at"],
                        name="case_open_due",
                    ),
                    models.Index(fields=["category", "-reported_at"], name="case_by_category"),
                    models.Index(
                        condition=models.Q(("assignee__isnull", False)),
                        fields=["assignee", "state"],
                        name="case_of_assignee",
                    ),
                    models.Index(
                        condition=models.Q(("lead_unit__isnull", False)),
                        fields=["lead_unit", "state"],
                        name="case_of_unit",
                    ),
                    models.Index(
                        condition=models.Q(("evaluator__isnull", False)),
                        fields=["evaluator", "state"],
                        name="case_of_evaluator",
                    ),
                    models.Index(
                        condition=models.Q(("evaluator_unit__isnull", False)),
                        fields=["evaluator_unit"],
                        name="case_of_evaluating_unit",
                    ),
                    models.Index(
                        condition=models.Q(("duty_item__isnull", False)),
                        fields=["duty_item"],
                        name="case_of_duty_item",
                    ),
                    models.Index(
                        condition=models.Q(("merged_into__isnull", False)),
                        fields=["merged_into"],
                        name="case_merged_into",
                    ),
                    models.Index(
                        condition=models.Q(("review_at__isnull", False)),
                        fields=["review_at"],
                        name="case_to_review",
                    ),
                    models.Index(condition=models.Q(("words", "")), fields=["id"], name="case_to_fold"),
                    models.Index(
                        condition=models.Q(("state", "reported")), fields=["id"], name="case_to_dispatch"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("closed_at__isnull", False),
                                ("state__in", ["closed", "merged", "rejected", "void"]),
                            ),
                            models.Q(
                                models.Q(
                                    ("state__in", ["closed", "merged", "rejected", "void"]), _negated=True
                                ),
                                ("closed_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="case_ended_exactly_when_final",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["reported", "rejected", "void", "merged"]),
                            ("assignee__isnull", False),
                            ("lead_unit__isnull", False),
                            _connector="OR",
                        ),
                        name="case_has_receiver_once_dispatched",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["dispatched", "in_progress"]), _negated=True),
                            ("due_at__isnull", False),
                            _connector="OR",
                        ),
                        name="case_in_hands_has_due_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "handled"), _negated=True),
                            ("evaluator__isnull", False),
                            ("evaluator_unit__isnull", False),
                            _connector="OR",
                        ),
                        name="case_handled_has_evaluator",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("latitude__isnull", True), ("longitude__isnull", True)),
                            models.Q(
                                ("latitude__gte", -90),
                                ("latitude__lte", 90),
                                ("longitude__gte", -180),
                                ("longitude__lte", 180),
                            ),
                            _connector="OR",
                        ),
                        name="case_place_on_earth",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("merged_into", models.F("id")), _negated=True),
                        name="case_not_merged_into_itself",
                    ),
                    models.UniqueConstraint(fields=("number",), name="case_number_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("submission_key__isnull", False)),
                        fields=("submission_key",),
                        name="case_submission_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("finding__isnull", False)),
                        fields=("finding",),
                        name="case_of_finding_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("external_id", ""), _negated=True),
                        fields=("client", "external_id"),
                        name="case_external_id_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Deadline",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("dispatch", "Dispatch by a person"),
                            ("sign", "Sign for the order"),
                            ("contact", "First contact with the person"),
                            ("handle", "Handle"),
                            ("evaluate", "Evaluate"),
                            ("rate", "Wait for the rating"),
                            ("supervise", "Supervised by a leader"),
                        ],
                        max_length=12,
                        verbose_name="step",
                    ),
                ),
                ("round", models.PositiveSmallIntegerField(default=1)),
                (
                    "amount",
                    models.DecimalField(decimal_places=2, max_digits=6, null=True, verbose_name="limit"),
                ),
                (
                    "unit",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("natural_minute", "minutes, day and night"),
                            ("natural_hour", "hours, day and night"),
                            ("working_hour", "working hours"),
                            ("working_day", "working days"),
                            ("natural_day", "days, holidays included"),
                        ],
                        max_length=20,
                        verbose_name="unit of the limit",
                    ),
                ),
                ("started_at", models.DateTimeField(verbose_name="started")),
                ("due_at", models.DateTimeField(verbose_name="due")),
                ("warn_at", models.DateTimeField(blank=True, null=True)),
                ("is_running", models.BooleanField(default=True)),
                ("stopped_at", models.DateTimeField(blank=True, null=True, verbose_name="stands since")),
                (
                    "remaining",
                    models.DurationField(blank=True, null=True, verbose_name="left while it stands"),
                ),
                ("met_at", models.DateTimeField(blank=True, null=True, verbose_name="met")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended unmet")),
                ("warned_at", models.DateTimeField(blank=True, null=True, verbose_name="warned")),
                ("breached_at", models.DateTimeField(blank=True, null=True, verbose_name="breached")),
                ("level", models.PositiveSmallIntegerField(default=0, verbose_name="escalated to level")),
                ("next_level_at", models.DateTimeField(blank=True, null=True)),
                (
                    "case",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deadlines",
                        to="cases.case",
                    ),
                ),
            ],
            options={
                "verbose_name": "deadline",
                "verbose_name_plural": "deadlines",
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_running", True), ("warned_at__isnull", True)),
                        fields=["warn_at"],
                        name="deadline_to_warn",
                    ),
                    models.Index(
                        condition=models.Q(("is_running", True)),
                        fields=["next_level_at"],
                        name="deadline_to_escalate",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("case", "step", "round"), name="deadline_once_a_round"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("ended_at__isnull", True),
                                ("is_running", True),
                                ("met_at__isnull", True),
                                ("stopped_at__isnull", True),
                            ),
                            models.Q(("is_running", False), ("met_at__isnull", False)),
                            models.Q(("ended_at__isnull", False), ("is_running", False)),
                            models.Q(
                                ("is_running", False),
                                ("remaining__isnull", False),
                                ("stopped_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="deadline_runs_or_stands_or_is_done",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Escalation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("level", models.PositiveSmallIntegerField(verbose_name="level")),
                ("role", models.CharField(max_length=20, verbose_name="role")),
                ("at", models.DateTimeField(verbose_name="at")),
                (
                    "deadline",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="escalations",
                        to="cases.deadline",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="staffing.unit",
                        verbose_name="told to",
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
                "verbose_name": "escalation",
                "verbose_name_plural": "escalations",
                "constraints": [
                    models.UniqueConstraint(fields=("deadline", "level"), name="escalation_once_a_level")
                ],
            },
        ),
        migrations.CreateModel(
            name="Mediation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("people", "People's mediation"),
                            ("administrative", "Administrative mediation"),
                            ("judicial", "Judicial mediation"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                (
                    "basis",
                    models.CharField(
                        choices=[("request", "On request of a party"), ("own", "On own initiative")],
                        max_length=20,
                        verbose_name="begun",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Being mediated"),
                            ("agreed", "Agreement reached"),
                            ("failed", "No agreement"),
                            ("refused", "A party refused"),
                            ("referred", "Referred"),
                        ],
                        default="open",
                        max_length=20,
                        verbose_name="state",
                    ),
                ),
                ("opened_at", models.DateTimeField(verbose_name="opened")),
                ("due_at", models.DateTimeField(verbose_name="due")),
                (
                    "extended",
                    models.BooleanField(
                        default=False, verbose_name="extended with the consent of both sides"
                    ),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                (
                    "police_told_at",
                    models.DateTimeField(
                        blank=True, null=True, verbose_name="police told of a risk of crime"
                    ),
                ),
                (
                    "form",
                    models.CharField(
                        blank=True,
                        choices=[("written", "Written agreement"), ("oral", "Oral agreement")],
                        max_length=10,
                        verbose_name="form of the agreement",
                    ),
                ),
                (
                    "in_force_on",
                    models.DateField(blank=True, null=True, verbose_name="agreement in force from"),
                ),
                ("perform_by", models.DateField(blank=True, null=True, verbose_name="to be performed by")),
                (
                    "performance",
                    models.CharField(
                        choices=[
                            ("pending", "To be performed"),
                            ("performed", "Performed"),
                            ("broken", "Not performed"),
                        ],
                        default="pending",
                        max_length=10,
                        verbose_name="performance",
                    ),
                ),
                (
                    "confirmation",
                    models.CharField(
                        choices=[
                            ("none", "Not asked for"),
                            ("asked", "Asked for"),
                            ("confirmed", "Confirmed by the court"),
                            ("declined", "Declined by the court"),
                        ],
                        default="none",
                        max_length=10,
                        verbose_name="judicial confirmation",
                    ),
                ),
                (
                    "confirmation_asked_on",
                    models.DateField(blank=True, null=True, verbose_name="confirmation asked for on"),
                ),
                ("source", models.CharField(blank=True, max_length=20, verbose_name="source")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mediations",
                        to="cases.case",
                        verbose_name="case",
                    ),
                ),
                (
                    "mediator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="mediator",
                    ),
                ),
                (
                    "referred_from",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="referred_to",
                        to="cases.mediation",
                        verbose_name="referred from",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="staffing.unit",
                        verbose_name="mediating unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "mediation",
                "verbose_name_plural": "mediations",
                "ordering": ["-opened_at", "-pk"],
                "indexes": [
                    models.Index(fields=["unit", "-opened_at"], name="mediation_of_unit"),
                    models.Index(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=["due_at"],
                        name="mediation_open_due",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("case",),
                        name="mediation_one_running",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("state", "open")),
                            models.Q(models.Q(("state", "open"), _negated=True), ("ended_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="mediation_ended_exactly_when_over",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("form__in", ["written", "oral"]),
                                ("in_force_on__isnull", False),
                                ("state", "agreed"),
                            ),
                            models.Q(
                                models.Q(("state", "agreed"), _negated=True),
                                ("form", ""),
                                ("in_force_on__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="mediation_agreed_has_agreement",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("performance", "pending"), ("state", "agreed"), _connector="OR"),
                        name="mediation_performs_agreement",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmation", "none"), ("confirmation_asked_on__isnull", True)),
                            models.Q(
                                ("confirmation_asked_on__gte", models.F("in_force_on")),
                                ("kind", "people"),
                                ("state", "agreed"),
                            ),
                            _connector="OR",
                        ),
                        name="mediation_confirms_agreement",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MediationParty",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "side",
                    models.CharField(
                        choices=[("applicant", "Applicant"), ("respondent", "Respondent")],
                        max_length=10,
                        verbose_name="side",
                    ),
                ),
                ("name_sealed", models.BinaryField(blank=True, null=True)),
                ("phone_sealed", models.BinaryField(blank=True, null=True)),
                ("name_masked", models.CharField(max_length=50, verbose_name="name")),
                ("phone_masked", models.CharField(blank=True, max_length=20, verbose_name="phone")),
                ("consents", models.BooleanField(null=True, verbose_name="agrees to the mediation")),
                ("key_mark", models.CharField(editable=False, max_length=16)),
                (
                    "mediation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parties",
                        to="cases.mediation",
                    ),
                ),
            ],
            options={
                "verbose_name": "party of a mediation",
                "verbose_name_plural": "parties of mediations",
            },
        ),
        migrations.CreateModel(
            name="MediationRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("session", "Session"),
                            ("agreement", "Agreement"),
                            ("ending", "Why it ended"),
                            ("follow_up", "Follow-up visit"),
                            ("police", "Told to the police"),
                            ("revealed", "Why names were shown"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("text_sealed", models.BinaryField(blank=True, null=True)),
                ("written_at", models.DateTimeField(verbose_name="written")),
                ("key_mark", models.CharField(editable=False, max_length=16)),
                (
                    "mediation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="records",
                        to="cases.mediation",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "record of a mediation",
                "verbose_name_plural": "records of mediations",
                "ordering": ["written_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Meeting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=100, verbose_name="subject")),
                ("starts_at", models.DateTimeField(verbose_name="begins")),
                ("place", models.CharField(max_length=200, verbose_name="place")),
                (
                    "state",
                    models.CharField(
                        choices=[("planned", "Planned"), ("held", "Held"), ("cancelled", "Cancelled")],
                        default="planned",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("restricted", models.BooleanField(default=False, verbose_name="only for those invited")),
                ("convened_at", models.DateTimeField(verbose_name="convened")),
                ("held_at", models.DateTimeField(blank=True, null=True, verbose_name="held")),
                (
                    "closed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="minutes final since"),
                ),
                ("year", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="year")),
                ("number", models.PositiveIntegerField(blank=True, null=True, verbose_name="number")),
                (
                    "reason",
                    models.TextField(blank=True, max_length=2000, verbose_name="why it was cancelled"),
                ),
                ("summary", models.TextField(blank=True, max_length=10000, verbose_name="what was said")),
                ("salt", models.CharField(editable=False, max_length=32)),
                ("erased_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("source", models.CharField(blank=True, max_length=20, verbose_name="source")),
                (
                    "chair",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="chair",
                    ),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="minutes by",
                    ),
                ),
                (
                    "convener",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="convened by",
                    ),
                ),
                (
                    "street",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="blocks.street",
                        verbose_name="street",
                    ),
                ),
            ],
            options={
                "verbose_name": "meeting",
                "verbose_name_plural": "meetings",
                "indexes": [
                    models.Index(fields=["street", "-starts_at"], name="meeting_of_street"),
                    models.Index(fields=["starts_at"], name="meeting_by_start"),
                    models.Index(fields=["convener"], name="meeting_of_convener"),
                    models.Index(fields=["chair"], name="meeting_of_chair"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("held_at__isnull", False), ("state", "held")),
                            models.Q(models.Q(("state", "held"), _negated=True), ("held_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="meeting_held_has_moment",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("closed_at__isnull", True),
                                ("closed_by__isnull", True),
                                ("number__isnull", True),
                                ("year__isnull", True),
                            ),
                            models.Q(
                                ("closed_at__isnull", False),
                                ("closed_by__isnull", False),
                                ("number__isnull", False),
                                ("state", "held"),
                                ("year__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="meeting_numbered_when_closed",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("number__isnull", False)),
                        fields=("street", "year", "number"),
                        name="meeting_number_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Note",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("move", models.CharField(max_length=30)),
                ("field", models.CharField(max_length=30)),
                ("text", models.TextField(blank=True, max_length=10000)),
                ("salt", models.CharField(editable=False, max_length=32)),
                ("written_at", models.DateTimeField()),
                ("erased_at", models.DateTimeField(blank=True, null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="notes", to="cases.case"
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "note",
                "verbose_name_plural": "notes",
            },
        ),
        migrations.CreateModel(
            name="CaseRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("return", "Return"),
                            ("extension", "More time"),
                            ("suspension", "Suspension"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("asked_at", models.DateTimeField(verbose_name="asked")),
                ("until", models.DateTimeField(blank=True, null=True, verbose_name="until")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided")),
                ("approved", models.BooleanField(blank=True, null=True, verbose_name="approved")),
                ("lapsed", models.BooleanField(default=False, verbose_name="lapsed")),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="asked by",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="requests", to="cases.case"
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "decision",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.note",
                    ),
                ),
                (
                    "reason",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.note"
                    ),
                ),
            ],
            options={
                "verbose_name": "request",
                "verbose_name_plural": "requests",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("decided_at__isnull", True)),
                        fields=("case", "kind"),
                        name="request_one_pending",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("approved__isnull", True), ("decided_at__isnull", True)),
                            models.Q(("approved__isnull", False), ("decided_at__isnull", False)),
                            models.Q(("decided_at__isnull", False), ("lapsed", True)),
                            _connector="OR",
                        ),
                        name="request_decided_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by__isnull", True),
                            models.Q(("decided_by", models.F("asked_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="request_decided_by_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AgendaItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("no", models.PositiveSmallIntegerField(verbose_name="item")),
                (
                    "decision",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Not decided yet"),
                            ("settled", "Who does it is fixed"),
                            ("whistle", "No agreement: whistle"),
                            ("adjourned", "Adjourned"),
                            ("cancelled", "Meeting cancelled"),
                        ],
                        max_length=10,
                        verbose_name="decision",
                    ),
                ),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="to be done by")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided")),
                (
                    "co_units",
                    models.ManyToManyField(
                        blank=True, related_name="+", to="staffing.unit", verbose_name="units that help"
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="recorded by",
                    ),
                ),
                (
                    "duty_item",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="duties.dutyitem",
                        verbose_name="duty item",
                    ),
                ),
                (
                    "lead_person",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person in charge",
                    ),
                ),
                (
                    "lead_unit",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="staffing.unit",
                        verbose_name="unit in charge",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agenda_items",
                        to="cases.case",
                        verbose_name="case",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="cases.meeting",
                        verbose_name="meeting",
                    ),
                ),
                (
                    "measures",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.note",
                        verbose_name="measures",
                    ),
                ),
            ],
            options={
                "verbose_name": "item of an agenda",
                "verbose_name_plural": "items of agendas",
                "ordering": ["meeting", "no"],
                "indexes": [models.Index(fields=["case", "decision"], name="agenda_of_case")],
                "constraints": [
                    models.UniqueConstraint(fields=("meeting", "case"), name="agenda_case_once"),
                    models.UniqueConstraint(fields=("meeting", "no"), name="agenda_number_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("decision", "")), fields=("case",), name="agenda_open_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("decision__in", ["", "cancelled"])),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                ("decision__in", ["settled", "whistle", "adjourned"]),
                            ),
                            _connector="OR",
                        ),
                        name="agenda_decided_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decision", "settled"),
                                ("lead_person__isnull", True),
                                ("lead_unit__isnull", False),
                            ),
                            models.Q(
                                ("decision", "settled"),
                                ("lead_person__isnull", False),
                                ("lead_unit__isnull", True),
                            ),
                            models.Q(
                                models.Q(("decision", "settled"), _negated=True),
                                ("lead_person__isnull", True),
                                ("lead_unit__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="agenda_settled_names_one",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Participant",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("unit", "Unit"), ("person", "Person"), ("resident", "Resident")],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("name_sealed", models.BinaryField(blank=True, null=True)),
                ("name_masked", models.CharField(blank=True, max_length=50, verbose_name="name")),
                ("consent", models.CharField(blank=True, max_length=200, verbose_name="consent")),
                ("key_mark", models.CharField(blank=True, editable=False, max_length=16)),
                ("erased_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("attended", models.BooleanField(blank=True, null=True, verbose_name="attended")),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="participants",
                        to="cases.meeting",
                        verbose_name="meeting",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="staffing.unit",
                        verbose_name="unit",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "participant",
                "verbose_name_plural": "participants",
                "ordering": ["meeting", "pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("unit__isnull", False)),
                        fields=["unit", "meeting"],
                        name="participant_of_unit",
                    ),
                    models.Index(
                        condition=models.Q(("user__isnull", False)),
                        fields=["user", "meeting"],
                        name="participant_of_user",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("kind", "unit"),
                                ("name_sealed__isnull", True),
                                ("unit__isnull", False),
                                ("user__isnull", True),
                            ),
                            models.Q(
                                ("kind", "person"),
                                ("name_sealed__isnull", True),
                                ("unit__isnull", True),
                                ("user__isnull", False),
                            ),
                            models.Q(
                                ("kind", "resident"),
                                ("name_sealed__isnull", False),
                                ("unit__isnull", True),
                                ("user__isnull", True),
                            ),
                            models.Q(
                                ("erased_at__isnull", False),
                                ("kind", "resident"),
                                ("unit__isnull", True),
                                ("user__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="participant_is_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "resident"), _negated=True),
                            models.Q(("consent", ""), _negated=True),
                            ("erased_at__isnull", False),
                            _connector="OR",
                        ),
                        name="participant_resident_consents",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("unit__isnull", False)),
                        fields=("meeting", "unit"),
                        name="participant_unit_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("user__isnull", False)),
                        fields=("meeting", "user"),
                        name="participant_user_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PhotoDraft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(default=cases.models.drafts.new_key, max_length=32, unique=True)),
                (
                    "stage",
                    models.CharField(
                        choices=[("before", "Before"), ("after", "After"), ("evidence", "Evidence")],
                        max_length=10,
                    ),
                ),
                ("file", models.FileField(upload_to="drafts/%Y/%m/%d/")),
                ("thumbnail", models.FileField(upload_to="drafts/%Y/%m/%d/")),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("longitude", models.FloatField(blank=True, null=True)),
                ("latitude", models.FloatField(blank=True, null=True)),
                ("created_at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "photo of an unfinished form",
                "verbose_name_plural": "photos of unfinished forms",
                "indexes": [
                    models.Index(fields=["created_at"], name="photo_draft_age"),
                    models.Index(fields=["user", "created_at"], name="photo_draft_of_user"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Rating",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("round", models.PositiveSmallIntegerField(default=1)),
                (
                    "solved",
                    models.CharField(
                        choices=[
                            ("solved", "Solved"),
                            ("partly", "Partly solved"),
                            ("unsolved", "Not solved"),
                        ],
                        max_length=10,
                        verbose_name="solved",
                    ),
                ),
                (
                    "satisfaction",
                    models.CharField(
                        choices=[
                            ("satisfied", "Satisfied"),
                            ("basically_satisfied", "Basically satisfied"),
                            ("dissatisfied", "Dissatisfied"),
                        ],
                        max_length=20,
                        verbose_name="satisfaction",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="at")),
                (
                    "case",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ratings",
                        to="cases.case",
                    ),
                ),
                (
                    "comment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="cases.note",
                    ),
                ),
            ],
            options={
                "verbose_name": "rating",
                "verbose_name_plural": "ratings",
                "constraints": [
                    models.UniqueConstraint(fields=("case", "round"), name="rating_once_a_round")
                ],
            },
        ),
        migrations.CreateModel(
            name="Reporter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "token",
                    models.CharField(default=cases.models.people.new_token, editable=False, max_length=32),
                ),
                ("name_sealed", models.BinaryField(blank=True, null=True)),
                ("phone_sealed", models.BinaryField(blank=True, null=True)),
                ("phone_index", models.CharField(blank=True, max_length=64)),
                ("name_masked", models.CharField(blank=True, max_length=50, verbose_name="name")),
                ("phone_masked", models.CharField(blank=True, max_length=20, verbose_name="phone")),
                (
                    "key_mark",
                    models.CharField(blank=True, db_default="", default="", editable=False, max_length=16),
                ),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reporter",
                        to="cases.case",
                        verbose_name="case",
                    ),
                ),
            ],
            options={
                "verbose_name": "reporter",
                "verbose_name_plural": "reporters",
                "indexes": [models.Index(fields=["phone_index"], name="reporter_same_phone")],
                "constraints": [models.UniqueConstraint(fields=("token",), name="reporter_token_once")],
            },
        ),
        migrations.CreateModel(
            name="Whistle",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("no", models.PositiveSmallIntegerField(default=1, verbose_name="number")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("hard_demand", "Hard demand"),
                            ("joint_enforcement", "Joint enforcement"),
                            ("emergency", "Emergency"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Awaiting approval"),
                            ("called", "Departments called"),
                            ("cleared", "Cleared, to be rated"),
                            ("done", "Rated by both sides"),
                            ("declined", "Not approved"),
                            ("ended", "Called off"),
                        ],
                        default="asked",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("street_code", models.CharField(max_length=9, verbose_name="street")),
                ("gather_at", models.DateTimeField(blank=True, null=True, verbose_name="they meet at")),
                ("asked_at", models.DateTimeField(verbose_name="asked")),
                ("approve_due_at", models.DateTimeField(verbose_name="to be approved by")),
                ("approval_late_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided")),
                ("approved", models.BooleanField(blank=True, null=True, verbose_name="approved")),
                ("called_at", models.DateTimeField(blank=True, null=True, verbose_name="called")),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="to be cleared by")),
                ("cleared_at", models.DateTimeField(blank=True, null=True, verbose_name="cleared")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                (
                    "asked_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="asked by",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="whistles",
                        to="cases.case",
                        verbose_name="case",
                    ),
                ),
                (
                    "cleared_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="cleared by",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="cases.note",
                    ),
                ),
                (
                    "reason",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="cases.note",
                    ),
                ),
            ],
            options={
                "verbose_name": "whistle",
                "verbose_name_plural": "whistles",
                "indexes": [
                    models.Index(fields=["-asked_at", "-id"], name="whistle_newest"),
                    models.Index(fields=["street_code", "state", "-asked_at"], name="whistle_of_street"),
                    models.Index(
                        condition=models.Q(("approval_late_at__isnull", True), ("decided_at__isnull", True)),
                        fields=["approve_due_at"],
                        name="whistle_to_approve",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("case", "no"), name="whistle_number_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["asked", "called"])),
                        fields=("case",),
                        name="whistle_one_running",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["called", "cleared", "done"]), _negated=True),
                            models.Q(("called_at__isnull", False), ("due_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="whistle_called_has_times",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("approved__isnull", True),
                                ("decided_at__isnull", True),
                                ("decided_by__isnull", True),
                            ),
                            models.Q(
                                ("approved__isnull", False),
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="whistle_decided_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by__isnull", True),
                            models.Q(("decided_by", models.F("asked_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="whistle_decided_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["cleared", "done"]), _negated=True),
                            models.Q(("approved", True), ("cleared_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="whistle_cleared_was_approved",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("ended_at__isnull", False), ("state__in", ["done", "declined", "ended"])
                            ),
                            models.Q(
                                ("ended_at__isnull", True), ("state__in", ["asked", "called", "cleared"])
                            ),
                            _connector="OR",
                        ),
                        name="whistle_ended_exactly_when_over",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "joint_enforcement"), _negated=True),
                            ("gather_at__isnull", False),
                            _connector="OR",
                        ),
                        name="whistle_joint_has_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("street_code", ""), _negated=True), name="whistle_has_a_street"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WhistleCall",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "To be called"),
                            ("called", "Not answered yet"),
                            ("checked_in", "Checked in"),
                            ("explained", "Explains why it does not come"),
                            ("excused", "Explanation accepted"),
                            ("reported", "Result given"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="planned",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("called_at", models.DateTimeField(blank=True, null=True, verbose_name="called")),
                ("answer_due_at", models.DateTimeField(blank=True, null=True, verbose_name="to answer by")),
                ("site_due_at", models.DateTimeField(blank=True, null=True, verbose_name="on site by")),
                ("result_due_at", models.DateTimeField(blank=True, null=True, verbose_name="result by")),
                ("warn_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("warned_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "escalated_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="told to the district"),
                ),
                ("opened_case", models.BooleanField(default=False, editable=False)),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="answered")),
                ("longitude", models.FloatField(blank=True, null=True, verbose_name="longitude")),
                ("latitude", models.FloatField(blank=True, null=True, verbose_name="latitude")),
                ("attended", models.BooleanField(blank=True, null=True, verbose_name="on site")),
                ("attended_at", models.DateTimeField(blank=True, null=True, verbose_name="on site at")),
                ("result_at", models.DateTimeField(blank=True, null=True, verbose_name="result given")),
                (
                    "score",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="the street's rating"
                    ),
                ),
                ("scored_at", models.DateTimeField(blank=True, null=True)),
                (
                    "justified",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="was it justified"),
                ),
                (
                    "prepared",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="was it prepared"),
                ),
                ("rated_at", models.DateTimeField(blank=True, null=True)),
                (
                    "answer_comment",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="cases.note",
                    ),
                ),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="answered by",
                    ),
                ),
                (
                    "coming",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="cases.note",
                    ),
                ),
                (
                    "comment",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="cases.note",
                    ),
                ),
                (
                    "explanation",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="cases.note",
                    ),
                ),
                (
                    "proof",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="cases.note",
                    ),
                ),
                (
                    "result",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="cases.note",
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="cases.note",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_index=False,
                        limit_choices_to={"kind": "department"},
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="staffing.unit",
                        verbose_name="department",
                    ),
                ),
                (
                    "whistle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="calls",
                        to="cases.whistle",
                        verbose_name="whistle",
                    ),
                ),
            ],
            options={
                "verbose_name": "called department",
                "verbose_name_plural": "called departments",
                "indexes": [
                    models.Index(fields=["unit", "state", "-called_at"], name="whistle_call_of_unit"),
                    models.Index(fields=["-called_at", "-id"], name="whistle_call_newest"),
                    models.Index(
                        condition=models.Q(("state", "called"), ("warned_at__isnull", True)),
                        fields=["warn_at"],
                        name="whistle_call_to_warn",
                    ),
                    models.Index(
                        condition=models.Q(("escalated_at__isnull", True), ("state", "called")),
                        fields=["answer_due_at"],
                        name="whistle_call_to_escalate",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "withdrawn"), _negated=True),
                        fields=("whistle", "unit"),
                        name="whistle_call_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["planned", "withdrawn"]),
                            models.Q(
                                ("answer_due_at__isnull", False),
                                ("called_at__isnull", False),
                                ("result_due_at__isnull", False),
                                ("site_due_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="whistle_call_has_times",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state__in", ["checked_in", "explained", "excused", "reported"]),
                                _negated=True,
                            ),
                            models.Q(("answered_at__isnull", False), ("answered_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="whistle_call_says_who_answered",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("result_at__isnull", False), ("state", "reported")),
                            models.Q(
                                models.Q(("state", "reported"), _negated=True), ("result_at__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="whistle_call_reported_has_result",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("attended__isnull", True), ("attended_at__isnull", True)),
                            models.Q(("attended__isnull", False), ("attended_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="whistle_call_attended_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("score__isnull", True), ("score__range", (1, 5)), _connector="OR"),
                            models.Q(
                                ("justified__isnull", True), ("justified__range", (1, 5)), _connector="OR"
                            ),
                            models.Q(
                                ("prepared__isnull", True), ("prepared__range", (1, 5)), _connector="OR"
                            ),
                        ),
                        name="whistle_call_scores_to_five",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("justified__isnull", True), ("prepared__isnull", True)),
                            models.Q(("justified__isnull", False), ("prepared__isnull", False)),
                            _connector="OR",
                        ),
                        name="whistle_call_rated_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("latitude__isnull", True), ("longitude__isnull", True)),
                            models.Q(("latitude__range", (-90, 90)), ("longitude__range", (-180, 180))),
                            _connector="OR",
                        ),
                        name="whistle_call_place_on_earth",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WorkOrder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("no", models.PositiveSmallIntegerField()),
                ("sent_at", models.DateTimeField()),
                ("signed_at", models.DateTimeField(blank=True, null=True)),
                ("handed_back_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "end",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("done", "Result handed back"),
                            ("returned", "Returned"),
                            ("reassigned", "Reassigned"),
                            ("ended", "Case ended"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="orders",
                        to="cases.case",
                    ),
                ),
                (
                    "handed_back_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "result",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="cases.note",
                    ),
                ),
                (
                    "signed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="staffing.unit",
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
                    ),
                ),
            ],
            options={
                "verbose_name": "work order",
                "verbose_name_plural": "work orders",
                "ordering": ["case", "no"],
                "constraints": [
                    models.UniqueConstraint(fields=("case", "no"), name="order_number_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("case",),
                        name="order_one_running",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("unit__isnull", False), ("user__isnull", False), _connector="OR"),
                        name="order_has_receiver",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Evaluation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("effective", models.BooleanField(verbose_name="effective")),
                ("at", models.DateTimeField(verbose_name="at")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="evaluations",
                        to="cases.case",
                    ),
                ),
                (
                    "evaluator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="evaluator",
                    ),
                ),
                (
                    "handled_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "comment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="cases.note",
                    ),
                ),
                (
                    "order",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="evaluation",
                        to="cases.workorder",
                    ),
                ),
            ],
            options={
                "verbose_name": "evaluation",
                "verbose_name_plural": "evaluations",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("evaluator", models.F("handled_by")), _negated=True),
                        name="evaluator_is_not_handler",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[("before", "Before"), ("after", "After"), ("evidence", "Evidence")],
                        max_length=10,
                        verbose_name="stage",
                    ),
                ),
                ("file", models.FileField(upload_to="cases/%Y/%m/", verbose_name="file")),
                ("thumbnail", models.FileField(upload_to="cases/%Y/%m/")),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
                ("size", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("uploaded_at", models.DateTimeField(verbose_name="uploaded")),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attachments",
                        to="cases.case",
                    ),
                ),
            ],
            options={
                "verbose_name": "attachment",
                "verbose_name_plural": "attachments",
                "ordering": ["case", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("case", "stage", "sha256"), name="attachment_same_photo_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseParty",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("reporter", "Reported it"),
                            ("assignee", "In charge"),
                            ("lead", "Unit in charge"),
                            ("co", "Helps"),
                            ("evaluator", "Evaluates"),
                            ("oversight", "Oversees"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="parties", to="cases.case"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="staffing.unit",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "party of a case",
                "verbose_name_plural": "parties of cases",
                "indexes": [
                    models.Index(
                        condition=models.Q(("unit__isnull", False)),
                        fields=["unit", "case"],
                        name="party_of_unit",
                    ),
                    models.Index(
                        condition=models.Q(("user__isnull", False)),
                        fields=["user", "case"],
                        name="party_of_user",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("unit__isnull", False)),
                        fields=("case", "role", "unit"),
                        name="party_unit_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("user__isnull", False)),
                        fields=("case", "role", "user"),
                        name="party_user_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("unit__isnull", True), ("user__isnull", True), _connector="XOR"),
                        name="party_unit_or_user",
                    ),
                ],
            },
        ),
    ]
