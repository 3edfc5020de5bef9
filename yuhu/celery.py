"""Celery: carries hints between machines in production; the embedded default never loads it.

Messages are hints and the tables are the truth (yuhu.kit.steps), so every choice here is for a worker that may
be killed at any moment and a broker that may forget: late acknowledgement, no results, messages that expire.
Several beats may run at once: a sweep claims each row before it works on it.
"""

import os

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yuhu.settings")

RUN_STEP = "yuhu.runtime.tasks.run_step"
RUN_SWEEPS = "yuhu.runtime.tasks.run_sweeps"

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
    broker_connection_timeout=2,
    # A message whose worker died comes back after this; the sweep has usually done the work before.
    broker_transport_options={
        "visibility_timeout": 600,
        "socket_connect_timeout": 2,
        # A web request that cannot reach the broker gives up at once (default: tries for ever).
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0.1,
    },
    beat_schedule={
        "sweep": {
            "task": RUN_SWEEPS,
            "schedule": max(settings.SWEEP_SECONDS, 1.0),
            # Sweeps that waited for a busy worker are not done twice over.
            "options": {"expires": max(settings.SWEEP_SECONDS, 1.0) * 2},
        }
    },
)
app.autodiscover_tasks()
