"""The indexes behind the search, for both engines: their tables, the triggers that keep them, and what is asked.

An index knows every window of three characters of a row's folded text (shorter at the end), so that a word of any
length can be asked: one or two characters as the beginning of windows, more as all of its windows. What it finds are
candidates; each is compared with the text itself. SQLite: a contentless FTS5 table, from which the command ``delete``
removes (a DELETE could not, before 3.43). PostgreSQL: a table beside the indexed one, with GIN over the windows; on
the row itself the index would be written again with each move of a case.

Triggers keep the indexes, so that nothing that writes rows can forget it, and they empty the folded text of a row
whose texts change without it. They are made after every migration: SQLite drops a table's triggers when it re-makes
the table.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from yuhu.kit import triggers

WINDOW = 3
# A character of a long text is found by counting from its beginning: pieces keep the cost linear.
PIECE = 200
# PostgreSQL's index knows as well when a row's moment was: the number of its span of 8 hours, 32 hours and so on (hours
# shifted by so many bits). So a walk from the newest on asks for short spans first.
SHIFTS = (3, 5, 7, 9, 11, 13)
EVER = 2**31 - 1
# Each window of a question costs a look per candidate: six of a long word tell as much as all of them.
ASKED = 6
PENDING_KILOBYTES = 256


@dataclass(frozen=True)
class Kept:
    """One indexed column: table, its key, the column of folded text, the columns that it was folded from, and the
    moment by which lists are ordered."""

    table: str
    key: str
    column: str
    sources: tuple[str, ...]
    moment: str

    @classmethod
    def of(cls, field: Any) -> "Kept":
        """What belongs to a model's ``FoldedText``."""
        meta = field.model._meta
        sources = tuple(meta.get_field(name).column for name in field.of)
        moment = meta.get_field(field.newest).column
        return cls(meta.db_table, meta.pk.column, field.column, sources, moment)

    @property
    def name(self) -> str:
        """The table of the index, and what the names of its functions and triggers begin with."""
        return f"{self.table}_{self.column}"


def all_kept() -> list[Kept]:
    """Every indexed column of the installed models."""
    fields = (field for model in apps.get_models() for field in model._meta.concrete_fields)
    return [Kept.of(field) for field in fields if "has" in field.get_lookups()]


# --- asking -------------------------------------------------------------------------------------------


def found(
    connection: BaseDatabaseWrapper, kept: Kept, *, key: str, column: str, words: Sequence[str]
) -> tuple[str, list[Any]]:
    """The condition on the indexed table's row that all words occur in its folded text, with its parameters."""
    if connection.vendor == "sqlite":
        # Quoted, a window is nothing but itself to FTS5; blanks are written as a letter, see _sqlite.
        question = " ".join(f'"{_token(window)}"{"*" if short else ""}' for window, short in _windows(words))
        has, parameters = contains(connection, column, words)
        rows = f"SELECT rowid FROM {kept.name} WHERE {kept.name} MATCH %s"
        return f"({key} IN ({rows}) AND {has})", [question, *parameters]
    return _among(kept, key, "%s", words, f"{-EVER}, {EVER}")


def _among(kept: Kept, key: str, question: str, words: Sequence[str], hours: str) -> tuple[str, list[Any]]:
    """PostgreSQL: the key is one that the index names, and the text next to it holds the words."""
    asked = " & ".join(f"'{window}'{':*' if short else ''}" for window, short in _windows(words))
    # As an array the candidates are looked up once and first, whatever the planner thinks of their number.
    condition = f"({key} = ANY((SELECT {kept.name}_found({question}, %s::text[], {hours}))::bigint[]))"
    return condition, [asked, list(words)]


def _indexed(kept: Kept, row: str = "") -> str:
    return f"{kept.name}_windows({row}{kept.column}, {row}hour)"


@dataclass(frozen=True)
class Span:
    """Hours [low, high), and the mark that the index has for them; the last span, all the rest, has none."""

    mark: str
    low: int
    high: int


def spans(moment: dt.datetime, *, back: bool) -> list[Span]:
    """Spans from this moment on, into the future or ``back`` from it, each as long as those before it or longer."""
    hour = int(moment.timestamp() // 3600)
    edge = (hour >> SHIFTS[0]) + (0 if not back else 1)
    edge, found = edge << SHIFTS[0], []
    for level, shift in enumerate(SHIFTS):
        length, longer = 1 << shift, SHIFTS[level + 1] if level + 1 < len(SHIFTS) else None
        first = True
        while first or (longer is not None and edge % (1 << longer)):
            low = edge - length if back else edge
            found.append(Span(_mark(level, low >> shift), low, low + length))
            edge, first = (low if back else low + length), False
            if longer is None:
                break
    found.append(Span("", -EVER, edge) if back else Span("", edge, EVER))
    return found


def _mark(level: int, number: int) -> str:
    return f"@{level}:{number}"


def walk(kept: Kept, *, key: str, words: Sequence[str]) -> tuple[str, list[Any]]:
    """PostgreSQL: ``found`` within one ``span(mark, low, high)`` of a lateral join."""
    return _among(kept, key, "span.mark || %s", words, "span.low, span.high")


def contains(connection: BaseDatabaseWrapper, column: str, words: Sequence[str]) -> tuple[str, list[Any]]:
    """The same condition without the index, for rows that are read anyway. No character is special in it."""
    function = "instr" if connection.vendor == "sqlite" else "strpos"
    return " AND ".join(f"{function}({column}, %s) > 0" for _word in words), list(words)


def _windows(words: Sequence[str]) -> list[tuple[str, bool]]:
    """What the index is asked for: windows, and whether they are shorter than stored ones.

    Folded words are letters, digits and blanks: neither quotes nor operators of any engine.
    """
    windows: dict[tuple[str, bool], None] = {}
    for word in words:
        starts: Sequence[int] = range(max(1, len(word) - WINDOW + 1))
        if len(starts) > ASKED and word[0].isdecimal():
            starts = starts[-ASKED + 2 :]  # numbers begin alike: the beginning would cost and tell nothing
        elif len(starts) > ASKED:
            middle = len(starts) // 2
            starts = [*starts[:2], *starts[middle - 1 : middle + 1], *starts[-2:]]
        parts = [word[at : at + WINDOW] for at in starts]
        windows.update(dict.fromkeys((part, len(part) < WINDOW) for part in parts if part[0] != " "))
    return list(windows)


def _token(window: str) -> str:
    return window.replace(" ", "_")


# --- keeping ------------------------------------------------------------------------------------------


def _sqlite_windows(words: str) -> str:
    """SQL: the windows of an expression, one token each. A trigger may begin WITH in a sub-select only."""
    return (
        f"(WITH RECURSIVE piece(at, text) AS (SELECT 1, substr({words}, 1, {PIECE + WINDOW - 1})"
        f" UNION ALL SELECT at + {PIECE}, substr({words}, at + {PIECE}, {PIECE + WINDOW - 1}) FROM piece"
        f" WHERE at + {PIECE} <= length({words})),"
        f" place(at) AS (SELECT 1 UNION ALL SELECT at + 1 FROM place WHERE at < {PIECE})"
        " SELECT group_concat(replace(replace(substr(piece.text, place.at, 3), ' ', '_'), char(10), '_'), ' ')"
        " FROM piece CROSS JOIN place WHERE place.at <= length(piece.text)"
        " AND substr(piece.text, place.at, 1) NOT IN (' ', char(10)))"
    )


def _sqlite(kept: Kept) -> dict[str, str]:
    """Trigger name → statement that makes it."""
    name, table, column = kept.name, kept.table, kept.column
    add = (
        f"INSERT INTO {name}(rowid, windows) SELECT NEW.{kept.key}, {_sqlite_windows(f'NEW.{column}')}"
        f" WHERE NEW.{column} <> '';"
    )
    remove = (
        f"INSERT INTO {name}({name}, rowid, windows) SELECT 'delete', OLD.{kept.key},"
        f" {_sqlite_windows(f'OLD.{column}')} WHERE OLD.{column} <> '';"
    )
    forgotten = f"({_changed(kept)}) AND NEW.{column} = OLD.{column}"
    empty = f"UPDATE {table} SET {column} = '' WHERE {kept.key} = NEW.{kept.key};"
    return {
        f"{name}_{event}": f"CREATE TRIGGER {name}_{event} AFTER {when} ON {table} {condition} BEGIN {body} END"
        for event, when, condition, body in (
            ("added", "INSERT", "", add),
            ("changed", f"UPDATE OF {column}", f"WHEN NEW.{column} <> OLD.{column}", remove + add),
            ("removed", "DELETE", "", remove),
            ("forgotten", f"UPDATE OF {', '.join(kept.sources)}", f"WHEN {forgotten}", empty),
        )
    }


def _changed(kept: Kept) -> str:
    return " OR ".join(f"NEW.{one} <> OLD.{one}" for one in kept.sources)


def _postgresql(kept: Kept) -> dict[str, str]:
    """Trigger name → statement that makes it. New and removed rows are taken by the statement, for COPY."""
    name, table, column = kept.name, kept.table, kept.column
    # A trigger's columns are those that a statement names; what the trigger before it empties is not named.
    named = ", ".join((*kept.sources, column, kept.moment))
    differs = f"NEW.{column} <> OLD.{column} OR NEW.{kept.moment} <> OLD.{kept.moment}"
    forgotten = f"({_changed(kept)}) AND NEW.{column} = OLD.{column}"
    return {
        f"{name}_{event}": f"CREATE TRIGGER {name}_{event} {when} EXECUTE FUNCTION {name}_{event}()"
        for event, when in (
            ("added", f"AFTER INSERT ON {table} REFERENCING NEW TABLE AS added FOR EACH STATEMENT"),
            (
                "changed",
                f"AFTER UPDATE OF {named} ON {table} FOR EACH ROW WHEN ({differs})",
            ),
            ("removed", f"AFTER DELETE ON {table} REFERENCING OLD TABLE AS removed FOR EACH STATEMENT"),
            ("emptied", f"AFTER TRUNCATE ON {table} FOR EACH STATEMENT"),
            (
                "forgotten",
                f"BEFORE UPDATE OF {', '.join(kept.sources)} ON {table} FOR EACH ROW WHEN ({forgotten})",
            ),
        )
    }


def _postgresql_functions(kept: Kept) -> list[str]:
    """What the triggers run."""
    name, key, column = kept.name, kept.key, kept.column
    bodies = {
        "added": (
            f"INSERT INTO {name} SELECT {key}, {column}, {_hour(kept)} FROM added WHERE {column} <> ''; RETURN NULL;"
        ),
        "changed": (
            f"DELETE FROM {name} WHERE {key} = OLD.{key};"
            f" IF NEW.{column} <> '' THEN INSERT INTO {name} VALUES (NEW.{key}, NEW.{column}, {_hour(kept, 'NEW.')});"
            " END IF; RETURN NULL;"
        ),
        "removed": f"DELETE FROM {name} USING removed WHERE {name}.{key} = removed.{key}; RETURN NULL;",
        "emptied": f"TRUNCATE {name}; RETURN NULL;",
        "forgotten": f"NEW.{column} := ''; RETURN NEW;",
    }
    return [
        f"CREATE OR REPLACE FUNCTION {name}_{event}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$"
        for event, body in bodies.items()
    ]


def _postgresql_questions(kept: Kept) -> list[str]:
    """What the index is made of, and what asks it."""
    name, key, column = kept.name, kept.key, kept.column
    # Cut in threes from its first, second and third character on: built-in functions only, a tenth of the time that a
    # loop or a sub-select takes. What is left over at the ends are the short windows.
    cut = r" || E'\x01' || ".join(
        rf"regexp_replace({text}, '(...)', E'\\1\x01', 'g')"
        for text in ("words", "substr(words, 2)", "substr(words, 3)")
    )
    marks = ", ".join(f"'@{level}:' || (hour >> {shift})::text" for level, shift in enumerate(SHIFTS))
    windows = (
        f"CREATE OR REPLACE FUNCTION {name}_windows(words text, hour integer) RETURNS tsvector"
        " LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT array_to_tsvector(array_remove("
        rf"string_to_array({cut}, E'\x01'), '') || ARRAY[{marks}]) $$"
    )
    # The index is the way whatever the planner estimates, and compiling a query would take longer than running it.
    found = (
        f"CREATE OR REPLACE FUNCTION {name}_found(question text, asked text[], low bigint, high bigint)"
        " RETURNS bigint[] LANGUAGE plpgsql STABLE SET jit = off SET enable_seqscan = off AS $$ BEGIN RETURN ARRAY("
        f"SELECT kept.{key} FROM {name} AS kept WHERE {_indexed(kept, 'kept.')} @@ question::tsquery"
        " AND kept.hour >= low AND kept.hour < high"
        f" AND NOT EXISTS (SELECT FROM unnest(asked) AS word WHERE strpos(kept.{column}, word) = 0)); END $$"
    )
    return [windows, found]


def _hour(kept: Kept, row: str = "") -> str:
    return f"floor(extract(epoch FROM {row}{kept.moment}) / 3600)"


def _tables(kept: Kept, vendor: str) -> list[str]:
    """The index itself, as far as it is not there."""
    name = kept.name
    if vendor == "sqlite":
        return [
            (
                f"CREATE VIRTUAL TABLE IF NOT EXISTS {name}"
                " USING fts5(windows, content='', detail=none, tokenize=\"ascii tokenchars '_'\")"
            )
        ]
    return [
        (
            f"CREATE TABLE IF NOT EXISTS {name}"
            f" ({kept.key} bigint PRIMARY KEY, {kept.column} text NOT NULL, hour integer NOT NULL)"
        ),
        *_postgresql_questions(kept),
        *_postgresql_functions(kept),
        # What waits to be sorted in is read by every search: little of it, though more would write a little faster.
        (
            f"CREATE INDEX IF NOT EXISTS {name}_windows_gin ON {name} USING gin ({_indexed(kept)})"
            f" WITH (gin_pending_list_limit = {PENDING_KILOBYTES})"
        ),
    ]


def _triggers(kept: Kept, vendor: str) -> dict[str, str]:
    return _sqlite(kept) if vendor == "sqlite" else _postgresql(kept)


def missing(connection: BaseDatabaseWrapper, kept: Kept) -> list[str]:
    """Names of the triggers that should be there and are not, or are switched off; none before there is a column."""
    with connection.cursor() as cursor:
        if kept.table not in connection.introspection.table_names(cursor):
            return []
        columns = connection.introspection.get_table_description(cursor, kept.table)
    if kept.column not in {column.name for column in columns}:
        return []
    standing = triggers.standing(connection)
    return [name for name in _triggers(kept, connection.vendor) if name not in standing]


def make(connection: BaseDatabaseWrapper, kept: Kept) -> None:
    """Make what is missing, and the index anew: nobody knows what was written meanwhile. Safe to repeat."""
    if not missing(connection, kept):
        return
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for statement in _tables(kept, connection.vendor):
            cursor.execute(statement)
        for name, statement in _triggers(kept, connection.vendor).items():
            cursor.execute(triggers.dropping(connection.vendor, name, kept.table))
            cursor.execute(statement)
        for statement in _rebuild(kept, connection.vendor):
            cursor.execute(statement)


def _rebuild(kept: Kept, vendor: str) -> list[str]:
    name, key, column = kept.name, kept.key, kept.column
    rows = f"FROM {kept.table} WHERE {column} <> ''"
    if vendor == "sqlite":
        windows = _sqlite_windows(f"{kept.table}.{column}")
        return [
            f"INSERT INTO {name}({name}) VALUES ('delete-all')",
            f"INSERT INTO {name}(rowid, windows) SELECT {key}, {windows} {rows}",
        ]
    return [f"TRUNCATE {name}", f"INSERT INTO {name} SELECT {key}, {column}, {_hour(kept)} {rows}"]


def unmake(connection: BaseDatabaseWrapper, kept: Kept) -> None:
    """Remove the index with all that keeps it."""
    vendor, name = connection.vendor, kept.name
    statements = [triggers.dropping(vendor, trigger, kept.table) for trigger in _triggers(kept, vendor)]
    statements.append(f"DROP TABLE IF EXISTS {name}")
    if vendor == "postgresql":
        functions = [
            f"{name}_windows(text, integer)",
            *(f"{trigger}()" for trigger in _triggers(kept, vendor)),
        ]
        statements.append(f"DROP FUNCTION IF EXISTS {', '.join(functions)}")
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def make_after_migrate(*, using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """Receiver of ``post_migrate``."""
    for kept in all_kept():
        make(connections[using], kept)
