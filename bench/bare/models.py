"""Three rows of one report: the least that a report could leave behind."""

from typing import ClassVar, Self

from django.db import models


class Parent(models.Model):
    """What was reported."""

    objects: ClassVar[models.Manager[Self]] = models.Manager()

    number = models.CharField(max_length=32, unique=True)
    text = models.TextField()
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.number


class Child(models.Model):
    """Something that hangs on it."""

    objects: ClassVar[models.Manager[Self]] = models.Manager()

    parent = models.ForeignKey(Parent, models.CASCADE)
    name = models.CharField(max_length=50)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["parent", "name"], name="bare_child_once")]

    def __str__(self) -> str:
        return self.name


class Record(models.Model):
    """What happened."""

    objects: ClassVar[models.Manager[Self]] = models.Manager()

    parent = models.ForeignKey(Parent, models.CASCADE)
    data = models.JSONField(default=dict)

    def __str__(self) -> str:
        return str(self.pk)
