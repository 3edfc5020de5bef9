"""Form for looking at the reporter's name and phone: a reason and, after a while, the password once more."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import CleanText


class UnmaskForm(forms.Form):
    """The password is asked for unless it was given a few minutes ago."""

    reason = CleanText(
        label=_("Why do you need it?"),
        help_text=_("The reason is recorded with your name and the time; everybody concerned can read it."),
        most=200,
        widget=forms.Textarea({"rows": 3}),
    )
    password = forms.CharField(
        label=_("Your password"),
        help_text=_("To make sure that it is you who sits here."),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, ask_password: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not ask_password:
            del self.fields["password"]
