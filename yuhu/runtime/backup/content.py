"""What a database says about itself (counts, migrations, end of the feed), and which stored files its rows name.

Plain SQL through a cursor that the engine hands over, since it must be asked of a snapshot that the ORM does not see,
and of a restored database whose release may be another one.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.models import FileField

from cases.models import PhotoDraft
from yuhu.runtime.backup.archive import Facts

# Photos of forms that were never sent: gone within a day, and their files may go while the backup runs.
LEFT_OUT = (PhotoDraft._meta.db_table,)
KEYS = ("SECRET_KEY", "JOURNAL_KEY", "PERSON_KEYS", "PERSON_INDEX_KEY")
# Without these a restored database cannot be used: the journal not proved, the reporters not answered.
NEEDED_KEYS = ("JOURNAL_KEY", "PERSON_KEYS", "PERSON_INDEX_KEY")


def tables() -> list[str]:
    """Every table of the models that is kept."""
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return sorted({*names, "django_migrations"} - set(LEFT_OUT))


def facts(cursor: Any, names: list[str]) -> Facts:
    """Rows per table, the feed's end, the migrations. A look through each table: seconds for ten million rows."""
    counts = {name: _one(cursor, f"SELECT COUNT(*) FROM {_quoted(name)}")[0] for name in names}
    head = _one(cursor, "SELECT feed_no, chain FROM journal_feedentry ORDER BY feed_no DESC LIMIT 1")
    return {
        "tables": counts,
        "cases": counts.get("cases_case"),
        "journal_entries": counts.get("journal_entry"),
        "feed_head": {"feed_no": head[0], "chain": head[1]} if head else None,
        "migrations": migrations(cursor),
    }


def migrations(cursor: Any) -> list[str]:
    """Names of the migrations that the database has been through."""
    cursor.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
    return [f"{app}.{name}" for app, name in cursor.fetchall()]


def file_names(stream: Callable[[], Any]) -> Iterator[str]:
    """Every stored file that a row names, as the storage knows it. ``stream`` gives a fresh cursor for each query."""
    for model in apps.get_models():
        table = model._meta.db_table
        if model._meta.proxy or not model._meta.managed or table in LEFT_OUT:
            continue
        for field in model._meta.local_concrete_fields:
            if isinstance(field, FileField) and field.column is not None:
                column = _quoted(field.column)
                cursor = stream()
                cursor.execute(f"SELECT {column} FROM {_quoted(table)} WHERE {column} <> ''")
                while rows := cursor.fetchmany(2_000):
                    for (name,) in rows:
                        yield name


def fingerprints() -> dict[str, list[str]]:
    """Which keys are in use, without telling them: a restore says so before it begins if it has others."""
    found = {}
    for name in KEYS:
        value = getattr(settings, name)
        found[name] = [_fingerprint(name, key) for key in ([value] if isinstance(value, str) else value)]
    return found


def missing_keys(manifest: Facts) -> list[str]:
    """Names of the keys that the archive's data need and that are not set here, among the earlier ones neither."""
    here = fingerprints()
    for name, old in (
        ("JOURNAL_KEY", settings.JOURNAL_OLD_KEYS),
        ("PERSON_INDEX_KEY", settings.PERSON_INDEX_OLD_KEYS),
    ):
        here[name] += [_fingerprint(name, key) for key in old]
    return [name for name in NEEDED_KEYS if not set(manifest["keys"].get(name, [])) <= set(here[name])]


def _fingerprint(name: str, key: str) -> str:
    return hmac.new(key.encode(), b"yuhu backup fingerprint " + name.encode(), hashlib.sha256).hexdigest()[
        :16
    ]


def _one(cursor: Any, query: str) -> Any:
    cursor.execute(query)
    return cursor.fetchone()


def _quoted(name: str) -> str:
    return str(connection.ops.quote_name(name))
