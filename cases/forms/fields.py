"""Fields and widgets that the forms of cases share: cleaned text, selects that can be searched, several photos."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yuhu.kit.exceptions import Refusal
from yuhu.kit.text import clean_text

Words = str | Promise
# A choice: value, label, and what the search box may know about it besides (data-aliases, data-hint).
Option = tuple[str, Words, Mapping[str, str]]
Group = tuple[Words, Sequence[Option]]

SEARCH_TEXTS = {
    "data-typeahead": "yes",
    "data-text-placeholder": _("Type a few characters or choose"),
    "data-text-results": _("{count} found"),
    "data-text-none": _("Nothing fits. Try a shorter word."),
}


class CleanText(forms.CharField):
    """Text as ``kit.text.clean_text`` wants it; the refusal's sentence stands beside the field."""

    def __init__(self, *, most: int = 10_000, **options: Any) -> None:
        super().__init__(strip=False, **options)
        self.most = most

    def clean(self, value: Any) -> str:
        try:
            return clean_text(value or "", field="", min_length=int(self.required), max_length=self.most)
        except Refusal as refusal:
            raise forms.ValidationError(str(refusal.message), code=refusal.code) from None


class SearchSelect(forms.Select):
    """A select that script turns into a search box; each option may carry ``data-`` attributes."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({**SEARCH_TEXTS, **(attrs or {})})
        self.about: dict[str, Mapping[str, str]] = {}

    def create_option(self, name: str, value: Any, *args: Any, **options: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **options)
        option["attrs"].update(
            {f"data-{key}": said for key, said in self.about.get(str(value), {}).items() if said}
        )
        return option


def offer(field: forms.ChoiceField, groups: Sequence[Group], *, empty: Words | None = "") -> None:
    """Give ``field`` its choices, in groups; a group without a name stands open. ``empty`` labels "none"."""
    shown: list[Any] = [] if empty is None else [("", empty)]
    about: dict[str, Mapping[str, str]] = {}
    for label, options in groups:
        pairs = [(value, name) for value, name, _about in options]
        shown += [(label, pairs)] if label else pairs
        about |= {value: known for value, _name, known in options}
    field.choices = shown
    if isinstance(field.widget, SearchSelect):
        field.widget.about = about


class PhotosInput(forms.FileInput):
    """Several photos at once, by camera or from the device."""

    allow_multiple_selected = True

    def __init__(self) -> None:
        super().__init__({"multiple": True, "accept": "image/*"})


class PhotosField(forms.FileField):
    """A field for its label and its errors only: the files are read and judged by ``PhotoTray``."""

    widget = PhotosInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        return []
