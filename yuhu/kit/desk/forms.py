"""Forms that end in an action: the refusal stands beside its field, and nothing that was typed is lost.

``ActionForm`` makes or changes a row, ``VerbForm`` carries out one verb on a row (see ``verbs.py``).
"""

import datetime as dt
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yuhu.kit import clock
from yuhu.kit.excel.lines import RowsRefused
from yuhu.kit.exceptions import Refusal

if TYPE_CHECKING:
    # Generic in the stubs only.
    ModelForm = forms.ModelForm[Any]
else:
    ModelForm = forms.ModelForm

SHOWN_ROWS = 20
EARLIEST, LATEST = dt.date(1900, 1, 1), dt.date(2200, 1, 1)
logger = logging.getLogger(__name__)
Act = Callable[[dict[str, Any]], Model]


class DayField(forms.DateField):
    """A possible calendar day, chosen with the browser's own calendar."""

    def __init__(self, **options: Any) -> None:
        impossible = _("This date is not possible. Please check the year.")
        super().__init__(
            input_formats=["%Y-%m-%d"],
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            validators=[MinValueValidator(EARLIEST, impossible), MaxValueValidator(LATEST, impossible)],
            **options,
        )


class MomentField(forms.DateTimeField):
    """A time of the district's clock, chosen with the browser's own calendar."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
            widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
            **options,
        )

    def prepare_value(self, value: Any) -> Any:
        return clock.local(value).replace(tzinfo=None) if isinstance(value, dt.datetime) else value


class _Acts(forms.BaseForm):
    """Valid when the action accepts."""

    def carry_out(self) -> None:
        """Call the action with the cleaned data."""
        raise NotImplementedError

    def _post_clean(self) -> None:
        """In the place of the model's own validation, which the action and the database have."""
        if self.errors:
            return
        try:
            with transaction.atomic():
                self.carry_out()
        except Refusal as refusal:
            self.refused(refusal)
        except IntegrityError:
            # Two people at once: the database let the other one in. It stays in the log, should it be our mistake.
            logger.warning("refused by the database", exc_info=True)
            self.add_error(None, _("Somebody else has just stored the same. Reload the list and look again."))

    def refused(self, refusal: Refusal) -> None:
        """Say it beside the field that is meant, or above all."""
        self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))


class ActionForm(_Acts, ModelForm):
    """A model form that stores nothing itself: it is valid when ``act`` (an action, bound by the door) accepts.

    ``act`` gets the cleaned data and returns the stored row.
    """

    act: Act

    def carry_out(self) -> None:
        self.instance = type(self).act(self.cleaned_data)

    def save(self, commit: bool = True) -> Any:
        """The row is stored already."""
        return self.instance

    def save_m2m(self) -> None:
        """No lists of rows hang on these forms."""


@dataclass(frozen=True)
class Named:
    """A field of a verb's form that names rows of another list of the desk: the same search box as everywhere.

    ``model`` and ``column`` are a foreign key to that list; ``many`` lets several rows be chosen.
    """

    model: type[Model]
    column: str
    label: str | Promise
    required: bool = True
    many: bool = False
    help_text: str | Promise = ""


class VerbForm(_Acts, forms.Form):
    """What one verb on a row asks for; without fields it is a button. ``named`` fields are added by the desk."""

    named: ClassVar[Mapping[str, Named]] = {}
    order: ClassVar[tuple[str, ...]] = ()  # names of the fields, should the named ones not stand last

    def __init__(self, *args: Any, act: Callable[[dict[str, Any]], object], obj: Any, **kwargs: Any) -> None:
        self.act, self.obj = act, obj
        super().__init__(*args, **kwargs)

    @classmethod
    def initial_of(cls, obj: Any) -> dict[str, Any]:
        """What the fields begin with for this row."""
        return {}

    def carry_out(self) -> None:
        self.act(self.cleaned_data)


class ReadForm(VerbForm):
    """A verb about what stands on the page: it says which edition the person has read (``edition`` of the row)."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    @classmethod
    def initial_of(cls, obj: Any) -> dict[str, Any]:
        return {"seen": obj.edition}


class SheetForm(ActionForm):
    """A form with a spreadsheet: refused cells are named beside it."""

    def refused(self, refusal: Refusal) -> None:
        if not isinstance(refusal, RowsRefused):
            super().refused(refusal)
            return
        self.add_error(None, str(refusal))
        for error in refusal.errors[:SHOWN_ROWS]:
            self.add_error("sheet", str(error))
        if len(refusal.errors) > SHOWN_ROWS:
            more = {"count": len(refusal.errors) - SHOWN_ROWS}
            self.add_error("sheet", gettext("There are %(count)d more errors.") % more)
