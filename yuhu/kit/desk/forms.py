"""A form that ends in an action: the refusal stands beside its field, and nothing that was typed is lost."""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yuhu.kit.excel.lines import RowsRefused
from yuhu.kit.exceptions import Refusal

if TYPE_CHECKING:
    # Generic in the stubs only.
    ModelForm = forms.ModelForm[Any]
else:
    ModelForm = forms.ModelForm

SHOWN_ROWS = 20
logger = logging.getLogger(__name__)
Act = Callable[[dict[str, Any]], Model]


class ActionForm(ModelForm):
    """A model form that stores nothing itself: it is valid when ``act`` (an action, bound by the door) accepts.

    ``act`` gets the cleaned data and returns the stored row.
    """

    act: Act

    def _post_clean(self) -> None:
        """In the place of the model's own validation, which the action and the database have."""
        if self.errors:
            return
        try:
            with transaction.atomic():
                self.instance = type(self).act(self.cleaned_data)
        except Refusal as refusal:
            self.refused(refusal)
        except IntegrityError:
            # Two people at once: the database let the other one in. It stays in the log, should it be our mistake.
            logger.warning("refused by the database", exc_info=True)
            self.add_error(None, _("Somebody else has just stored the same. Reload the list and look again."))

    def refused(self, refusal: Refusal) -> None:
        """Say it beside the field that is meant, or above all."""
        self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))

    def save(self, commit: bool = True) -> Any:
        """The row is stored already."""
        return self.instance

    def save_m2m(self) -> None:
        """No lists of rows hang on these forms."""


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
