"""No secret and no personal data in a log line."""

from yuhu.kit.logs import mask, redact


def test_the_token_of_a_private_link_is_masked() -> None:
    assert mask("GET /f/AbCd1234_xyz-99/ 200") == "GET /f/…/ 200"


def test_a_phone_number_is_masked_wherever_it_stands() -> None:
    assert mask("sms to 13800005678 failed") == "sms to 138****5678 failed"


def test_case_numbers_and_codes_stay() -> None:
    assert mask("430302-20261122-000001 in 43030200100101") == "430302-20261122-000001 in 43030200100101"


def test_the_processor_masks_every_text_value_and_nothing_else() -> None:
    event = redact(None, "info", {"event": "x", "request": "GET /f/AbCd1234_xyz/", "code": 200})
    assert event == {"event": "x", "request": "GET /f/…/", "code": 200}


class Request:
    def __repr__(self) -> str:
        return "<Request: POST '/f/AbCd1234_xyz/rate/'>"


def test_what_is_printed_of_an_object_is_masked_too() -> None:
    assert redact(None, "info", {"request": Request(), "args": [Request()]}) == {
        "request": "<Request: POST '/f/…/rate/'>",
        "args": ["<Request: POST '/f/…/rate/'>"],
    }


def test_what_somebody_searched_for_is_masked_in_every_spelling() -> None:
    for asked in ("13800005678", "138+0000+5678", "%E5%BC%A0%E4%B8%89", "%EF%BC%91%EF%BC%93%EF%BC%98"):
        assert (
            mask(f"GET /api/v1/cases/?open=true&q={asked}&page_size=5")
            == "GET /api/v1/cases/?open=true&q=…&page_size=5"
        )
    assert mask("<WSGIRequest: GET '/cases/?q=%E5%BC%A0'>") == "<WSGIRequest: GET '/cases/?q=…'>"
    assert mask("GET /units/?faq=1&seq=2") == "GET /units/?faq=1&seq=2"
