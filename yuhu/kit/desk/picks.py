"""Fields that pick rows of another list by typing: suggestions with a script, the row's own key without one."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

if TYPE_CHECKING:
    # Generic in the stubs only.
    ModelChoiceField = forms.ModelChoiceField[Any]
    ModelMultipleChoiceField = forms.ModelMultipleChoiceField[Any]
else:
    ModelChoiceField = forms.ModelChoiceField
    ModelMultipleChoiceField = forms.ModelMultipleChoiceField

TYPED = "="  # what was typed as a key and not chosen from the suggestions begins with it
LONGEST_KEY = 18  # digits of a row's number


class NamesRows(Protocol):
    """What a pick asks of the other list."""

    typed_by: ClassVar[tuple[str, ...]]

    def choice_label(self, obj: Any) -> str: ...


class Pick(AutocompleteSelect):
    """Django's search box; where no script runs, a plain box for the key (a code, a number, a log-in name)."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        typed = str(data.get(f"{name}-typed") or "").strip()
        return TYPED + typed if typed else super().value_from_datadict(data, files, name)

    def optgroups(self, name: str, value: Sequence[str], attr: Any = None) -> Any:
        """The chosen row only; what is no row's number cannot be one."""
        return super().optgroups(name, [one for one in value if is_number(one)], attr)

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        typed = str(value).removeprefix(TYPED) if str(value or "").startswith(TYPED) else ""
        label = gettext("Without a script: the code, number or log-in name")
        return super().render(name, value, attrs, renderer) + _typing(name, typed, label, longest=64)


class Picks(AutocompleteSelectMultiple):
    """The same for several rows; without a script their keys stand in one box, with spaces or commas between."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        typed = re.split(r"[\s,，、;；]+", str(data.get(f"{name}-typed") or "").strip())
        chosen = [one for one in super().value_from_datadict(data, files, name) or [] if one]
        return [*chosen, *(TYPED + one for one in typed if one)]

    def optgroups(self, name: str, value: Sequence[str], attr: Any = None) -> Any:
        """The chosen rows only; what is no row's number cannot be one."""
        return super().optgroups(name, [one for one in value if is_number(one)], attr)

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        typed = " ".join(str(one).removeprefix(TYPED) for one in value or () if str(one).startswith(TYPED))
        label = gettext("Without a script: the codes, numbers or log-in names, with spaces between")
        return super().render(name, value, attrs, renderer) + _typing(name, typed, label, longest=2000)


def _typing(name: str, typed: str, label: str, *, longest: int) -> SafeString:
    return format_html(
        '<noscript><input type="text" name="{}-typed" value="{}" maxlength="{}" placeholder="{}" aria-label="{}">'
        "</noscript>",
        *(name, typed, longest, label, label),
    )


class PickField(ModelChoiceField):
    """The field behind ``Pick``; ``desk`` is the list that the row stands in."""

    def __init__(self, *, desk: NamesRows, **options: Any) -> None:
        super().__init__(**options)
        self.desk = desk

    def label_from_instance(self, obj: Any) -> str:
        return self.desk.choice_label(obj)

    def to_python(self, value: Any) -> Any:
        if not isinstance(value, str) or value == "":
            return super().to_python(value)
        if value.startswith(TYPED):
            return by_key(self, self.desk, value.removeprefix(TYPED))
        if not is_number(value):
            raise forms.ValidationError(
                self.error_messages["invalid_choice"], "invalid_choice", {"value": ""}
            )
        return super().to_python(value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(initial or "") != str(data or "")


class PicksField(ModelMultipleChoiceField):
    """The field behind ``Picks``: a list of rows, each once, in the order in which they were named."""

    def __init__(self, *, desk: NamesRows, **options: Any) -> None:
        super().__init__(**options)
        self.desk = desk

    def label_from_instance(self, obj: Any) -> str:
        return self.desk.choice_label(obj)

    def clean(self, value: Any) -> Any:
        given = [str(one) for one in value or ()]
        typed = [by_key(self, self.desk, one.removeprefix(TYPED)) for one in given if one.startswith(TYPED)]
        chosen = [one for one in given if not one.startswith(TYPED)]
        if not all(is_number(one) for one in chosen):
            raise forms.ValidationError(
                self.error_messages["invalid_pk_value"], "invalid_pk_value", {"pk": ""}
            )
        found = list(super().clean(chosen)) if chosen or not typed else []
        found.sort(key=lambda row: chosen.index(str(row.pk)))
        return list({row.pk: row for row in (*found, *typed)}.values())


def by_key(field: "PickField | PicksField", desk: NamesRows, key: str) -> Any:
    """The row that people call ``key``.

    Raises:
        ValidationError: no row, or more than one, is called so.
    """
    for column in desk.typed_by:
        found = list(field.queryset.filter(**{column: key})[:2]) if field.queryset is not None else []
        if len(found) == 1:
            return found[0]
    raise forms.ValidationError(field.error_messages["invalid_choice"], "invalid_choice", {"value": key})


def is_number(value: object) -> bool:
    """Whether it can be the number of a row: a few digits, nothing else."""
    text = str(value)
    return text.isascii() and text.isdigit() and len(text) <= LONGEST_KEY
