"""The folded texts of cases and the indexes behind the search.

Not one transaction: the table is open to readers and writers while its rows are folded, batch by batch, and what old
code writes meanwhile stays empty until the sweep ``cases.fold`` comes by.
"""

from typing import Any

from django.db import migrations, models

from yuhu.kit.search import FoldedText, index, refold

BATCH = 1000


def _kept(apps: Any) -> index.Kept:
    return index.Kept.of(apps.get_model("cases", "Case")._meta.get_field("words"))


def make(apps: Any, schema_editor: Any) -> None:
    index.make(schema_editor.connection, _kept(apps))


def unmake(apps: Any, schema_editor: Any) -> None:
    index.unmake(schema_editor.connection, _kept(apps))


def fold(apps: Any, schema_editor: Any) -> None:
    cases = apps.get_model("cases", "Case").objects.using(schema_editor.connection.alias)
    while refold(cases, "words", most=BATCH):
        pass


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("cases", "0002_initial")]

    operations = [
        migrations.AddField(
            "case",
            "words",
            FoldedText(of=("number", "description", "address"), newest="reported_at"),
        ),
        migrations.AddIndex(
            "case", models.Index(condition=models.Q(words=""), fields=["id"], name="case_to_fold")
        ),
        migrations.RunPython(make, unmake),
        migrations.RunPython(fold, migrations.RunPython.noop),
    ]
