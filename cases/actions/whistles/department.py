"""What a called department does: check in (报到) or explain, come to the place, give its result, rate the whistle."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from cases.actions.base import By
from cases.actions.whistles.base import begin
from cases.actions.whistles.rating import finish_if_rated, score_of
from cases.models import WhistleCall
from yuhu.kit.exceptions import Invalid

State = WhistleCall.State


@transaction.atomic
def check_in(
    *,
    call: WhistleCall,
    coming: str,
    by: By,
    at: dt.datetime,
    longitude: float | None = None,
    latitude: float | None = None,
) -> WhistleCall:
    """The department comes: ``coming`` says who, the point (WGS 84) where they are."""
    acting = begin("check-in", call.whistle, by=by, at=at, call=call)
    row = acting.called
    if (longitude is None) != (latitude is None):
        missing = "longitude" if longitude is None else "latitude"
        raise Invalid(_("Please give both coordinates, or neither."), code="half_a_place", field=missing)
    for field, value, most in (("longitude", longitude, 180), ("latitude", latitude, 90)):
        if value is not None and not -most <= value <= most:
            raise Invalid(_("This place is not on earth. Please check the coordinates."), field=field)
    row.coming = acting.keep("coming", coming)
    row.longitude, row.latitude = longitude, latitude
    row.state, row.answered_at, row.answered_by = State.CHECKED_IN, at, by.user
    row.save()
    acting.tell("case.whistle_checked_in")
    return row


@transaction.atomic
def explain(*, call: WhistleCall, explanation: str, by: By, at: dt.datetime) -> WhistleCall:
    """The department says why it does not come; the street decides whether it may stay away."""
    acting = begin("explain", call.whistle, by=by, at=at, call=call)
    row = acting.called
    row.explanation = acting.keep("explanation", explanation)
    row.state, row.answered_at, row.answered_by = State.EXPLAINED, at, by.user
    row.save()
    acting.tell("case.whistle_explained")
    return row


@transaction.atomic
def attend(*, call: WhistleCall, attended: bool, proof: str, by: By, at: dt.datetime) -> WhistleCall:
    """Whether the department was on site, or at the meeting, and what shows it. The street may correct it."""
    acting = begin("attend", call.whistle, by=by, at=at, call=call)
    row = acting.called
    row.proof = acting.keep("proof", proof)
    row.attended, row.attended_at = attended, at
    row.save()
    acting.tell("case.whistle_attended", approved=attended)
    return row


@transaction.atomic
def give_result(*, call: WhistleCall, result: str, by: By, at: dt.datetime) -> WhistleCall:
    """What the department did, or will do until when."""
    acting = begin("result", call.whistle, by=by, at=at, call=call)
    row = acting.called
    row.result = acting.keep("result", result)
    row.state, row.result_at = State.REPORTED, at
    row.save()
    acting.tell("case.whistle_result")
    return row


@transaction.atomic
def rate_street(
    *, call: WhistleCall, justified: object, prepared: object, comment: str, by: By, at: dt.datetime
) -> WhistleCall:
    """The department rates the whistle: was it justified, was it prepared; one to five each, a low one says why."""
    acting = begin("rate-street", call.whistle, by=by, at=at, call=call)
    row = acting.called
    row.justified = score_of(justified, field="justified")
    row.prepared, row.rated_at = score_of(prepared, field="prepared"), at
    row.answer_comment = acting.keep("comment", comment, required=min(row.justified, row.prepared) <= 2)
    row.save()
    acting.tell("case.whistle_rated", score=row.justified, prepared=row.prepared)
    finish_if_rated(acting)
    return row
