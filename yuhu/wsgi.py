"""The web server's door."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from yuhu.kit.lazy import without

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yuhu.settings")
# REST framework loads requests for a test client, and it and structlog the others to print in colours: 8 MB a process.
with without("requests", "rich", "pygments", "greenlet"):
    application = get_wsgi_application()
    # The addresses now, and with them every view: the first request must not wait for them.
    get_resolver().check()
