"""All settings, read from the environment (docs/operator/settings.md lists every variable).

What shapes answers is not here but in quoth.yaml.
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

import django_stubs_ext
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from chatbot_saas.administration import appearance
from chatbot_saas.environment import Environment
from chatbot_saas.identity_providers import identity_providers

# numpy collapses when several threads each start a BLAS pool (8 threads: 30 times slower); set before its import.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment()

# --- profile and places -------------------------------------------------------------------------------------------
QUOTH_DATA_DIR = Path(env.text("QUOTH_DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
INCOMING = QUOTH_DATA_DIR / "incoming"  # what is being uploaded; emptied when the server starts
try:
    QUOTH_DATA_DIR.mkdir(parents=True, exist_ok=True)
    INCOMING.mkdir(mode=0o700, exist_ok=True)
except OSError as error:
    raise ImproperlyConfigured(
        f"{QUOTH_DATA_DIR} cannot be made ({error.strerror}): set QUOTH_DATA_DIR to a folder of this user"
    ) from error
env.read_file(QUOTH_DATA_DIR / "env")  # written by `manage.py demo`; real environment variables win

QUOTH_PROFILE = env.choice("QUOTH_PROFILE", ("embedded", "full"), default="embedded")
EMBEDDED = QUOTH_PROFILE == "embedded"

DEBUG = env.boolean("DEBUG", default=False)
SECRET_KEY = env.text("SECRET_KEY")
if not SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY is not set: run `bin/demo --prepare` or set 50 random characters")
if len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("SECRET_KEY is too short: set at least 50 random characters")

QUOTH_URL = env.web_address("QUOTH_URL", default="http://127.0.0.1:8000")
_site = urlsplit(QUOTH_URL)
_host = _site.hostname or "127.0.0.1"
ALLOWED_HOSTS = env.texts("ALLOWED_HOSTS", default=[_host, "localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.texts("CSRF_TRUSTED_ORIGINS", default=[f"{_site.scheme}://{_site.netloc}"])

# --- applications -------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "chatbot_saas.administration.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "channels",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.headless",
    "drf_spectacular",
    "apps.accounts.session_app.SessionListConfig",
    "apps.common",
    "apps.accounts",
    "apps.accounts.oidc.oidc_app.OIDCConfig",
    "apps.consent",
    "apps.billing",
    "apps.models",
    "apps.knowledge",
    "apps.chat",
    "apps.api",
    "chatbot_saas",  # its management commands
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "apps.common.middleware.HostMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "apps.common.middleware.PersonalMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "chatbot_saas.serving.upload_check.UploadCheckMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "apps.accounts.middleware.PersonMiddleware",
    "apps.accounts.middleware.ClosedAccountMiddleware",
    "apps.common.middleware.ErrorMiddleware",
]

ROOT_URLCONF = "chatbot_saas.urls"
ASGI_APPLICATION = "chatbot_saas.asgi.application"

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
                "apps.accounts.context_processors.accounts",
                "apps.chat.pages.sidebar.sidebar",
            ],
        },
    },
]

# --- stores -------------------------------------------------------------------------------------------------------
DATABASES = {"default": env.database("DATABASE_URL", default=f"sqlite:///{QUOTH_DATA_DIR / 'quoth.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON;",
        "transaction_mode": "IMMEDIATE",
        "timeout": 5,  # seconds that a write waits for another; then it is refused with a sentence
    }
    DATABASES["default"]["CONN_MAX_AGE"] = (
        None  # a file cannot go away as a server can: each thread opens it once
    )
    CELERY_DB_REUSE_MAX = 1_000_000
else:
    # Each thread keeps its connection; `migrate` and `rebuild_graph` lift the limits (apps.common.db).
    DATABASES["default"]["CONN_MAX_AGE"] = 600
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": 2,
        "options": "-c statement_timeout=15s -c lock_timeout=5s -c idle_in_transaction_session_timeout=60s",
        **DATABASES["default"].get("OPTIONS", {}),  # those of the address, such as sslmode
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.text("REDIS_URL")
if not EMBEDDED and not REDIS_URL:
    raise ImproperlyConfigured(
        "REDIS_URL is not set: the full profile needs Redis, for example redis://localhost:6379"
    )

CHANNEL_LAYERS = {
    "default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}
    if EMBEDDED
    else {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": [REDIS_URL]}}
}
CACHES = {
    # Django's own limit of 300 entries would forget rate limits as soon as many people come.
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
    if EMBEDDED
    else {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
}

FILE_UPLOAD_TEMP_DIR = (
    INCOMING  # on the disk of the originals, so that a finished file is moved and not copied
)

# Originals of documents, addressed by workspace and sha256.
STORAGES = {
    "default": {
        "BACKEND": "apps.common.storage.DurableFileStorage",
        "OPTIONS": {"location": QUOTH_DATA_DIR / "files"},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "chatbot_saas.static_files.StaticFilesStorage"
    },
}

QUOTH_STORE = env.choice("QUOTH_STORE", ("local", "neo4j"), default="local")
NEO4J_URI = env.text("NEO4J_URI")
NEO4J_USER = env.text("NEO4J_USER", default="neo4j")
NEO4J_PASSWORD = env.text("NEO4J_PASSWORD")
QUOTH_FAKE_ENCODER = env.boolean(
    "QUOTH_FAKE_ENCODER", default=False
)  # for tests: vectors of word stems, no model
QUOTH_ENCODER_THREADS = env.integer("QUOTH_ENCODER_THREADS", default=os.cpu_count() or 1, least=1)

# --- threads and connections of a web process -----------------------------------------------------------------------
QUOTH_PAGE_THREADS = env.integer("QUOTH_PAGE_THREADS", default=8, least=1)
QUOTH_UPLOAD_THREADS = env.integer("QUOTH_UPLOAD_THREADS", default=2, least=1)
QUOTH_SOCKET_THREADS = env.integer(
    "QUOTH_SOCKET_THREADS", default=4, least=1
)  # that read, and as many that write
QUOTH_MAX_CONNECTIONS = env.integer("QUOTH_MAX_CONNECTIONS", default=1000, least=1)

# --- queue --------------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL  # the embedded profile has none: its workers are threads of the web server
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_TIMEOUT = 1
CELERY_TASK_ROUTES = {
    "apps.chat.tasks.answer_questions": {"queue": "inference"},
    "apps.knowledge.tasks.ingest_file": {"queue": "ingest"},
    "apps.knowledge.tasks.adopt_encoders": {"queue": "ingest"},
    "apps.knowledge.tasks.prepare_faq": {"queue": "ingest"},
    "apps.knowledge.tasks.clean_versions": {"queue": "ingest"},
    "apps.chat.tasks.suggest_questions": {"queue": "ingest"},
    "apps.chat.tasks.warm_up": {"queue": "ingest"},
}

# --- mail ---------------------------------------------------------------------------------------------------------
EMAIL_CONFIG = env.mail_server("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
MAIL_IS_SENT = EMAIL_CONFIG["EMAIL_BACKEND"] != "django.core.mail.backends.console.EmailBackend"
if not MAIL_IS_SENT:
    EMAIL_BACKEND = "apps.common.mail.EmailBackend"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", default=f"quoth@{_host}")

# --- people -------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_ADAPTER = "apps.accounts.adapter.AccountAdapter"
SIGN_UP_OPEN = env.boolean("SIGN_UP_OPEN", default=True)
# No setting weakens it: an account whose address nobody proved could be prepared for someone else.
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if MAIL_IS_SENT else "none"
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_CHANGE_EMAIL = True  # one address for each account; a new one replaces it once it is confirmed
ACCOUNT_REAUTHENTICATION_REQUIRED = (
    True  # the password, or a second factor, once more before what is sensitive
)
ACCOUNT_RATE_LIMITS = {  # "key" is the account of a wrong password, else the e-mail address
    "login": "30/m/ip",
    "login_failed": "20/m/ip,10/5m/key",
    "signup": "20/m/ip",
    "request_login_code": "20/m/ip,3/5m/key,10/h/key",
    "confirm_email": "3/10m/key",
    "reset_password": "20/m/ip,5/h/key",
    "reset_password_from_key": "20/m/ip",
    "reauthenticate": "10/5m/user",
    "change_password": "10/5m/user",
    "manage_email": "10/m/user",
}
ACCOUNT_LOGIN_BY_CODE_ENABLED = True  # the page says so where no mail is sent
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "apps.accounts.reset_token.ResetTokenGenerator"  # noqa: S105
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_USER_DISPLAY = "apps.accounts.adapter.display_name"
ACCOUNT_FORMS = {
    "login": "apps.accounts.forms.LoginForm",
    "signup": "apps.accounts.forms.SignupForm",
    "request_login_code": "apps.accounts.forms.RequestLoginCodeForm",
    "confirm_login_code": "apps.accounts.forms.ConfirmLoginCodeForm",
    "add_email": "apps.accounts.forms.AddEmailForm",
    "change_password": "apps.accounts.forms.ChangePasswordForm",
    "set_password": "apps.accounts.forms.SetPasswordForm",
    "reauthenticate": "apps.accounts.forms.ReauthenticateForm",
    "reset_password": "apps.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "apps.accounts.forms.ResetPasswordKeyForm",
}
MFA_ADAPTER = "apps.accounts.mfa_adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# With a mail server nobody is signed in before the address is confirmed; without one no address can be confirmed.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "authenticate": "apps.accounts.mfa_forms.AuthenticateForm",
    "reauthenticate": "apps.accounts.mfa_forms.ReauthenticateForm",
    "activate_totp": "apps.accounts.mfa_forms.ActivateTOTPForm",
    "add_webauthn": "apps.accounts.mfa_forms.AddPasskeyForm",
    "edit_webauthn": "apps.accounts.mfa_forms.RenamePasskeyForm",
    "authenticate_webauthn": "apps.accounts.mfa_forms.AuthenticatePasskeyForm",
    "reauthenticate_webauthn": "apps.accounts.mfa_forms.ReauthenticatePasskeyForm",
    "login_webauthn": "apps.accounts.mfa_forms.LoginPasskeyForm",
}
OIDC_APPS = identity_providers(env, env.texts("OIDC_PROVIDERS", default=[]), sign_up=SIGN_UP_OPEN)
SOCIALACCOUNT_PROVIDERS = {"oidc": {"APPS": OIDC_APPS}}
SOCIALACCOUNT_ADAPTER = "apps.accounts.oidc.rules.SocialAccountAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True  # which account may be joined, the adapter decides
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_SIGNUP_REDIRECT_URL = "welcome"
ALLAUTH_TRUSTED_PROXY_COUNT = env.integer("TRUSTED_PROXIES", default=0, least=0)

# --- REST API -----------------------------------------------------------------------------------------------------
HEADLESS_CLIENTS = (
    "app",
)  # the API calls allauth's views for apps; no address of allauth's own leads to them
REST_FRAMEWORK = {
    "EXCEPTION_HANDLER": "apps.api.errors.problem_of",
    "DEFAULT_SCHEMA_CLASS": "apps.api.schema.Schema",
    "UNAUTHENTICATED_TOKEN": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Quoth",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "DESCRIPTION": "Answers questions by quoting documents, word for word. docs/developer/api.md has a quick start.",
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "PREPROCESSING_HOOKS": ["apps.api.schema.only_operations"],
}

# --- browser security ---------------------------------------------------------------------------------------------
_https = _site.scheme == "https"
SESSION_ENGINE = "apps.accounts.sessions"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"  # showing one writes no session
SECURE_SSL_REDIRECT = env.boolean("SECURE_SSL_REDIRECT", default=False)
SECURE_SSL_HOST = _site.netloc
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None
SECURE_HSTS_SECONDS = 31_536_000 if _https else 0
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "chatbot_saas.serving.upload_handler.DiskUploadHandler",
]
DATA_UPLOAD_MAX_NUMBER_FILES = 200

UNFOLD = appearance.UNFOLD  # how the administration pages look

# --- language, static files, logs ---------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
FORMAT_MODULE_PATH = "chatbot_saas.formats"
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env.time_zone("TIME_ZONE", default="UTC")
USE_TZ = True
STATIC_URL = "static/"
STATIC_ROOT = QUOTH_DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
DOCS_DIR = BASE_DIR / "docs"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "apps.common.logs.JsonFormatter"},
        "plain": {"()": "apps.common.logs.PlainFormatter"},
    },
    "filters": {"link keys": {"()": "apps.common.logs.LinkKeyFilter"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": env.choice("LOG_FORMAT", ("plain", "json"), default="plain"),
            "filters": ["link keys"],
        },
    },
    "root": {
        "handlers": ["stderr"],
        "level": env.choice("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), default="INFO"),
    },
    "loggers": {
        "celery": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},
        "fido2": {"level": "WARNING"},  # it would log which passkey signs in
    },
}
