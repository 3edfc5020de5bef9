"""What the API itself refuses, with the sentence that tells the caller what to do next."""

from django.utils.translation import gettext_lazy as _

from yuhu.kit.exceptions import Invalid, Refusal


class KeyReused(Refusal):
    """The idempotency key was used for another body: 422."""

    status, code = 422, "idempotency_key_reused"
    message = _(
        "This Idempotency-Key was already used for another request. Please choose a new key for each request."
    )


class UnfitKey(Invalid):
    """The idempotency key is empty, too long or not plain text."""

    code = "invalid_idempotency_key"
    message = _("An Idempotency-Key has 1 to 128 visible ASCII characters, such as a UUID.")
