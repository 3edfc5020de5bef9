"""Celery: carries hints between machines in production; the embedded default never loads it.

Messages are hints and the tables are the truth (yuhu.kit.steps), so every choice here is for a worker that may
be killed at any moment and a broker that may forget: late acknowledgement, no results, messages that expire.
Several beats may run at once: a sweep claims each row before it works on it.
"""

import os
import socket

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yuhu.settings")

RUN_STEPS = "yuhu.runtime.tasks.run_steps"
RUN_SWEEPS = "yuhu.runtime.tasks.run_sweeps"
RUN_OUTSIDE = "yuhu.runtime.tasks.run_outside"
# The queue of whatever talks to the world: a mail server that hangs holds up its own worker (``courier``) and no other.
OUTSIDE = "outside"

# Ten seconds without any acknowledgement by the other machine's kernel; where the system knows such a limit.
TCP_LIMITS = {socket.TCP_USER_TIMEOUT: 10_000} if hasattr(socket, "TCP_USER_TIMEOUT") else {}

app = Celery("yuhu")
app.set_default()  # Celery's "current app" is per thread; web servers have many
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    task_time_limit=300,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,  # an outage of hours must not end the worker for good
    broker_connection_timeout=2,
    # A message whose worker died comes back after this; the sweep has usually done the work before.
    broker_transport_options={
        "visibility_timeout": 600,
        "socket_connect_timeout": 1,
        # A machine that vanished without a word is noticed by the kernel: a worker waits for answers without a limit.
        "socket_keepalive": True,
        "socket_keepalive_options": TCP_LIMITS,
        # A web request that cannot reach the broker gives up at once (default: tries for ever).
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0.1,
    },
    beat_schedule={
        task: {
            "task": task,
            "schedule": max(settings.SWEEP_SECONDS, 1.0),
            # Sweeps that waited for a busy worker are not done twice over.
            "options": {"expires": max(settings.SWEEP_SECONDS, 1.0) * 2},
        }
        for task in (RUN_SWEEPS, RUN_OUTSIDE)
    },
    task_routes={RUN_OUTSIDE: {"queue": OUTSIDE}},
)
app.autodiscover_tasks()
