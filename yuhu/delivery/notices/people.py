"""What is told about people and posts: leave, the rota, visits."""

from django.utils.translation import gettext_lazy as _

from yuhu.delivery.notices.table import Audience, Notice

A = Audience
_APPROVED, _DECLINED = (("approved", True),), (("approved", False),)

NOTICES: tuple[Notice, ...] = (
    # Leave: the person, and whoever stands in.
    Notice(
        "leave_taken", "absence.taken", A.NAMED, _("Leave recorded"),
        _("Your leave was recorded: %(what)s."), icon="clock",
    ),
    Notice(
        "leave_covered", "absence.covered", A.NAMED, _("You stand in"),
        _("From %(on)s on you act in a block for somebody on leave: %(what)s. Its cases or evaluations come to you."),
        email=True, icon="people",
    ),
    Notice(
        "leave_ended", "absence.ended", A.NAMED, _("Leave ends earlier"),
        _("It ends earlier: %(what)s. From %(on)s on everybody is in his or her own post again."), icon="check",
    ),
    Notice(
        "leave_cancelled", "absence.cancelled", A.NAMED, _("Leave cancelled"),
        _("It was cancelled, and nobody stands in: %(what)s."), icon="close",
    ),
    # The rota of a platform.
    Notice(
        "rota_planned", "rota.planned", A.NAMED, _("The rota was planned"),
        _("From %(on)s on you are on the rota of %(what)s. Please see which shifts are yours."), icon="clock",
    ),
    Notice(
        "rota_assigned", "rota.assigned", A.NAMED, _("A shift has changed hands"),
        _("The shift has another officer now: %(what)s."), email=True, icon="people",
    ),
    Notice(
        "rota_released", "rota.vacated", A.NAMED, _("Released from duty"),
        _("Because of your leave you are released from your shifts from %(on)s on."), icon="info",
    ),
    Notice(
        "rota_free", "rota.vacated", A.HEADS, _("Shifts have become free"),
        _("Because of leave nobody covers shifts from %(on)s on. Please give them to others; the first is %(what)s."),
        email=True, icon="warning", tone="soon",
    ),
    Notice(
        "rota_removed", "rota.removed", A.NAMED, _("A shift was removed"),
        _("Your shift of %(on)s was taken out of the rota of %(what)s."), email=True, icon="info",
    ),
    Notice(
        "rota_uncovered", "rota.uncovered", A.HEADS, _("Nobody is on duty"),
        _("Nobody covers this time: %(what)s. Please give it to somebody."),
        email=True, icon="warning", tone="soon",
    ),
    Notice(
        "swap_asked", "rota.swap_asked", A.NAMED, _("A colleague asks to exchange shifts"),
        _("%(what)s. Please agree or decline."), email=True, icon="people",
    ),
    Notice(
        "swap_agreed", "rota.swap_agreed", A.NAMED, _("Shifts exchanged"),
        _("The shifts are exchanged: %(what)s."), email=True, icon="check", tone="good",
    ),
    Notice(
        "swap_declined", "rota.swap_declined", A.NAMED, _("Exchange declined"),
        _("Everybody keeps his or her shift: %(what)s."), email=True, icon="close",
    ),
    Notice(
        "swap_withdrawn", "rota.swap_withdrawn", A.NAMED, _("Exchange withdrawn"),
        _("You need not decide any more: %(what)s."), icon="info",
    ),
    Notice(
        "swap_lapsed", "rota.swap_lapsed", A.NAMED, _("Exchange lapsed"),
        _("One of the shifts has changed hands or was taken out of the rota, so nothing is exchanged: %(what)s."),
        email=True, icon="info",
    ),
    # Outside figures: whoever entered one that is sent back.
    Notice(
        "figure_returned", "outside.returned", A.NAMED, _("A figure was sent back"),
        _("%(what)s was sent back to you. Please read why, and enter it anew."),
        email=True, icon="previous", tone="soon",
    ),
    # Visits and meetings: whoever was put down by somebody else.
    Notice(
        "visit_planned", "visit.planned", A.NAMED, _("You are to visit a block"),
        _("You were put down for this on %(on)s: %(what)s. Please record afterwards what was found."), icon="people",
    ),
    Notice(
        "visit_cancelled", "visit.cancelled", A.NAMED, _("Visit called off"),
        _("It does not take place on %(on)s: %(what)s."), icon="close",
    ),
)  # fmt: skip
