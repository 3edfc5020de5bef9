"""The tables of the first release. Whoever has run an earlier state has them by the migrations named in ``replaces``."""

import django.db.models.deletion
import oauth2_provider.generators
import oauth2_provider.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("staffing", "0001_initial"),
        ("staffing", "0002_partner_clients"),
        ("staffing", "0003_account_rules"),
        ("staffing", "0004_roster_import"),
        ("staffing", "0005_filters"),
        ("staffing", "0006_mediator"),
        ("staffing", "0007_leave"),
        ("staffing", "0008_registers"),
        ("staffing", "0009_rota"),
        ("staffing", "0010_visits"),
    ]

    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("blocks", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="Unit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=64, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("district", "District"),
                            ("department", "District department"),
                            ("street", "Street"),
                            ("office", "Street office"),
                            ("platform", "Platform"),
                            ("team", "Posted enforcement team"),
                            ("community", "Community"),
                            ("partner", "Partner"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("office_code", models.CharField(blank=True, max_length=40, verbose_name="kind of office")),
                ("source", models.CharField(blank=True, max_length=20, verbose_name="source")),
                (
                    "community",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="blocks.community",
                        verbose_name="community",
                    ),
                ),
                (
                    "district",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="blocks.district",
                        verbose_name="district",
                    ),
                ),
                (
                    "home_department",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="posted_teams",
                        to="staffing.unit",
                        verbose_name="home department",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="staffing.unit",
                        verbose_name="parent",
                    ),
                ),
                (
                    "street",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="blocks.street",
                        verbose_name="street",
                    ),
                ),
            ],
            options={
                "verbose_name": "unit",
                "verbose_name_plural": "units",
                "ordering": ["code"],
                "indexes": [models.Index(fields=["street", "kind", "office_code"], name="unit_of_street")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("parent", models.F("id")), _negated=True),
                        name="unit_not_its_own_parent",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Training",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=100, verbose_name="subject")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("course", "Course"),
                            ("lecture", "Lecture"),
                            ("drill", "Drill"),
                            ("exchange", "Exchange of experience"),
                        ],
                        max_length=20,
                        verbose_name="kind of training",
                    ),
                ),
                ("held_on", models.DateField(verbose_name="held on")),
                ("hours", models.PositiveSmallIntegerField(verbose_name="class hours")),
                ("place", models.CharField(blank=True, max_length=100, verbose_name="place of the training")),
                ("area", models.CharField(max_length=12, verbose_name="for the people of")),
                ("cancelled_at", models.DateTimeField(blank=True, null=True, verbose_name="cancelled at")),
                ("source", models.CharField(blank=True, max_length=20, verbose_name="source")),
                (
                    "organiser",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="trainings",
                        to="staffing.unit",
                        verbose_name="organised by",
                    ),
                ),
            ],
            options={
                "verbose_name": "training",
                "verbose_name_plural": "trainings",
                "ordering": ["-held_on", "-pk"],
                "indexes": [models.Index(fields=["held_on"], name="training_by_day")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("cancelled_at__isnull", True)),
                        fields=("organiser", "title", "held_on", "area"),
                        name="training_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("hours__gte", 1), ("hours__lte", 200)),
                        name="training_hours_plausible",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                ("username", models.CharField(max_length=64, unique=True, verbose_name="log-in name")),
                (
                    "employee_number",
                    models.CharField(
                        blank=True, max_length=32, null=True, unique=True, verbose_name="employee number"
                    ),
                ),
                ("name", models.CharField(max_length=50, verbose_name="name")),
                ("phone", models.CharField(blank=True, max_length=20, verbose_name="phone")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("is_staff", models.BooleanField(default=False, verbose_name="may log in to the desk")),
                (
                    "is_technical",
                    models.BooleanField(
                        db_default=False, default=False, editable=False, verbose_name="account of a system"
                    ),
                ),
                (
                    "password_changed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="password changed at"),
                ),
                (
                    "must_change_password",
                    models.BooleanField(
                        db_default=False,
                        default=False,
                        editable=False,
                        verbose_name="must choose an own password",
                    ),
                ),
                ("opened_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "session_mark",
                    models.CharField(blank=True, db_default="", default="", editable=False, max_length=32),
                ),
                ("source", models.CharField(blank=True, max_length=20, verbose_name="source")),
                ("desk_filters", models.JSONField(blank=True, editable=False, null=True)),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "verbose_name": "person",
                "verbose_name_plural": "people",
                "ordering": ["username"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_active", True)),
                        fields=["last_login"],
                        name="user_open_by_use",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Absence",
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
                            ("annual", "Annual leave"),
                            ("sick", "Sick leave"),
                            ("training", "Training"),
                            ("secondment", "Secondment"),
                            ("other", "Other leave"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(verbose_name="until (exclusive)")),
                ("cancelled_at", models.DateTimeField(blank=True, null=True, verbose_name="cancelled at")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="absences",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "leave",
                "verbose_name_plural": "leave and standing in",
                "ordering": ["-starts_on", "-pk"],
                "indexes": [
                    models.Index(fields=["ends_on", "starts_on"], name="absence_by_day"),
                    models.Index(fields=["person", "starts_on"], name="absence_of_person"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("cancelled_at", None)),
                        fields=("person", "starts_on"),
                        name="absence_one_from_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gt", models.F("starts_on"))),
                        name="absence_ends_after_start",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Assistant",
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
                            ("liaison_cadre", "Liaison cadre"),
                            ("party_group_leader", "Party group leader"),
                            ("owners_committee_member", "Owners' committee member"),
                            ("resident_representative", "Resident representative"),
                        ],
                        max_length=30,
                        verbose_name="kind",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="until (exclusive)")),
                (
                    "block",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assistants",
                        to="blocks.block",
                        verbose_name="block",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assistances",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "block assistant",
                "verbose_name_plural": "block assistants",
                "indexes": [
                    models.Index(fields=["user", "starts_on"], name="assistant_of_user"),
                    models.Index(fields=["block", "starts_on"], name="assistant_of_block"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("block", "user", "kind", "starts_on"), name="assistant_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__isnull", True), ("ends_on__gt", models.F("starts_on")), _connector="OR"
                        ),
                        name="assistant_ends_after_start",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FormerPassword",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128)),
                ("replaced_at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="former_passwords",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "former password",
                "verbose_name_plural": "former passwords",
                "indexes": [models.Index(fields=["user", "-id"], name="former_password_of_user")],
            },
        ),
        migrations.CreateModel(
            name="PartnerClient",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "client_id",
                    models.CharField(
                        db_index=True,
                        default=oauth2_provider.generators.generate_client_id,
                        max_length=255,
                        unique=True,
                        verbose_name="client ID",
                    ),
                ),
                (
                    "redirect_uris",
                    models.TextField(
                        blank=True,
                        help_text="Allowed URIs list, space separated",
                        verbose_name="redirect URIs",
                    ),
                ),
                (
                    "post_logout_redirect_uris",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="Allowed Post Logout URIs list, space separated",
                        verbose_name="post logout redirect URIs",
                    ),
                ),
                (
                    "client_type",
                    models.CharField(
                        choices=[("confidential", "Confidential"), ("public", "Public")],
                        max_length=32,
                        verbose_name="client type",
                    ),
                ),
                (
                    "authorization_grant_type",
                    models.CharField(
                        choices=[
                            ("authorization-code", "Authorization code"),
                            ("urn:ietf:params:oauth:grant-type:device_code", "Device Code"),
                            ("implicit", "Implicit"),
                            ("password", "Resource owner password-based"),
                            ("client-credentials", "Client credentials"),
                            ("openid-hybrid", "OpenID connect hybrid"),
                        ],
                        max_length=44,
                        verbose_name="authorization grant type",
                    ),
                ),
                (
                    "client_secret",
                    oauth2_provider.models.ClientSecretField(
                        blank=True,
                        db_index=True,
                        default=oauth2_provider.generators.generate_client_secret,
                        help_text="Client secret for authentication",
                        max_length=255,
                        verbose_name="client secret",
                    ),
                ),
                ("hash_client_secret", models.BooleanField(default=True, verbose_name="hash client secret")),
                ("name", models.CharField(blank=True, max_length=255, verbose_name="name")),
                ("skip_authorization", models.BooleanField(default=False, verbose_name="skip authorization")),
                ("created", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated", models.DateTimeField(auto_now=True, verbose_name="updated")),
                (
                    "algorithm",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "No OIDC support"),
                            ("RS256", "RSA with SHA-2 256"),
                            ("HS256", "HMAC with SHA-2 256"),
                        ],
                        default="",
                        max_length=5,
                        verbose_name="algorithm",
                    ),
                ),
                (
                    "allowed_origins",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="Allowed origins list to enable CORS, space separated",
                        verbose_name="allowed origins",
                    ),
                ),
                (
                    "registration_source",
                    models.CharField(
                        choices=[
                            ("manual", "Manual"),
                            ("dcr", "Dynamic Client Registration"),
                            ("cimd", "Client ID Metadata Document"),
                        ],
                        default="manual",
                        help_text="How this application was registered (manual, DCR per RFC 7591, or CIMD)",
                        max_length=32,
                        verbose_name="registration source",
                    ),
                ),
                (
                    "cimd_expires_at",
                    models.DateTimeField(
                        blank=True,
                        default=None,
                        help_text="When the cached Client ID Metadata Document should be re-fetched",
                        null=True,
                        verbose_name="CIMD expires at",
                    ),
                ),
                (
                    "area",
                    models.CharField(
                        help_text="Code of the district, a street, a community or a block.",
                        max_length=14,
                        verbose_name="area",
                    ),
                ),
                (
                    "categories",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="Codes of categories or of whole branches; none: all of them.",
                        verbose_name="categories",
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("partner", "Partner system"),
                            ("hotline", "Hotline 12345"),
                            ("open311", "Open311"),
                            ("wecom", "WeCom"),
                        ],
                        default="partner",
                        max_length=20,
                        verbose_name="channel",
                    ),
                ),
                ("scopes", models.JSONField(default=list, verbose_name="scopes")),
                (
                    "requests_per_minute",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Empty: as for all systems.",
                        null=True,
                        verbose_name="requests per minute",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                (
                    "ends_on",
                    models.DateField(
                        blank=True,
                        help_text="Empty: until further notice.",
                        null=True,
                        verbose_name="until (exclusive)",
                    ),
                ),
                ("source", models.CharField(blank=True, max_length=20, verbose_name="source")),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="client",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="account",
                    ),
                ),
            ],
            options={
                "verbose_name": "partner system",
                "verbose_name_plural": "partner systems",
                "ordering": ["client_id"],
            },
        ),
        migrations.CreateModel(
            name="Reserve",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "tier",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "First tier: ready now"),
                            (2, "Second tier: within a year"),
                            (3, "Third tier: to be trained"),
                        ],
                        verbose_name="tier",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="until (exclusive)")),
                ("source", models.CharField(blank=True, max_length=20, verbose_name="source")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reserves",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "street",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reserves",
                        to="blocks.street",
                        verbose_name="street",
                    ),
                ),
            ],
            options={
                "verbose_name": "entry in the reserve",
                "verbose_name_plural": "reserve of cadres",
                "ordering": ["street", "tier", "starts_on"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ends_on__isnull", True)),
                        fields=("person",),
                        name="reserve_one_open_row",
                    ),
                    models.UniqueConstraint(fields=("person", "starts_on"), name="reserve_one_row_a_day"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__isnull", True), ("ends_on__gt", models.F("starts_on")), _connector="OR"
                        ),
                        name="reserve_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("tier__gte", 1), ("tier__lte", 3)), name="reserve_three_tiers"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RosterImport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("made_at", models.DateTimeField(verbose_name="sent at")),
                ("effective_on", models.DateField(verbose_name="takes effect on")),
                (
                    "replaces",
                    models.BooleanField(
                        default=False,
                        help_text="Only in the blocks that the sheet names.",
                        verbose_name="helpers whom the sheet does not name leave",
                    ),
                ),
                ("file_name", models.CharField(blank=True, max_length=200, verbose_name="file")),
                ("lines", models.JSONField(default=list, editable=False)),
                ("counts", models.JSONField(default=dict, editable=False)),
                ("digest", models.CharField(editable=False, max_length=64)),
                ("applied_at", models.DateTimeField(blank=True, null=True, verbose_name="applied at")),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="sent by",
                    ),
                ),
            ],
            options={
                "verbose_name": "roster sheet",
                "verbose_name_plural": "roster sheets",
                "ordering": ["-made_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="SecondFactor",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("secret_sealed", models.BinaryField()),
                ("key_mark", models.CharField(max_length=16)),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("last_step", models.BigIntegerField(default=0)),
                ("failures", models.PositiveSmallIntegerField(default=0)),
                ("locked_until", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="second_factor",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "second factor",
                "verbose_name_plural": "second factors",
            },
        ),
        migrations.CreateModel(
            name="RecoveryCode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
                (
                    "factor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recovery_codes",
                        to="staffing.secondfactor",
                    ),
                ),
            ],
            options={
                "verbose_name": "recovery code",
                "verbose_name_plural": "recovery codes",
                "constraints": [
                    models.UniqueConstraint(fields=("factor", "digest"), name="recovery_code_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Shift",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(verbose_name="day")),
                ("starts_at", models.DateTimeField(verbose_name="begins")),
                ("ends_at", models.DateTimeField(verbose_name="ends")),
                (
                    "officer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shifts",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="officer on duty",
                    ),
                ),
                (
                    "platform",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shifts",
                        to="staffing.unit",
                        verbose_name="platform",
                    ),
                ),
            ],
            options={
                "verbose_name": "shift",
                "verbose_name_plural": "shifts",
                "ordering": ["starts_at", "platform"],
                "indexes": [
                    models.Index(fields=["starts_at"], name="shift_by_start"),
                    models.Index(fields=["officer", "starts_at"], name="shift_of_officer"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                        name="shift_ends_after_start",
                    ),
                    models.UniqueConstraint(fields=("platform", "starts_at"), name="shift_begins_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ShiftSwap",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("asked_at", models.DateTimeField(verbose_name="asked at")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("agreed", "exchanged"),
                            ("declined", "declined"),
                            ("withdrawn", "withdrawn"),
                            ("lapsed", "lapsed: a shift has changed hands"),
                        ],
                        max_length=10,
                        verbose_name="outcome",
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided at")),
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
                    "asked_of",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="asked of",
                    ),
                ),
                (
                    "mine",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="swaps_offered",
                        to="staffing.shift",
                        verbose_name="shift offered",
                    ),
                ),
                (
                    "theirs",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="swaps_wanted",
                        to="staffing.shift",
                        verbose_name="shift wanted",
                    ),
                ),
            ],
            options={
                "verbose_name": "exchange of shifts",
                "verbose_name_plural": "exchanges of shifts",
                "ordering": ["-asked_at", "-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("outcome", "")), fields=["asked_of"], name="swap_waiting"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("mine", models.F("theirs")), _negated=True),
                        name="swap_of_two_shifts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("asked_by", models.F("asked_of")), _negated=True),
                        name="swap_of_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("outcome", "")),
                            models.Q(models.Q(("outcome", ""), _negated=True), ("decided_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="swap_open_or_decided",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("outcome", "")), fields=("mine",), name="swap_asked_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StandIn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "post",
                    models.CharField(
                        choices=[
                            ("governor", "Block governor"),
                            ("supervisor", "Block supervisor"),
                            ("acting_governor", "Acting block governor"),
                            ("acting_supervisor", "Acting block supervisor"),
                        ],
                        max_length=20,
                        verbose_name="post",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(verbose_name="until (exclusive)")),
                (
                    "absence",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="stand_ins",
                        to="staffing.absence",
                        verbose_name="leave",
                    ),
                ),
                (
                    "block",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="blocks.block",
                        verbose_name="block",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="stands in",
                    ),
                ),
                (
                    "resumes",
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
                "verbose_name": "stand-in during a leave",
                "verbose_name_plural": "stand-ins during a leave",
                "ordering": ["block", "post", "starts_on"],
                "indexes": [models.Index(fields=["block", "post", "ends_on"], name="stand_in_of_post")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("absence", "block", "post", "starts_on"), name="stand_in_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gt", models.F("starts_on"))),
                        name="stand_in_ends_after_start",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Tenure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "post",
                    models.CharField(
                        choices=[
                            ("governor", "Block governor"),
                            ("supervisor", "Block supervisor"),
                            ("acting_governor", "Acting block governor"),
                            ("acting_supervisor", "Acting block supervisor"),
                        ],
                        max_length=20,
                        verbose_name="post",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="from")),
                (
                    "block",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tenures",
                        to="blocks.block",
                        verbose_name="block",
                    ),
                ),
                (
                    "holder",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tenures",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="holder",
                    ),
                ),
            ],
            options={
                "verbose_name": "tenure in a block",
                "verbose_name_plural": "tenures in blocks",
                "ordering": ["block", "post", "-starts_on"],
                "indexes": [models.Index(fields=["holder", "starts_on"], name="tenure_of_user")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("block", "post", "starts_on"), name="tenure_one_holder_at_a_time"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Attendance",
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
                        choices=[("attended", "Attended"), ("absent", "Was absent"), ("excused", "Excused")],
                        max_length=10,
                        verbose_name="attendance",
                    ),
                ),
                ("area", models.CharField(blank=True, max_length=14, verbose_name="served in")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attendances",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "training",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attendances",
                        to="staffing.training",
                        verbose_name="training",
                    ),
                ),
            ],
            options={
                "verbose_name": "attendance",
                "verbose_name_plural": "attendances",
                "constraints": [
                    models.UniqueConstraint(fields=("training", "person"), name="attendance_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="RotaGap",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="begins")),
                ("ends_at", models.DateTimeField(verbose_name="ends")),
                ("found_at", models.DateTimeField(verbose_name="found at")),
                (
                    "platform",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rota_gaps",
                        to="staffing.unit",
                        verbose_name="platform",
                    ),
                ),
            ],
            options={
                "verbose_name": "time that nobody covers",
                "verbose_name_plural": "times that nobody covers",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                        name="gap_ends_after_start",
                    ),
                    models.UniqueConstraint(fields=("platform", "starts_at"), name="gap_warned_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlatformLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="from")),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="platform_links",
                        to="staffing.unit",
                        verbose_name="office",
                    ),
                ),
                (
                    "platform",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="office_links",
                        to="staffing.unit",
                        verbose_name="platform",
                    ),
                ),
            ],
            options={
                "verbose_name": "office in a platform",
                "verbose_name_plural": "offices in platforms",
                "constraints": [
                    models.UniqueConstraint(fields=("office", "starts_on"), name="office_in_one_platform")
                ],
            },
        ),
        migrations.CreateModel(
            name="PlatformFunction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "function",
                    models.CharField(
                        choices=[
                            ("coordinates", "Coordinates, and evaluates where no supervisor can"),
                            (
                                "serves_blocks",
                                "Serves the blocks, and receives where nobody in the block can",
                            ),
                            ("responds", "Responds to emergencies"),
                        ],
                        max_length=20,
                        verbose_name="function",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="from")),
                (
                    "street",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="blocks.street", verbose_name="street"
                    ),
                ),
                (
                    "platform",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="functions",
                        to="staffing.unit",
                        verbose_name="platform",
                    ),
                ),
            ],
            options={
                "verbose_name": "function of a platform",
                "verbose_name_plural": "functions of platforms",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("street", "function", "starts_on"), name="function_of_one_platform"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
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
                            ("member", "Member"),
                            ("head", "Head"),
                            ("duty_officer", "Duty officer"),
                            ("mediator", "Mediator"),
                            ("leader", "Leader"),
                            ("system_admin", "System administrator"),
                            ("security_admin", "Security administrator"),
                            ("auditor", "Auditor"),
                        ],
                        max_length=20,
                        verbose_name="role",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="until (exclusive)")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to="staffing.unit",
                        verbose_name="unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "seat in a unit",
                "verbose_name_plural": "seats in units",
                "indexes": [
                    models.Index(fields=["user", "starts_on"], name="membership_of_user"),
                    models.Index(fields=["unit", "role", "starts_on"], name="membership_of_unit"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("unit", "user", "role", "starts_on"), name="membership_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__isnull", True), ("ends_on__gt", models.F("starts_on")), _connector="OR"
                        ),
                        name="membership_ends_after_start",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CounselAppointment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=50, verbose_name="lawyer")),
                ("firm", models.CharField(max_length=100, verbose_name="law firm")),
                ("phone", models.CharField(max_length=20, verbose_name="business phone")),
                ("licence", models.CharField(blank=True, max_length=30, verbose_name="licence number")),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="until (exclusive)")),
                ("source", models.CharField(blank=True, max_length=20, verbose_name="source")),
                (
                    "unit",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="counsel",
                        to="staffing.unit",
                        verbose_name="unit or community",
                    ),
                ),
            ],
            options={
                "verbose_name": "appointment of legal counsel",
                "verbose_name_plural": "legal counsel",
                "ordering": ["unit", "-starts_on"],
                "constraints": [
                    models.UniqueConstraint(fields=("unit", "starts_on"), name="counsel_one_at_a_time"),
                    models.UniqueConstraint(
                        condition=models.Q(("ends_on__isnull", True)),
                        fields=("unit",),
                        name="counsel_one_open_row",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__isnull", True), ("ends_on__gt", models.F("starts_on")), _connector="OR"
                        ),
                        name="counsel_ends_after_start",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Visit",
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
                        choices=[("visit", "Visit"), ("open_talk", "Open-talk meeting")],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("district", "District cadres"),
                            ("street", "Street cadres"),
                            ("community", "Community cadres"),
                        ],
                        max_length=20,
                        verbose_name="level",
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("liaison", "Liaison"),
                            ("publicity", "Publicist"),
                            ("service", "Service worker"),
                            ("vanguard", "Vanguard"),
                        ],
                        max_length=20,
                        verbose_name="role",
                    ),
                ),
                ("planned_for", models.DateField(verbose_name="planned for")),
                ("place", models.CharField(blank=True, max_length=100, verbose_name="place")),
                (
                    "state",
                    models.CharField(
                        choices=[("planned", "Planned"), ("done", "Done"), ("cancelled", "Cancelled")],
                        default="planned",
                        max_length=20,
                        verbose_name="state",
                    ),
                ),
                ("held_on", models.DateField(blank=True, null=True, verbose_name="held on")),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="recorded")),
                ("cancelled_at", models.DateTimeField(blank=True, null=True, verbose_name="cancelled at")),
                (
                    "households",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="households visited"),
                ),
                (
                    "attendance",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="people present"),
                ),
                ("summary", models.TextField(blank=True, max_length=4000, verbose_name="summary")),
                ("salt", models.CharField(blank=True, editable=False, max_length=32)),
                (
                    "emptied_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="texts removed"),
                ),
                ("source", models.CharField(blank=True, max_length=20, verbose_name="source")),
                (
                    "block",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="visits",
                        to="blocks.block",
                        verbose_name="block",
                    ),
                ),
                (
                    "cadres",
                    models.ManyToManyField(
                        related_name="visits", to=settings.AUTH_USER_MODEL, verbose_name="cadres"
                    ),
                ),
                (
                    "planned_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="planned by",
                    ),
                ),
            ],
            options={
                "verbose_name": "visit or meeting",
                "verbose_name_plural": "visits and meetings",
                "ordering": ["-planned_for", "-pk"],
                "indexes": [
                    models.Index(fields=["-planned_for", "-id"], name="visit_newest"),
                    models.Index(
                        condition=models.Q(("state", "planned")),
                        fields=["planned_for"],
                        name="visit_still_planned",
                    ),
                    models.Index(fields=["block", "planned_for"], name="visit_of_block"),
                    models.Index(
                        condition=models.Q(("held_on__isnull", False)), fields=["held_on"], name="visit_held"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("kind", "visit"),
                                ("role__in", ["liaison", "publicity", "service", "vanguard"]),
                            ),
                            models.Q(("kind", "open_talk"), ("role", "")),
                            _connector="OR",
                        ),
                        name="visit_has_role_and_meeting_none",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("level__in", ["district", "street", "community"])),
                        name="visit_level_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("cancelled_at", None),
                                ("done_at", None),
                                ("held_on", None),
                                ("state", "planned"),
                            ),
                            models.Q(
                                ("cancelled_at", None),
                                ("done_at__isnull", False),
                                ("held_on__isnull", False),
                                ("state", "done"),
                            ),
                            models.Q(
                                ("cancelled_at__isnull", False),
                                ("done_at", None),
                                ("held_on", None),
                                ("state", "cancelled"),
                            ),
                            _connector="OR",
                        ),
                        name="visit_ended_as_its_state_says",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("attendance", None),
                                ("households__isnull", False),
                                ("kind", "visit"),
                                ("state", "done"),
                            ),
                            models.Q(
                                ("attendance__isnull", False),
                                ("households", None),
                                ("kind", "open_talk"),
                                ("state", "done"),
                            ),
                            models.Q(
                                models.Q(("state", "done"), _negated=True),
                                ("attendance", None),
                                ("households", None),
                            ),
                            _connector="OR",
                        ),
                        name="visit_counts_what_fits_it",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("emptied_at", None), models.Q(("salt", ""), ("summary", "")), _connector="OR"
                        ),
                        name="visit_emptied_holds_no_text",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Finding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("no", models.PositiveSmallIntegerField(verbose_name="number")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("demand", "Demand"),
                            ("suggestion", "Suggestion"),
                            ("hazard", "Safety hazard"),
                            ("other", "Other"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("text", models.TextField(blank=True, max_length=2000, verbose_name="text")),
                ("salt", models.CharField(blank=True, editable=False, max_length=32)),
                ("category_code", models.CharField(blank=True, max_length=10, verbose_name="category")),
                ("solved", models.BooleanField(default=False, verbose_name="solved on the spot")),
                ("made_at", models.DateTimeField(verbose_name="recorded")),
                (
                    "visit",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="findings",
                        to="staffing.visit",
                        verbose_name="visit or meeting",
                    ),
                ),
            ],
            options={
                "verbose_name": "finding",
                "verbose_name_plural": "findings",
                "ordering": ["-visit__planned_for", "visit", "no"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("solved", False)), fields=["visit"], name="finding_unsolved"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("visit", "no"), name="finding_number_once"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["demand", "suggestion", "hazard", "other"])),
                        name="finding_kind_known",
                    ),
                ],
            },
        ),
    ]
