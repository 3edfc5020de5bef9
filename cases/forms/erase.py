"""Form for erasing: what the case holds of a person, to be ticked, and the reason."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import CleanText
from cases.models import Case

EXCERPT = 60


class EraseForm(forms.Form):
    """Only what is still there is offered; the case comes with its notes and photos (``for_pages``)."""

    person = forms.BooleanField(label=_("Name, phone and private link of the reporter"), required=False)
    report = forms.BooleanField(
        label=_("The text of the report, its address and exact place"), required=False
    )
    notes = forms.TypedMultipleChoiceField(
        label=_("Written texts"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    photos = forms.TypedMultipleChoiceField(
        label=_("Photos"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    reason = CleanText(
        label=_("Why is it erased?"),
        help_text=_(
            "Who asked, and when. Do not write the name here. What is erased cannot be brought back."
        ),
        most=200,
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, *args: Any, case: Case, **options: Any) -> None:
        super().__init__(*args, **options)
        notes = [
            (note.pk, note.text[:EXCERPT])
            for note in case.notes.all()
            if note.text and note.erased_at is None and note.move != "erase"
        ]
        photos = [(photo.pk, f"{photo.get_stage_display()} {photo.pk}") for photo in case.attachments.all()]
        for name, choices in (("notes", notes), ("photos", photos)):
            field = self.fields[name]
            assert isinstance(field, forms.TypedMultipleChoiceField)
            field.choices = choices
            if not choices:
                del self.fields[name]
        if getattr(case, "reporter", None) is None:
            del self.fields["person"]
        if case.erased_at is not None:
            del self.fields["report"]
