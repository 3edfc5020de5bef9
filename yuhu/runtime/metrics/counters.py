"""What a process counts as it works: requests by name of their view, database errors, sweeps, lost hints.

Requests are counted by django-prometheus, whose labels are kept to a closed set here: a view's name, never a path;
a method that HTTP knows, since every other word would be a new series that a stranger may invent.
"""

from collections.abc import Callable
from typing import Any

from django.db import Error
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.http import HttpRequest, HttpResponse
from django_prometheus.middleware import PrometheusAfterMiddleware, PrometheusBeforeMiddleware
from prometheus_client import Counter, Histogram

from yuhu.kit import steps

ANSWERS = Counter(
    "yuhu_answers",
    "Answers by status, those included that no view made: shed, throttled, locked, refused",
    ["status"],
)
DATABASE_ERRORS = Counter("yuhu_database_errors", "Queries that failed, by kind of error", ["kind"])
SWEEPS = Counter("yuhu_sweeps", "Rounds of each sweep by outcome", ["sweep", "outcome"])
SWEPT = Counter("yuhu_swept_rows", "Rows that each sweep had something to do for", ["sweep"])
SWEEP_SECONDS = Histogram(
    "yuhu_sweep_seconds", "Time of a sweep's round", ["sweep"], buckets=(0.01, 0.05, 0.2, 1, 5, 20, 60)
)
TROUBLES = Counter("yuhu_step_troubles", "Hints that were lost and rows whose step failed", ["kind", "step"])


class OuterMiddleware(PrometheusBeforeMiddleware):  # type: ignore[misc]
    """First of all: time with every middleware, and every answer, whoever gave it."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        ANSWERS.labels(status=str(response.status_code)).inc()
        return super().process_response(request, response)  # type: ignore[no-any-return]


class InnerMiddleware(PrometheusAfterMiddleware):  # type: ignore[misc]
    """Last of all: requests, latency and answers by view."""

    def label_metric(self, metric: Any, request: HttpRequest, response: Any = None, **labels: str) -> Any:
        if "method" in labels:
            labels["method"] = self._method(request)
        return super().label_metric(metric, request, response, **labels)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Only counted: the answer that is made of it is timed with the others."""
        kind = type(exception).__name__
        self.label_metric(self.metrics.exceptions_by_type, request, type=kind).inc()


def count_errors(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    """Around every query: count those that fail."""
    try:
        return execute(sql, params, many, context)
    except Error as error:
        DATABASE_ERRORS.labels(kind=type(error).__name__).inc()
        raise


def _watch(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    if count_errors not in connection.execute_wrappers:
        connection.execute_wrappers.append(count_errors)


def _on_sweep(name: str, seconds: float, done: int) -> None:
    SWEEPS.labels(sweep=name, outcome="failed" if done < 0 else "done").inc()
    SWEPT.labels(sweep=name).inc(max(done, 0))
    SWEEP_SECONDS.labels(sweep=name).observe(seconds)


def _on_trouble(kind: str, step: str) -> None:
    TROUBLES.labels(kind=kind, step=step).inc()


def begin() -> None:
    """From now on this process counts (apps.ready)."""
    connection_created.connect(_watch, dispatch_uid="yuhu.runtime.metrics")
    steps.watch(on_sweep=_on_sweep, on_trouble=_on_trouble)
