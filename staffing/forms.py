"""Forms of accounts: log in, change the password. The rules for passwords stand in the settings."""

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.utils.translation import gettext_lazy as _


class LogInForm(AuthenticationForm):
    """Name and password; a remembered phone stays logged in longer than a desk that others may sit at."""

    remember = forms.BooleanField(
        label=_("This is my phone"),
        help_text=_("Stay logged in for 12 hours. Never tick it on a computer that others use."),
        required=False,
    )


class CodeForm(forms.Form):
    """The six digits that the phone shows, or a recovery code."""

    code = forms.CharField(
        label=_("Code from your phone"),
        max_length=40,
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "text", "autofocus": True}),
    )


class ChangePasswordForm(PasswordChangeForm):
    """The present password and the new one twice. Saving is left to the action."""

    field_order = ["old_password", "new_password1", "new_password2"]

    def clean_new_password1(self) -> str:
        """Another one than before, said where it was typed."""
        new: str = self.cleaned_data["new_password1"]
        if new and self.user.check_password(new):
            raise forms.ValidationError(
                _("This is your present password. Please choose another one."), code="same_password"
            )
        return new
