"""What both engines say about triggers. Leaves to others: what a trigger does and when it is made (journal, search)."""

from django.db.backends.base.base import BaseDatabaseWrapper


def standing(connection: BaseDatabaseWrapper) -> set[str]:
    """Names of the triggers that are there and enabled."""
    if connection.vendor == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = (
            "SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND pg_table_is_visible(c.oid)"
        )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {row[0] for row in cursor.fetchall()}


def dropping(vendor: str, name: str, table: str) -> str:
    """The statement that removes a trigger, if it is there."""
    return f"DROP TRIGGER IF EXISTS {name}" + ("" if vendor == "sqlite" else f" ON {table}")
