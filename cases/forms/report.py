"""The report form: photo, text, place, category, the person to answer to, and what was solved already."""

import datetime as dt
import re
import uuid
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from blocks.models import Block
from cases.actions import NewCase, Person, Solution
from cases.actions.report import MAX_ADDRESS, MAX_NAME
from cases.exceptions import NoBlockHere
from cases.forms.choices import block_groups, category_groups
from cases.forms.fields import CleanText, PhotosField, SearchSelect, offer
from cases.forms.photos import PhotoTray
from cases.models import Attachment
from cases.photos import Place
from cases.policies import channel_of, governs
from staffing.models import User
from staffing.posts import Post
from yuhu.kit.exceptions import Refusal
from yuhu.kit.people import normalise_phone
from yuhu.kit.scope import Scope

STAGES = {"photos": Attachment.Stage.BEFORE, "after_photos": Attachment.Stage.AFTER}
_KEY = re.compile(r"[A-Za-z0-9-]{8,64}")
# Fields of the action that have another name here.
_NAMES = {
    "reporter.name": "reporter_name",
    "reporter.phone": "reporter_phone",
    "longitude": "block",
    "latitude": "block",
}


class BlockSelect(forms.Select):
    """The device's own list; the browser must not insist on it, since a measured place does as well."""

    def __init__(self) -> None:
        super().__init__({"data-block": "yes"})

    def use_required_attribute(self, initial: Any) -> bool:
        return False


class CodeChoice(forms.ChoiceField):
    """A code from a long list, which is looked up only to be shown: whether it is in use is the action's to say."""

    def __init__(self, pattern: str, **options: Any) -> None:
        super().__init__(**options)
        self.pattern = re.compile(pattern)

    def validate(self, value: Any) -> None:
        """What may stay empty may; a block may when the place was measured instead. The form decides that."""
        if not value and (not self.required or isinstance(self.widget, BlockSelect)):
            return
        forms.Field.validate(self, value)
        if not self.pattern.fullmatch(value):
            raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")


class ReportForm(forms.Form):
    """What somebody reports at a page. ``offered`` is where a photo says that it was taken."""

    idempotency_key = forms.CharField(widget=forms.HiddenInput, required=False)
    photos = PhotosField(
        label=_("Photos"),
        required=False,
        help_text=_("The trouble itself, and something that shows where it is."),
    )
    description = CleanText(label=_("What is the matter?"), widget=forms.Textarea({"rows": 4}))
    longitude = forms.FloatField(required=False, widget=forms.HiddenInput({"data-longitude": "yes"}))
    latitude = forms.FloatField(required=False, widget=forms.HiddenInput({"data-latitude": "yes"}))
    block = CodeChoice(
        "[0-9]{14}",
        label=_("Block"),
        widget=BlockSelect(),
        error_messages={"invalid_choice": _("This block does not exist. Please choose one from the list.")},
    )
    address = CleanText(label=_("Address or landmark"), required=False, most=MAX_ADDRESS)
    category = CodeChoice(
        "[0-9]{1,8}",
        label=_("Category"),
        widget=SearchSelect(),
        error_messages={
            "invalid_choice": _("This category does not exist. Please choose one from the list.")
        },
    )
    reporter_name = CleanText(label=_("Name"), required=False, most=MAX_NAME)
    reporter_phone = forms.CharField(
        label=_("Phone"), required=False, widget=forms.TextInput({"type": "tel"})
    )
    result = CleanText(
        label=_("What was done"),
        required=False,
        help_text=_("Fill this in only if it is solved: the case then goes straight to evaluation."),
        widget=forms.Textarea({"rows": 3}),
    )
    after_photos = PhotosField(label=_("Photos of the result"), required=False)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        scope: Scope,
        posts: tuple[Post, ...],
        on: dt.date,
        offered: Place | None = None,
    ) -> None:
        super().__init__(data.copy() if data is not None else None, initial=_initial(posts))
        self.scope, self.posts, self.on, self.offered = scope, posts, on, offered
        if not governs(posts):
            del self.fields["result"], self.fields["after_photos"]
        if data is not None and not _KEY.fullmatch(data.get("idempotency_key", "")):
            self.renew_key()

    def offer_choices(self) -> None:
        """Look up what the page offers: only a form that is shown needs it."""
        category, block = self.fields["category"], self.fields["block"]
        assert isinstance(category, forms.ChoiceField)
        assert isinstance(block, forms.ChoiceField)
        offer(category, category_groups(), empty=_("Please choose"))
        offer(block, block_groups(self.scope, self.posts, self.on), empty=_("Please choose"))

    def renew_key(self) -> None:
        """What is sent next from this form is another matter."""
        self._set("idempotency_key", str(uuid.uuid4()))

    def clean_reporter_phone(self) -> str:
        phone: str = self.cleaned_data["reporter_phone"]
        try:
            return normalise_phone(phone) if phone else ""
        except Refusal as refusal:
            raise forms.ValidationError(str(refusal.message), code=refusal.code) from None

    def clean(self) -> dict[str, Any]:
        """The place as a whole: measured, chosen by hand, or offered by a photo."""
        found = self.cleaned_data
        if "block" in found and "longitude" in found and "latitude" in found:
            self._clean_place(found)
        return found

    def new_case(self, user: User) -> NewCase:
        """What the action takes."""
        given = self.cleaned_data
        return NewCase(
            category=given["category"],
            description=given["description"],
            channel=channel_of(self.posts),
            block=given["block"],
            longitude=given["longitude"],
            latitude=given["latitude"],
            address=given["address"],
            reporter=Person(name=given["reporter_name"], phone=given["reporter_phone"]),
            submission_key=self.submission_key(user),
        )

    def place(self) -> dict[str, Any]:
        """Category and place as far as they are known, for the hint that the same was reported before."""
        found = self.cleaned_data
        return {
            "category": found.get("category", ""),
            "block": found.get("block", ""),
            "longitude": found.get("longitude"),
            "latitude": found.get("latitude"),
        }

    @property
    def has_person(self) -> bool:
        """Whether somebody is named who waits for an answer."""
        return bool(self.data.get("reporter_name", "").strip() or self.data.get("reporter_phone", "").strip())

    def submission_key(self, user: User) -> str:
        """The form's own key, under which this person's report is stored once."""
        return f"{user.pk}:{self['idempotency_key'].value()}"

    def solution(self, tray: PhotoTray) -> Solution | None:
        """What was done on the spot, if something was."""
        result: str = self.cleaned_data.get("result", "")
        return Solution(result, tray.photos("after_photos")) if result else None

    def add_refusal(self, refusal: Refusal) -> None:
        """Show what the action refused beside the field that it means."""
        name = _NAMES.get(refusal.field or "", refusal.field)
        self.add_error(name if name in self.fields else None, str(refusal.message))

    def add_photo_errors(self, tray: PhotoTray) -> None:
        """Show which photos could not be taken; photos of a result want a word about it."""
        for name, sentences in tray.errors.items():
            for sentence in sentences:
                self.add_error(name, sentence)
        if (
            "after_photos" in self.fields
            and tray.count("after_photos")
            and not self.cleaned_data.get("result")
        ):
            self.add_error("result", gettext("Please say what was done."))

    def _clean_place(self, found: dict[str, Any]) -> None:
        if found["longitude"] is None or found["latitude"] is None:
            found["longitude"] = found["latitude"] = None
            self._use_offer(found)
        elif not found["block"]:
            block = self._block_at(found["longitude"], found["latitude"])
            found["block"] = block.code if block else ""
            if block is None:
                self._set("longitude", "")
                self._set("latitude", "")
                self.add_error("block", str(NoBlockHere.message))
        if found.get("block") == "":
            self.add_error("block", gettext("Please choose the block, or use the place of your device."))

    def _use_offer(self, found: dict[str, Any]) -> None:
        """A photo taken in the chosen block gives the exact place; without a block its own is offered, not taken."""
        block = self._block_at(*self.offered) if self.offered else None
        if block is None or self.offered is None:
            return
        if found["block"] == block.code:
            found["longitude"], found["latitude"] = self.offered
        elif not found["block"]:
            self._set("block", block.code)
            self._set("longitude", str(self.offered[0]))
            self._set("latitude", str(self.offered[1]))
            message = gettext("The photo was taken in %(block)s. If the trouble is there, please send again.")
            self.add_error("block", message % {"block": block.name})

    def _block_at(self, longitude: float, latitude: float) -> Block | None:
        return Block.objects.within(self.scope).locate(longitude=longitude, latitude=latitude, on=self.on)

    def _set(self, name: str, value: str) -> None:
        assert isinstance(self.data, QueryDict)
        self.data[name] = value


def _initial(posts: tuple[Post, ...]) -> dict[str, Any]:
    """Somebody with one block mostly reports from there."""
    own = {post.block_code for post in posts if post.block_code}
    return {"idempotency_key": str(uuid.uuid4()), "block": own.pop() if len(own) == 1 else ""}
