"""What a resident sends without an account: a report from the code of a block, and a look-up of one that was sent.

Each form that is drawn carries a sealed stamp: its one-time key, when it was drawn, and for which code. Who sends it
twice has reported once; who sends it faster than a person can type, or fills in what nobody sees, is asked again.
"""

import datetime as dt
import re
import secrets
from typing import Any

from django import forms
from django.conf import settings
from django.core import signing
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from blocks.models import Block
from cases.actions import NewCase, Person
from cases.actions.report import MAX_ADDRESS, MAX_NAME
from cases.forms.choices import category_groups
from cases.forms.fields import CleanText, PhotosField, SearchSelect, offer
from cases.forms.photos import PhotoTray
from cases.forms.report import CodeChoice
from cases.models import Attachment, Case, Category
from yuhu.kit import clock
from yuhu.kit.exceptions import Refusal
from yuhu.kit.people import normalise_phone

STAGES = {"photos": Attachment.Stage.BEFORE}
MOST_WORDS = 2_000
_SALT = "cases.resident"
_NAMES = {"reporter.name": "reporter_name", "reporter.phone": "reporter_phone"}
_NUMBER = re.compile(r"[0-9]{6}-[0-9]{8}-[0-9]{6}")


def new_stamp(code: str, at: dt.datetime) -> str:
    """A stamp for a form that is drawn now for the block ``code``."""
    content = {"key": secrets.token_urlsafe(12), "code": code, "at": int(at.timestamp())}
    return signing.dumps(content, salt=_SALT)


class PhoneField(forms.CharField):
    """A phone number as the rest of the house writes it."""

    def __init__(self, **options: Any) -> None:
        wanted = {"type": "tel", "autocomplete": "tel", "data-draft": "off"}
        super().__init__(widget=forms.TextInput(wanted), **options)

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        try:
            return normalise_phone(text) if text else ""
        except Refusal as refusal:
            raise forms.ValidationError(str(refusal.message), code=refusal.code) from None


class ResidentForm(forms.Form):
    """A report from the code of ``block``."""

    stamp = forms.CharField(widget=forms.HiddenInput, required=False)
    # Nobody sees or hears it; scripts that fill in everything do.
    website = forms.CharField(required=False)
    description = CleanText(
        label=_("What is the matter?"), most=MOST_WORDS, widget=forms.Textarea({"rows": 4})
    )
    photos = PhotosField(label=_("Photos"), required=False)
    longitude = forms.FloatField(required=False, widget=forms.HiddenInput({"data-longitude": "yes"}))
    latitude = forms.FloatField(required=False, widget=forms.HiddenInput({"data-latitude": "yes"}))
    address = CleanText(
        label=_("Where exactly?"),
        required=False,
        most=MAX_ADDRESS,
        help_text=_("For example the building, the entrance, or a shop near by."),
    )
    category = CodeChoice(
        "[0-9]{1,8}",
        label=_("What kind of trouble is it?"),
        required=False,
        help_text=_("Leave it open if you are not sure: the street then decides."),
        widget=SearchSelect(),
        error_messages={
            "invalid_choice": _("This category does not exist. Please choose one from the list.")
        },
    )
    reporter_name = CleanText(
        label=_("Your name"),
        required=False,
        most=MAX_NAME,
        widget=forms.TextInput({"autocomplete": "name", "data-draft": "off"}),
    )
    reporter_phone = PhoneField(label=_("Your phone"), required=False)

    def __init__(self, data: QueryDict | None = None, *, block: Block, at: dt.datetime) -> None:
        initial = {"stamp": new_stamp(block.code, at)}
        super().__init__(data.copy() if data is not None else None, initial=initial)
        self.block, self.at = block, at
        if not _knows_unsure():
            self.fields["category"].required, self.fields["category"].help_text = True, ""
        self.key = self._read_stamp() if data is not None else ""

    def offer_choices(self) -> None:
        """Look up what the page offers: only a form that is shown needs it."""
        field = self.fields["category"]
        assert isinstance(field, forms.ChoiceField)
        empty = _("Please choose") if field.required else _("I am not sure")
        offer(field, category_groups(), empty=empty)

    def renew(self) -> None:
        """What is sent next from this form is another matter."""
        assert isinstance(self.data, QueryDict)
        self.data["stamp"] = new_stamp(self.block.code, self.at)
        self.data["website"] = ""

    def clean(self) -> dict[str, Any]:
        """Is it a person, and where is it? A place that helps nobody is left out: the block is known."""
        found = self.cleaned_data
        for name in ("longitude", "latitude"):
            self.errors.pop(name, None)
        point = found.get("longitude"), found.get("latitude")
        if not self._lies_here(*point):
            point = None, None
        found["longitude"], found["latitude"] = point
        self._doubt()
        return found

    def new_case(self) -> NewCase:
        """What the action takes."""
        given = self.cleaned_data
        return NewCase(
            category=given["category"] or settings.RESIDENT_CATEGORY,
            unsure=not given["category"],
            description=given["description"],
            channel=Case.Channel.RESIDENT,
            block=self.block.code,
            longitude=given["longitude"],
            latitude=given["latitude"],
            address=given["address"],
            reporter=Person(name=given["reporter_name"], phone=given["reporter_phone"]),
            submission_key=f"resident:{self.key}",
        )

    def add_refusal(self, refusal: Refusal) -> None:
        """Show what the action refused beside the field that it means."""
        name = _NAMES.get(refusal.field or "", refusal.field)
        self.add_error(name if name in self.fields else None, str(refusal.message))

    def add_photo_errors(self, tray: PhotoTray) -> None:
        """Show which photos could not be taken."""
        for name, sentences in tray.errors.items():
            for sentence in sentences:
                self.add_error(name, sentence)

    def _read_stamp(self) -> str:
        """The one-time key; none where the stamp is forged, of another code, too old or from the future."""
        try:
            content = signing.loads(self.data.get("stamp", ""), salt=_SALT)
        except signing.BadSignature:
            return ""
        self.age = int(self.at.timestamp()) - content["at"]
        fits = content["code"] == self.block.code and 0 <= self.age <= settings.RESIDENT_FORM_SECONDS[1]
        return str(content["key"]) if fits else ""

    def _doubt(self) -> None:
        if self.data.get("website"):
            self.renew()
            self.add_error(None, gettext("It could not be taken like this. Please send it once more."))
        elif not self.key:
            self.renew()
            self.add_error(None, gettext("This page was open for a long time. Please send it once more."))
        elif self.age < settings.RESIDENT_FORM_SECONDS[0]:
            self.add_error(None, gettext("That was very quick. Please look over it and send it once more."))

    def _lies_here(self, longitude: float | None, latitude: float | None) -> bool:
        """Whether the point lies in the street of the block: who reports may stand across the road."""
        if longitude is None or latitude is None:
            return False
        on = clock.local_date(self.at)
        found = Block.objects.only("code").locate(longitude=longitude, latitude=latitude, on=on)
        return found is not None and found.street_code == self.block.street_code


class LookUpForm(forms.Form):
    """The number of a report and the phone that was left with it."""

    number = forms.CharField(
        label=_("Number of the report"),
        max_length=40,
        widget=forms.TextInput({"autocomplete": "off", "data-draft": "off"}),
    )
    phone = PhoneField(label=_("The phone that you gave"))

    def clean_number(self) -> str:
        number: str = self.cleaned_data["number"].strip()
        if not _NUMBER.fullmatch(number):
            raise forms.ValidationError(gettext("A number looks like 430302-20260101-000123."), code="number")
        return number


def _knows_unsure() -> bool:
    """Whether there is a category that stands for "not sure"."""
    code = settings.RESIDENT_CATEGORY
    return bool(code) and Category.objects.usable().filter(code=code).exists()
