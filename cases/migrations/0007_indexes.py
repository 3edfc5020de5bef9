"""Indexes leave out the rows without the key: a report has no receiver yet, and every move would enter it anew."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import cases.models.people


class Migration(migrations.Migration):
    dependencies = [
        ("blocks", "0001_initial"),
        ("cases", "0006_speed"),
        ("duties", "0002_initial"),
        ("staffing", "0003_account_rules"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="case",
            name="case_of_assignee",
        ),
        migrations.RemoveIndex(
            model_name="case",
            name="case_of_unit",
        ),
        migrations.RemoveIndex(
            model_name="case",
            name="case_of_evaluator",
        ),
        migrations.AlterField(
            model_name="case",
            name="duty_item",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="duties.dutyitem",
                verbose_name="duty item",
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="evaluator_unit",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="staffing.unit",
                verbose_name="evaluating unit",
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged",
                to="cases.case",
                verbose_name="merged into",
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="number",
            field=models.CharField(max_length=32, verbose_name="number"),
        ),
        migrations.AlterField(
            model_name="case",
            name="submission_key",
            field=models.CharField(blank=True, editable=False, max_length=128, null=True),
        ),
        migrations.AlterField(
            model_name="reporter",
            name="token",
            field=models.CharField(default=cases.models.people.new_token, editable=False, max_length=32),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("assignee__isnull", False)),
                fields=["assignee", "state"],
                name="case_of_assignee",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("lead_unit__isnull", False)),
                fields=["lead_unit", "state"],
                name="case_of_unit",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("evaluator__isnull", False)),
                fields=["evaluator", "state"],
                name="case_of_evaluator",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("evaluator_unit__isnull", False)),
                fields=["evaluator_unit"],
                name="case_of_evaluating_unit",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("duty_item__isnull", False)),
                fields=["duty_item"],
                name="case_of_duty_item",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", False)),
                fields=["merged_into"],
                name="case_merged_into",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(fields=("number",), name="case_number_once"),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(
                condition=models.Q(("submission_key__isnull", False)),
                fields=("submission_key",),
                name="case_submission_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="reporter",
            constraint=models.UniqueConstraint(fields=("token",), name="reporter_token_once"),
        ),
    ]
