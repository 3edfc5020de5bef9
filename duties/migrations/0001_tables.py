"""The tables of the first release. Whoever has run an earlier state has them by the migrations named in ``replaces``."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("duties", "0001_initial"),
        ("duties", "0002_initial"),
        ("duties", "0003_lists"),
        ("duties", "0004_admission"),
    ]

    initial = True

    dependencies = [
        ("blocks", "0001_tables"),
        # Only for speed: its many small steps cost the more, the more tables there are already.
        ("oauth2_provider", "0021_translatable_field_labels"),
        ("staffing", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="AdmissionNumber",
            fields=[
                ("year", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ("last", models.PositiveIntegerField(default=0)),
            ],
            options={
                "verbose_name": "last number of a year",
                "verbose_name_plural": "last numbers of years",
            },
        ),
        migrations.CreateModel(
            name="CalendarDay",
            fields=[
                ("date", models.DateField(primary_key=True, serialize=False, verbose_name="date")),
                ("is_working", models.BooleanField(verbose_name="people work")),
                ("name", models.CharField(blank=True, max_length=40, verbose_name="occasion")),
                (
                    "notice_year",
                    models.PositiveSmallIntegerField(
                        help_text="A notice may also change days of the December before.",
                        verbose_name="year of the notice",
                    ),
                ),
                ("source", models.CharField(max_length=100, verbose_name="source")),
            ],
            options={
                "verbose_name": "calendar day",
                "verbose_name_plural": "calendar days",
                "ordering": ["-date"],
            },
        ),
        migrations.CreateModel(
            name="CalendarVersion",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField(default=0)),
                ("token", models.CharField(max_length=32)),
            ],
            options={
                "verbose_name": "version of the calendar",
                "verbose_name_plural": "version of the calendar",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="calendar_version_single")
                ],
            },
        ),
        migrations.CreateModel(
            name="CalendarYear",
            fields=[
                (
                    "year",
                    models.PositiveSmallIntegerField(
                        primary_key=True,
                        serialize=False,
                        validators=[django.core.validators.MinValueValidator(1949)],
                        verbose_name="year",
                    ),
                ),
                ("source", models.CharField(max_length=100, verbose_name="source")),
            ],
            options={
                "verbose_name": "calendar year",
                "verbose_name_plural": "calendar years",
                "ordering": ["-year"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("year__gte", 1949), ("year__lte", 2200)),
                        name="calendar_year_plausible",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Consultation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=100, verbose_name="plan or project")),
                ("about", models.TextField(blank=True, max_length=5000, verbose_name="what it is about")),
                ("salt", models.CharField(editable=False, max_length=32)),
                ("basis", models.CharField(blank=True, max_length=300, verbose_name="basis")),
                (
                    "due_on",
                    models.DateField(
                        help_text="The last day on which streets answer in time.",
                        verbose_name="answers due by",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("open", "Open for answers"), ("closed", "Closed")],
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("made_at", models.DateTimeField(verbose_name="drafted")),
                ("opened_at", models.DateTimeField(blank=True, null=True, verbose_name="opened")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed")),
                ("erased_at", models.DateTimeField(blank=True, null=True, verbose_name="texts erased")),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="drafted by",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consultations",
                        to="staffing.unit",
                        verbose_name="department that asks",
                    ),
                ),
            ],
            options={
                "verbose_name": "consultation of streets",
                "verbose_name_plural": "consultations of streets",
                "ordering": ["-made_at", "-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "open")),
                        fields=["due_on"],
                        name="consultation_open_by_day",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("title", ""), _negated=True), name="consultation_has_title"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("closed_at__isnull", True), ("opened_at__isnull", True), ("state", "draft")
                            ),
                            models.Q(
                                ("closed_at__isnull", True), ("opened_at__isnull", False), ("state", "open")
                            ),
                            models.Q(
                                ("closed_at__isnull", False),
                                ("opened_at__isnull", False),
                                ("state", "closed"),
                            ),
                            _connector="OR",
                        ),
                        name="consultation_state_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("erased_at__isnull", True),
                            models.Q(("about", ""), ("closed_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="consultation_erased_after_end",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DutyList",
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
                            ("responsibility", "Street responsibility list"),
                            ("cooperation", "Street cooperation list"),
                            ("self_governance", "Community self-governance list"),
                            ("assist", "Community assistance list"),
                            ("negative", "Community negative list"),
                            ("measure", "Measures that carry out the community lists"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("version", models.PositiveIntegerField(verbose_name="version")),
                ("effective_from", models.DateField(verbose_name="takes effect on")),
                ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="published at")),
                (
                    "source",
                    models.CharField(
                        help_text="The document that issued it.", max_length=100, verbose_name="source"
                    ),
                ),
            ],
            options={
                "verbose_name": "duty list",
                "verbose_name_plural": "duty lists",
                "ordering": ["kind", "-version"],
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "version"), name="duty_list_version_once"),
                    models.UniqueConstraint(fields=("kind", "effective_from"), name="duty_list_one_a_day"),
                    models.CheckConstraint(
                        condition=models.Q(("version__gte", 1)), name="duty_list_versions_from_one"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", ""), _negated=True), models.Q(("source", ""), _negated=True)
                        ),
                        name="duty_list_says_what_and_whence",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DutyItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=20, verbose_name="code")),
                ("number", models.PositiveSmallIntegerField(verbose_name="number in the list")),
                (
                    "category_number",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="number of the category"
                    ),
                ),
                ("category_code", models.CharField(blank=True, max_length=60, verbose_name="category's key")),
                ("category", models.CharField(blank=True, max_length=60, verbose_name="category")),
                ("name", models.CharField(max_length=200, verbose_name="item")),
                ("name_en", models.CharField(blank=True, max_length=200, verbose_name="item in English")),
                ("lead", models.CharField(blank=True, max_length=100, verbose_name="in charge")),
                ("office", models.CharField(blank=True, max_length=60, verbose_name="street office")),
                (
                    "office_code",
                    models.CharField(blank=True, max_length=40, verbose_name="street office's key"),
                ),
                ("platform_code", models.CharField(blank=True, max_length=40, verbose_name="platform's key")),
                (
                    "cooperating",
                    models.CharField(blank=True, max_length=500, verbose_name="helping departments"),
                ),
                ("basis", models.CharField(blank=True, max_length=500, verbose_name="basis")),
                ("source", models.CharField(blank=True, max_length=100, verbose_name="source")),
                (
                    "lead_unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="duty_items",
                        to="staffing.unit",
                        verbose_name="department in charge",
                    ),
                ),
                (
                    "list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="duties.dutylist",
                        verbose_name="list",
                    ),
                ),
            ],
            options={
                "verbose_name": "duty item",
                "verbose_name_plural": "duty items",
                "ordering": ["list", "number"],
                "indexes": [models.Index(fields=["code"], name="duty_item_by_code")],
                "constraints": [
                    models.UniqueConstraint(fields=("list", "code"), name="duty_item_code_once"),
                    models.UniqueConstraint(fields=("list", "number"), name="duty_item_number_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("code", ""), _negated=True), models.Q(("name", ""), _negated=True)
                        ),
                        name="duty_item_has_code_and_name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number__gte", 1)), name="duty_item_numbers_from_one"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Admission",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=100, verbose_name="task to be handed down")),
                ("reason", models.TextField(blank=True, max_length=2000, verbose_name="reason")),
                ("basis", models.TextField(blank=True, max_length=2000, verbose_name="legal basis")),
                (
                    "level",
                    models.CharField(
                        choices=[("street", "Streets"), ("community", "Communities")],
                        max_length=10,
                        verbose_name="level",
                    ),
                ),
                (
                    "proposed_kind",
                    models.CharField(
                        choices=[
                            ("responsibility", "Street responsibility list"),
                            ("cooperation", "Street cooperation list"),
                            ("self_governance", "Community self-governance list"),
                            ("assist", "Community assistance list"),
                            ("negative", "Community negative list"),
                            ("measure", "Measures that carry out the community lists"),
                        ],
                        max_length=20,
                        verbose_name="proposed list",
                    ),
                ),
                (
                    "people",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="people (number)"),
                ),
                (
                    "people_note",
                    models.TextField(blank=True, max_length=2000, verbose_name="about the people"),
                ),
                (
                    "amount",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=12, null=True, verbose_name="money (yuan)"
                    ),
                ),
                (
                    "amount_note",
                    models.TextField(blank=True, max_length=2000, verbose_name="about the money"),
                ),
                ("starts_on", models.DateField(verbose_name="from")),
                ("last_on", models.DateField(verbose_name="until (last day)")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("submitted", "Awaits the decision"),
                            ("referenced", "On the list: no admission needed"),
                            ("refused", "Refused: on the negative list"),
                            ("approved", "Admitted"),
                            ("declined", "Not admitted"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="submitted",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("asked_at", models.DateTimeField(verbose_name="asked")),
                ("due_at", models.DateTimeField(verbose_name="decision due")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided")),
                (
                    "decision",
                    models.TextField(blank=True, max_length=2000, verbose_name="conditions or reason"),
                ),
                ("year", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="year")),
                ("number", models.PositiveIntegerField(blank=True, null=True, verbose_name="number")),
                ("granted_from", models.DateField(blank=True, null=True, verbose_name="admitted from")),
                (
                    "granted_until",
                    models.DateField(blank=True, null=True, verbose_name="admitted until (last day)"),
                ),
                ("warned_at", models.DateTimeField(blank=True, null=True, verbose_name="told of the end")),
                ("salt", models.CharField(editable=False, max_length=32)),
                ("erased_at", models.DateTimeField(blank=True, null=True, verbose_name="texts erased")),
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
                    "streets",
                    models.ManyToManyField(
                        blank=True, related_name="+", to="blocks.street", verbose_name="streets"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="admissions",
                        to="staffing.unit",
                        verbose_name="asking department",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="duties.dutyitem",
                        verbose_name="item of the list",
                    ),
                ),
            ],
            options={
                "verbose_name": "admission of a task",
                "verbose_name_plural": "admissions of tasks",
                "ordering": ["-asked_at", "-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "submitted")),
                        fields=["due_at"],
                        name="admission_to_decide",
                    ),
                    models.Index(
                        condition=models.Q(("state", "approved")),
                        fields=["granted_until"],
                        name="admission_by_last_day",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("year", "number"), name="admission_number_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "submitted")),
                        fields=("unit", "title"),
                        name="admission_asked_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("decided_by__isnull", True), ("state__in", ["referenced", "refused"])
                        ),
                        fields=("unit", "title", "item"),
                        name="admission_answered_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("title", ""), _negated=True), ("last_on__gte", models.F("starts_on"))
                        ),
                        name="admission_has_title_and_days",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("number__isnull", True),
                                ("state__in", ["submitted", "referenced", "refused", "withdrawn"]),
                                ("year__isnull", True),
                            ),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                ("number__gte", 1),
                                ("state__in", ["approved", "declined"]),
                                ("year__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="admission_decided_has_number",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("item__isnull", False), ("state__in", ["referenced", "refused"])),
                            models.Q(
                                models.Q(("state__in", ["referenced", "refused"]), _negated=True),
                                ("item__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="admission_refers_to_item",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("amount__isnull", False),
                                ("granted_from__isnull", False),
                                ("granted_until__gte", models.F("granted_from")),
                                ("people__isnull", False),
                                ("state", "approved"),
                            ),
                            models.Q(
                                models.Q(("state", "approved"), _negated=True),
                                ("granted_from__isnull", True),
                                ("granted_until__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="admission_approved_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by__isnull", True),
                            models.Q(("decided_by", models.F("asked_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="admission_decided_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__isnull", True), ("amount__gte", 0), _connector="OR"),
                        name="admission_money_not_below_zero",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OffListReport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[("street", "Streets"), ("community", "Communities")],
                        max_length=10,
                        verbose_name="pushed to",
                    ),
                ),
                ("area", models.CharField(max_length=14, verbose_name="area code")),
                ("what", models.TextField(blank=True, max_length=2000, verbose_name="what was pushed")),
                ("received_on", models.DateField(verbose_name="received on")),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("document", "Document"),
                            ("phone", "Phone call"),
                            ("meeting", "Meeting"),
                            ("system", "Information system or chat group"),
                        ],
                        max_length=10,
                        verbose_name="how it came",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("reported", "To be taken up"),
                            ("taken_up", "Being looked into"),
                            ("confirmed", "Violation confirmed"),
                            ("dismissed", "Dismissed"),
                            ("closed", "Closed with a consequence"),
                        ],
                        default="reported",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("reported_at", models.DateTimeField(verbose_name="reported")),
                ("taken_at", models.DateTimeField(blank=True, null=True, verbose_name="taken up")),
                (
                    "finding",
                    models.TextField(blank=True, max_length=2000, verbose_name="finding of inspection"),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided")),
                (
                    "consequence",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("taken_back", "Task taken back by the department"),
                            ("admission", "Department asks for admission"),
                            ("talk", "Talk with those responsible"),
                            ("notice", "Criticism by circular"),
                            ("discipline", "Handed to discipline inspection"),
                        ],
                        max_length=12,
                        verbose_name="consequence",
                    ),
                ),
                (
                    "follow_up",
                    models.TextField(blank=True, max_length=2000, verbose_name="about the consequence"),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed")),
                ("salt", models.CharField(editable=False, max_length=32)),
                ("erased_at", models.DateTimeField(blank=True, null=True, verbose_name="texts erased")),
                (
                    "admission",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="duties.admission",
                        verbose_name="similar admission",
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
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="staffing.unit",
                        verbose_name="department that pushed it",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="duties.dutyitem",
                        verbose_name="similar item",
                    ),
                ),
                (
                    "reported_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="reported by",
                    ),
                ),
                (
                    "taken_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="taken up by",
                    ),
                ),
            ],
            options={
                "verbose_name": "report of an off-list task",
                "verbose_name_plural": "reports of off-list tasks",
                "ordering": ["-reported_at", "-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["reported", "taken_up", "confirmed"])),
                        fields=["reported_at"],
                        name="off_list_open",
                    ),
                    models.Index(fields=["received_on"], name="off_list_by_day"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "reported"), ("taken_at__isnull", True)),
                            models.Q(
                                models.Q(("state", "reported"), _negated=True), ("taken_at__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="off_list_taken_up_first",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                ("state__in", ["confirmed", "dismissed", "closed"]),
                            ),
                            models.Q(
                                ("decided_at__isnull", True),
                                ("decided_by__isnull", True),
                                ("state__in", ["reported", "taken_up"]),
                            ),
                            _connector="OR",
                        ),
                        name="off_list_decided_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("closed_at__isnull", False),
                                ("state", "closed"),
                                models.Q(("consequence", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("state", "closed"), _negated=True),
                                ("closed_at__isnull", True),
                                ("consequence", ""),
                            ),
                            _connector="OR",
                        ),
                        name="off_list_closed_with_consequence",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by__isnull", True),
                            models.Q(("decided_by", models.F("reported_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="off_list_decided_by_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StepLimit",
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
                            ("dispatch", "Accept and dispatch"),
                            ("sign", "Sign for the order"),
                            ("evaluate", "Evaluate"),
                            ("rate", "Wait for the rating"),
                        ],
                        max_length=20,
                        verbose_name="step",
                    ),
                ),
                (
                    "severity",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("low", "Low"),
                            ("normal", "Normal"),
                            ("high", "High"),
                            ("critical", "Critical"),
                        ],
                        max_length=20,
                        verbose_name="severity",
                    ),
                ),
                ("amount", models.PositiveSmallIntegerField(verbose_name="time limit")),
                (
                    "unit",
                    models.CharField(
                        choices=[
                            ("natural_minute", "minutes, day and night"),
                            ("natural_hour", "hours, day and night"),
                            ("working_hour", "working hours"),
                            ("working_day", "working days"),
                            ("natural_day", "days, holidays included"),
                        ],
                        max_length=20,
                        verbose_name="unit of time",
                    ),
                ),
            ],
            options={
                "verbose_name": "time limit of a step",
                "verbose_name_plural": "time limits of steps",
                "ordering": ["step", "severity"],
                "constraints": [
                    models.UniqueConstraint(fields=("step", "severity"), name="step_limit_once"),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gte", 1)), name="step_limit_above_zero"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "unit__in",
                                [
                                    "natural_minute",
                                    "natural_hour",
                                    "working_hour",
                                    "working_day",
                                    "natural_day",
                                ],
                            )
                        ),
                        name="step_limit_known_unit",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StreetAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("salt", models.CharField(editable=False, max_length=32)),
                (
                    "position",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("agree", "Agrees"),
                            ("conditions", "Agrees with conditions"),
                            ("object", "Objects"),
                        ],
                        max_length=12,
                        verbose_name="position",
                    ),
                ),
                ("comment", models.TextField(blank=True, max_length=5000, verbose_name="comment")),
                ("proposal", models.TextField(blank=True, max_length=5000, verbose_name="proposal")),
                ("proposes", models.BooleanField(default=False, verbose_name="makes a proposal")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="prepared")),
                ("signed_at", models.DateTimeField(blank=True, null=True, verbose_name="signed off")),
                (
                    "escalated_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="leader told of the delay"),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("adopted", "Adopted"),
                            ("partly", "Partly adopted"),
                            ("not_adopted", "Not adopted"),
                        ],
                        max_length=12,
                        verbose_name="what becomes of the proposal",
                    ),
                ),
                ("reply", models.TextField(blank=True, max_length=5000, verbose_name="reply")),
                ("replied_at", models.DateTimeField(blank=True, null=True, verbose_name="replied")),
                (
                    "score",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="assessment (1 to 5)"
                    ),
                ),
                (
                    "remark",
                    models.TextField(blank=True, max_length=5000, verbose_name="remark on the assessment"),
                ),
                ("assessed_at", models.DateTimeField(blank=True, null=True, verbose_name="assessed")),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="prepared by",
                    ),
                ),
                (
                    "assessed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="assessed by",
                    ),
                ),
                (
                    "consultation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="answers",
                        to="duties.consultation",
                        verbose_name="consultation",
                    ),
                ),
                (
                    "replied_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="replied by",
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
                        verbose_name="signed off by",
                    ),
                ),
                (
                    "street",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="blocks.street",
                        verbose_name="street",
                    ),
                ),
            ],
            options={
                "verbose_name": "answer of a street",
                "verbose_name_plural": "answers of streets",
                "ordering": ["-consultation", "street"],
                "constraints": [
                    models.UniqueConstraint(fields=("consultation", "street"), name="street_answer_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answered_at__isnull", True), ("position", "")),
                            models.Q(
                                ("answered_at__isnull", False), models.Q(("position", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="street_answer_has_position",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("signed_at__isnull", True), ("answered_at__isnull", False), _connector="OR"
                        ),
                        name="street_answer_then_signed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", ""), ("replied_at__isnull", True)),
                            models.Q(
                                ("proposes", True),
                                ("replied_at__isnull", False),
                                ("signed_at__isnull", False),
                                models.Q(("outcome", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="street_answer_reply_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("assessed_at__isnull", True), ("score__isnull", True)),
                            models.Q(
                                ("assessed_at__isnull", False),
                                ("score__gte", 1),
                                ("score__isnull", False),
                                ("score__lte", 5),
                            ),
                            _connector="OR",
                        ),
                        name="street_answer_score_1_to_5",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WorkWindow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("season_from", models.CharField(max_length=5, verbose_name="season from (MM-DD)")),
                ("season_to", models.CharField(max_length=5, verbose_name="season to (MM-DD)")),
                ("opens", models.TimeField(verbose_name="opens")),
                ("closes", models.TimeField(verbose_name="closes")),
                ("source", models.CharField(max_length=100, verbose_name="source")),
            ],
            options={
                "verbose_name": "office hours",
                "verbose_name_plural": "office hours",
                "ordering": ["-valid_from", "season_from", "opens"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("valid_from", "season_from", "opens"), name="work_window_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("closes__gt", models.F("opens"))),
                        name="work_window_closes_after_opening",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CertificateRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="number in the list")),
                ("name", models.CharField(max_length=60, verbose_name="certificate")),
                (
                    "aliases",
                    models.CharField(
                        blank=True,
                        help_text="With “；” between; the search finds these.",
                        max_length=300,
                        verbose_name="other names",
                    ),
                ),
                ("office", models.CharField(max_length=100, verbose_name="office that issues it")),
                ("way", models.CharField(blank=True, max_length=300, verbose_name="what to do instead")),
                ("basis", models.CharField(blank=True, max_length=300, verbose_name="basis")),
                ("source", models.CharField(max_length=100, verbose_name="source")),
                ("office_source", models.CharField(max_length=100, verbose_name="source of the office")),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="until (exclusive)")),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="staffing.unit",
                        verbose_name="unit in the district",
                    ),
                ),
            ],
            options={
                "verbose_name": "certificate not to be issued",
                "verbose_name_plural": "certificates not to be issued",
                "ordering": ["number", "-starts_on"],
                "constraints": [
                    models.UniqueConstraint(fields=("name", "starts_on"), name="certificate_rule_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("ends_on__isnull", True)),
                        fields=("name",),
                        name="certificate_rule_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__isnull", True), ("ends_on__gt", models.F("starts_on")), _connector="OR"
                        ),
                        name="certificate_rule_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("name", ""), _negated=True),
                            models.Q(("office", ""), _negated=True),
                            models.Q(("source", ""), _negated=True),
                            models.Q(("office_source", ""), _negated=True),
                        ),
                        name="certificate_rule_says_who",
                    ),
                ],
            },
        ),
    ]
