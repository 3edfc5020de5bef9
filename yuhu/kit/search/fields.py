"""The column of folded texts, and the lookup that finds words in it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Lookup

from yuhu.kit.search import index
from yuhu.kit.text import folded

if TYPE_CHECKING:
    # Generic in the stubs only.
    TextField = models.TextField[str, str]
    AnyLookup = Lookup[Any]
else:
    TextField = models.TextField
    AnyLookup = Lookup

BORDER = "\n"  # between two texts of a row; no word holds it, so none is found across


class FoldedText(TextField):
    """What the fields ``of`` say, folded; written with them by ``save``, ``bulk_create`` and ``kit.bulk``.

    ``newest`` names the field with the moment by which lists are ordered.

    Empty means "not folded yet": whoever writes the texts behind the back of the ORM leaves (or makes) it empty,
    the database sees to that, and a sweep folds it (``pending.refold``).
    """

    def __init__(self, *args: Any, of: Sequence[str] = (), newest: str = "", **options: Any) -> None:
        self.of, self.newest = tuple(of), newest
        super().__init__(*args, **{**options, "db_default": "", "editable": False})

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        return name, path, args, {**options, "of": self.of, "newest": self.newest}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        words = self.words_of(*(getattr(model_instance, name) for name in self.of))
        setattr(model_instance, self.attname, words)
        return words

    @staticmethod
    def words_of(*texts: str) -> str:
        """The column's value for these texts."""
        return BORDER.join(map(folded, texts))


def asked(query: str) -> tuple[str, ...]:
    """The words of a query as ``Has`` takes them. What holds neither letter nor digit asks for nothing."""
    return tuple(dict.fromkeys(word for part in query.split() if (word := folded(part))))


@FoldedText.register_lookup
class Has(AnyLookup):
    """Every word of the right side (from ``asked``) occurs in one of the texts; no word at all finds nothing."""

    lookup_name = "has"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        words: tuple[str, ...] = self.rhs
        if not words:
            raise EmptyResultSet
        quote = compiler.quote_name_unless_alias
        lhs: Any = self.lhs
        kept = index.Kept.of(lhs.target)
        return index.found(
            connection,
            kept,
            key=f"{quote(lhs.alias)}.{quote(kept.key)}",
            column=f"{quote(lhs.alias)}.{quote(kept.column)}",
            words=words,
        )
