"""A serializer that a thread keeps says what a new one would say, and knows nothing of the request before."""

from typing import Any

import pytest
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from cases.api.serializers import NewCaseSerializer
from yuhu.kit.rest import kept

GOOD = {"category": "0101", "description": "垃圾没人清", "reporter": {"name": "张三"}}
BAD: list[Any] = [None, [], {}, {**GOOD, "odd": 1}, {**GOOD, "category": 5}, {**GOOD, "reporter": {"age": 3}}]


def of_new(data):
    given = NewCaseSerializer(data=data)
    given.is_valid(raise_exception=True)
    return given.validated_data


def test_a_body_is_read_as_a_new_serializer_reads_it():
    assert kept.read(NewCaseSerializer, GOOD) == of_new(GOOD)
    assert kept.read(NewCaseSerializer, {**GOOD, "block": "1"}) == of_new({**GOOD, "block": "1"})
    assert kept.read(NewCaseSerializer, GOOD) == of_new(GOOD)


@pytest.mark.parametrize("data", BAD)
def test_a_refusal_is_that_of_a_new_serializer(data):
    with pytest.raises(ValidationError) as new:
        of_new(data)
    with pytest.raises(ValidationError) as old:
        kept.read(NewCaseSerializer, data)
    assert old.value.get_full_details() == new.value.get_full_details()


class Whose(serializers.Serializer):
    reader = serializers.SerializerMethodField()

    def get_reader(self, row):
        return self.context.get("reader")


def test_the_context_of_one_request_does_not_reach_the_next():
    assert kept.show(Whose, object(), {"reader": 1}) == {"reader": 1}
    assert kept.show(Whose, object(), {}) == {"reader": None}
