"""A field that picks one row of another list by typing: suggestions with a script, the row's own key without one."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

if TYPE_CHECKING:
    # Generic in the stubs only.
    ModelChoiceField = forms.ModelChoiceField[Any]
else:
    ModelChoiceField = forms.ModelChoiceField

TYPED = "="  # what was typed as a key and not chosen from the suggestions begins with it
LONGEST_KEY = 18  # digits of a row's number


class NamesRows(Protocol):
    """What a pick asks of the other list."""

    typed_by: tuple[str, ...]

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
        box = format_html(
            '<noscript><input type="text" name="{}-typed" value="{}" maxlength="64" placeholder="{}" aria-label="{}">'
            "</noscript>",
            *(name, typed, label, label),
        )
        return super().render(name, value, attrs, renderer) + box


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
            return self._by_key(value.removeprefix(TYPED))
        if not is_number(value):
            raise forms.ValidationError(
                self.error_messages["invalid_choice"], "invalid_choice", {"value": ""}
            )
        return super().to_python(value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(initial or "") != str(data or "")

    def _by_key(self, key: str) -> Any:
        for column in self.desk.typed_by:
            found = list(self.queryset.filter(**{column: key})[:2]) if self.queryset is not None else []
            if len(found) == 1:
                return found[0]
        raise forms.ValidationError(self.error_messages["invalid_choice"], "invalid_choice", {"value": key})


def is_number(value: object) -> bool:
    """Whether it can be the number of a row: a few digits, nothing else."""
    text = str(value)
    return text.isascii() and text.isdigit() and len(text) <= LONGEST_KEY
