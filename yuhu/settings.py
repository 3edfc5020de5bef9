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
SECRET_KEY_FALLBACKS = kit_env.former("SECRET_KEY_FALLBACKS")
# Keys of their own, so that one can be changed without the others (docs/operations.md, "Keys").
JOURNAL_KEY = kit_env.secret("JOURNAL_KEY", VAR_DIR)
JOURNAL_OLD_KEYS = kit_env.former("JOURNAL_OLD_KEYS")
PERSON_KEYS = [key for key in kit_env.secret("PERSON_KEYS", VAR_DIR).split(",") if key]
PERSON_INDEX_KEY = kit_env.secret("PERSON_INDEX_KEY", VAR_DIR)
PERSON_INDEX_OLD_KEYS = kit_env.former("PERSON_INDEX_OLD_KEYS")
# Seals backups; never made here, since a key that is lost with the machine opens nothing.
BACKUP_KEY = kit_env.given("BACKUP_KEY")
BACKUP_DIR = Path(env.str("BACKUP_DIR", default=str(VAR_DIR / "backups")))
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
    "axes",
    "oauth2_provider",
    "django_structlog",
    "django_prometheus",
]

MIDDLEWARE = [
    # Outside of everything, so that it counts what the others answer.
    "yuhu.runtime.metrics.counters.OuterMiddleware",
    # Then this, so that every answer bears the request's name and every log line the same one.
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
    "yuhu.runtime.metrics.counters.InnerMiddleware",
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
    DATABASES["default"]["ENGINE"] = "yuhu.kit.postgresql"
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # A server that takes no connection must not hold a request; the URL may say otherwise.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
    # Compiling a query takes PostgreSQL longer (36 ms) than answering any of ours.
    DATABASES["default"]["OPTIONS"].setdefault("options", "-c jit=off")
# Queries that every request asks are planned once per connection. Not behind a pool that hands connections on from
# transaction to transaction.
PREPARED_STATEMENTS = env.bool("PREPARED_STATEMENTS", default=True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Redis carries hints between processes and the cache; without it steps run in the process that asks.
REDIS_URL = env.str("REDIS_URL", default="")
STEP_TRANSPORT = "yuhu.runtime.transport.send" if REDIS_URL else "yuhu.kit.steps.run_here"
CACHES = {
    "default": {
        "BACKEND": "yuhu.kit.caches.RedisCache",
        "LOCATION": REDIS_URL,
        # A cache that hangs must cost a request a moment, not its life.
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }
    if REDIS_URL
    else {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        # Of 300, the default, a flood of addresses would push out the counts that hold it back.
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
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

# Rules for accounts (GB/T 22239-2019, 8.1.4.1 and 8.1.4.2). Off where nothing is set, so that a first look and the demo
# work; `check --deploy` says what is off (staffing.W001 to W004).
PASSWORD_MAX_DAYS = env.int("PASSWORD_MAX_DAYS", default=0)
UNUSED_ACCOUNT_DAYS = env.int("UNUSED_ACCOUNT_DAYS", default=0)
SINGLE_SESSION = env.bool("SINGLE_SESSION", default=False)
SECOND_FACTOR = kit_env.one_of("SECOND_FACTOR", ("off", "required"))

# Sessions: the desk ends after 30 idle minutes, a remembered phone after 12 hours (staffing.middleware).
SESSION_ENGINE = "yuhu.kit.sessions"
SESSION_COOKIE_AGE = 12 * 3600
DESK_IDLE_SECONDS = env.int("DESK_IDLE_SECONDS", default=30 * 60)
PHONE_IDLE_SECONDS = env.int("PHONE_IDLE_SECONDS", default=12 * 3600)
SESSION_STAMP_SECONDS = 300
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = TLS
SESSION_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = TLS and env.bool("SSL_REDIRECT", default=True)
# A load balancer asks a machine directly, without TLS.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 31_536_000 if TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = TLS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
X_FRAME_OPTIONS = "DENY"
# 天地图 below the outlines of maps: off without a key. Only then do pages ask another house, for pictures of the map.
TIANDITU_KEY = env.str("TIANDITU_KEY", default="")
TIANDITU_HOSTS = [f"https://t{number}.tianditu.gov.cn" for number in range(8)] if TIANDITU_KEY else []
# 审图号: stands on every map with a base layer (Map Regulations 2015, art. 22 and 38).
MAP_APPROVAL = env.str("MAP_APPROVAL", default="")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:", *TIANDITU_HOSTS],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# The web server's queue, per process (yuhu.runtime.server). A core serves 20 to 50 requests a second, so what waits
# behind 16 others begins within a second; who has waited that long without a thread is refused: it would come late.
WEB_QUEUE = env.int("WEB_QUEUE", default=16)
WEB_WAIT_SECONDS = env.float("WEB_WAIT_SECONDS", default=1.0)
# Numbers for Prometheus: who may ask, and where the processes of a machine count together (yuhu.runtime.metrics).
METRICS_ALLOWED = env.list("METRICS_ALLOWED", default=["127.0.0.1/32", "::1/128"])
METRICS_TOKEN = kit_env.given("METRICS_TOKEN")
if METRICS_DIR := env.str("PROMETHEUS_MULTIPROC_DIR", default=""):
    Path(METRICS_DIR).mkdir(parents=True, exist_ok=True)
PROMETHEUS_LATENCY_BUCKETS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, float("inf"))

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
    "default": kit_env.files(env.str("FILES_URL", default="")),
    # Also compressed, once, when they are collected: a phone's first visit costs a fifth of the bytes.
    "staticfiles": {"BACKEND": "yuhu.kit.statics.StaticFiles"},
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

# Limits, bands, and how long things are kept.
from yuhu.rules import *  # noqa: E402, F403 - after .env was read, above

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "yuhu.api.authentication.BearerAuthentication",
        "yuhu.api.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["yuhu.api.permissions.HoldsPost", "yuhu.api.permissions.HasScope"],
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
    # Both are called "unit": of an indicator, and of a measure of 三升三降.
    "ENUM_NAME_OVERRIDES": {
        "UnitEnum": "cases.figures.indicators.table.Unit",
        "AmountEnum": "cases.figures.indicators.measure.Amount",
    },
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
# Partner systems: tokens by client credentials only, for an hour, stored as digests (yuhu.api.tokens).
API_CLIENT_REQUESTS_PER_MINUTE = env.int("API_CLIENT_REQUESTS_PER_MINUTE", default=2000)
OAUTH2_PROVIDER_APPLICATION_MODEL = "staffing.PartnerClient"
OAUTH2_PROVIDER: dict[str, Any] = {
    "OAUTH2_SERVER_CLASS": "oauthlib.oauth2.BackendApplicationServer",
    "OAUTH2_VALIDATOR_CLASS": "yuhu.api.grants.Validator",
    "SCOPES_BACKEND_CLASS": "yuhu.api.tokens.ClientScopes",
    "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
    # RFC 9700: what these grants would allow is not mounted here, and shall not come in by accident.
    "PKCE_REQUIRED": True,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
    **{
        f"COMPLIANT_BCP_RFC9700_{rule}": True
        for rule in (
            *("IMPLICIT_GRANT", "PASSWORD_GRANT", "PKCE_METHOD", "PKCE_REQUIRED", "AUTHZ_RESPONSE_ISS"),
            *("ACCESS_TOKEN_TRANSPORT", "TOKEN_STORAGE", "REFRESH_TOKEN"),
            *("REDIRECT_URI_SCHEME", "REDIRECT_URI_MATCHING"),
        )
    },
}
# The name that yuhu.api.middleware has checked or made.
DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = True
# The address is bound by staffing.middleware.
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False

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
    # At DEBUG these write the tokens that they give out.
    "loggers": {name: {"level": "WARNING"} for name in ("oauthlib", "oauth2_provider")},
    "root": {
        "handlers": ["console"],
        "level": env.str("LOG_LEVEL", default="WARNING" if EMBEDDED else "INFO"),
    },
}
