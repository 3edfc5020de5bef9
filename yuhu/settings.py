"""Every setting in one place, with defaults that are safe to run: the embedded default needs no variable at all.

``.env.example`` explains each variable. Without ``DATABASE_URL`` the system runs embedded: SQLite, no broker,
its own secrets in ``var/``. With ``DATABASE_URL`` and ``REDIS_URL`` the same code runs on many machines.
"""

from pathlib import Path
from typing import Any

import environ
import structlog
from csp.constants import NONE, SELF

from yuhu.kit import env as kit_env
from yuhu.kit import logs as kit_logs

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(str(BASE_DIR / ".env"))

VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = kit_env.secret("SECRET_KEY", VAR_DIR)
# Keys of their own, so that one can be changed without the others (docs/operations.md).
JOURNAL_KEY = kit_env.secret("JOURNAL_KEY", VAR_DIR)
PERSON_KEYS = [key for key in kit_env.secret("PERSON_KEYS", VAR_DIR).split(",") if key]
PERSON_INDEX_KEY = kit_env.secret("PERSON_INDEX_KEY", VAR_DIR)
JOURNAL_HEAD_FILE = Path(env.str("JOURNAL_HEAD_FILE", default=str(VAR_DIR / "journal-heads.txt")))

# Where it is reached. Behind TLS (SITE_URL https) cookies, HSTS and redirects turn strict by themselves.
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000")
TLS = SITE_URL.startswith("https://")
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]", "testserver"])
CSRF_TRUSTED_ORIGINS = [SITE_URL]

INSTALLED_APPS = [
    "yuhu.runtime",
    "yuhu.dashboard",
    "yuhu.api",
    "yuhu.delivery",
    "services",
    "cases",
    "duties",
    "staffing",
    "blocks",
    "yuhu.journal",
    "yuhu.dashboard.apps.DeskConfig",  # django.contrib.admin
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "import_export",
    "axes",
    "django_structlog",
]

MIDDLEWARE = [
    # First, so that every answer bears the request's name and every log line the same one.
    "yuhu.api.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "staffing.middleware.PostsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "yuhu.dashboard.middleware.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "yuhu.urls"
WSGI_APPLICATION = "yuhu.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "yuhu.dashboard.context.surroundings",
            ],
        },
    },
]

# Database. SQLite: WAL, immediate transactions (without them most concurrent writes fail), every commit on disk.
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'yuhu.sqlite3'}")}
EMBEDDED = DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"
if EMBEDDED:
    VAR_DIR.mkdir(parents=True, exist_ok=True)
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Redis carries hints between processes and the cache; without it steps run in the process that asks.
REDIS_URL = env.str("REDIS_URL", default="")
STEP_TRANSPORT = "yuhu.runtime.transport.send" if REDIS_URL else "yuhu.kit.steps.run_here"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        # A cache that hangs must cost a request a moment, not its life.
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}
CELERY_BROKER_URL = REDIS_URL or "memory://"
SWEEP_SECONDS = env.float("SWEEP_SECONDS", default=2.0)

# Log-in.
AUTH_USER_MODEL = "staffing.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
LOGIN_URL, LOGIN_REDIRECT_URL, LOGOUT_REDIRECT_URL = "/login/", "/", "/login/"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2SHA1PasswordHasher",
]
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {
        "NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "employee_number", "name", "phone", "email")},
    },
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
    {"NAME": f"{_VALIDATION}.NumericPasswordValidator"},
]
# Five failures lock the name and address together for half an hour (GB/T 22239-2019, 8.1.4.1 b).
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.5
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "registration/locked.html"
AXES_HTTP_RESPONSE_CODE = 429
# The lock ends half an hour after the fifth failure, as its page says, whatever is tried meanwhile.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
# Log-ins are in the journal (staffing.apps); axes keeps only the failures that it counts.
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False
AXES_CLIENT_IP_CALLABLE = "staffing.middleware.address_of"

# Sessions: the desk ends after 30 idle minutes, a remembered phone after 12 hours (staffing.middleware).
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 3600
DESK_IDLE_SECONDS = env.int("DESK_IDLE_SECONDS", default=30 * 60)
PHONE_IDLE_SECONDS = env.int("PHONE_IDLE_SECONDS", default=12 * 3600)
SESSION_STAMP_SECONDS = 300
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = TLS
SESSION_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = TLS and env.bool("SSL_REDIRECT", default=True)
# A load balancer asks a machine directly, without TLS.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = TLS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# Language and time.
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# Files. Uploads are served only through a view that asks the policy; MEDIA_URL stays unused.
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [("dist", BASE_DIR / "static" / "dist"), ("img", BASE_DIR / "static" / "img")]
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(VAR_DIR / "files")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}
WHITENOISE_MANIFEST_STRICT = False
UPLOAD_MAX_BYTES = 20 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# What leaves the house.
EMAIL_CONFIG = env.email_url("EMAIL_URL", default=f"filemail://{VAR_DIR}/mail")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="yuhu@localhost")
SMS_BACKEND = env.str("SMS_BACKEND", default="yuhu.delivery.channels.console.ConsoleSms")
# The demo shows what was sent to residents on a page of its own; never in production.
DEMO_OUTBOX = env.bool("DEMO_OUTBOX", default=EMBEDDED)

# The loop (domain rules that a district may set; limits per step are rows of duties.StepLimit).
WARN_FRACTION = 0.75
RETURN_LIMIT = 2
SUSPENSION_MAX_DAYS = 90
REOPEN_DAYS = env.int("REOPEN_DAYS", default=15)
DUPLICATE_METRES, DUPLICATE_DAYS = 100, 14

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["yuhu.api.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["yuhu.api.permissions.HoldsPost"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["yuhu.api.parsers.StrictJSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["yuhu.api.filters.StrictFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "yuhu.api.paging.CursorPages",
    "DEFAULT_SCHEMA_CLASS": "yuhu.api.schema.Schema",
    "EXCEPTION_HANDLER": "yuhu.api.errors.handle",
    "DEFAULT_THROTTLE_CLASSES": ["yuhu.api.throttles.PerCaller"],
    "DEFAULT_VERSIONING_CLASS": None,
    "DEFAULT_METADATA_CLASS": None,
    "URL_FORMAT_OVERRIDE": None,
    "COERCE_DECIMAL_TO_STRING": False,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "雨湖区扁平化治理 API",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    # Without an address of its own it would ask validator.swagger.io for a badge.
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None},
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "DEFAULT_GENERATOR_CLASS": "yuhu.api.schema.Generator",
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "yuhu.api.schema.share"],
}
API_REQUESTS_PER_MINUTE = env.int("API_REQUESTS_PER_MINUTE", default=1200)
# The name that yuhu.api.middleware has checked or made.
DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = True

# Logs: one line of JSON per event in production. Tracebacks without local variables, tokens and phones masked.
_LOG_FACTS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.TimeStamper(fmt="iso"),
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.format_exc_info,
    kit_logs.redact,
]
structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *_LOG_FACTS,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": _LOG_FACTS,
            "processor": structlog.processors.JSONRenderer(ensure_ascii=False),
        },
        "plain": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": _LOG_FACTS,
            "processor": structlog.dev.ConsoleRenderer(
                colors=False, exception_formatter=structlog.dev.plain_traceback
            ),
        },
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain" if EMBEDDED else "json"}},
    "root": {
        "handlers": ["console"],
        "level": env.str("LOG_LEVEL", default="WARNING" if EMBEDDED else "INFO"),
    },
}
