"""Django's settings. Everything that a person may set is an environment variable named here and in docs/settings.md."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from bartizan.connectors.parse.stamp import zone_of
from bartizan.core import postgres

DATA = Path(os.environ.get("BARTIZAN_DATA", "~/.local/share/bartizan")).expanduser()
PORT = int(os.environ.get("BARTIZAN_PORT", "8000"))
ADDRESS = os.environ.get("BARTIZAN_ADDRESS", "127.0.0.1")
# Django sets TZ for its processes, and those that they start inherit it: what it was is kept under a name of ours.
os.environ.setdefault("BARTIZAN_ZONE", os.environ.get("TZ", ""))


def _secret_key() -> str:
    """The signing key, made on the first start and readable by its owner alone."""
    path = DATA / "secret.key"
    DATA.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass
    return path.read_text()


SECRET_KEY = _secret_key()
DEBUG = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000  # a response plan of 99 steps has a form of more than the usual 1,000 fields
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", *os.environ.get("BARTIZAN_HOSTS", "").split()]
CSRF_TRUSTED_ORIGINS = os.environ.get("BARTIZAN_ORIGINS", "").split()

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "ninja",
    "bartizan.core",
    "bartizan.notices",
    "bartizan.estate",
    "bartizan.watch",
    "bartizan.panels",
    "bartizan.doors",
    "bartizan.cameras",
    "bartizan.cases",
    "bartizan.setup",
    "bartizan.web",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
]

MIDDLEWARE = [
    "bartizan.web.access.Origin",
    "django.middleware.security.SecurityMiddleware",
    "bartizan.web.compressed.CompressedFiles",
    "bartizan.web.compressed.CompressedPages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "bartizan.web.access.SignInRequired",
    "bartizan.web.access.AuditWhole",
    "bartizan.web.access.WhatRecordsTake",
    "bartizan.core.accounts.required.SecondFactorRequired",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "bartizan.web.policy.ContentSecurityPolicy",
    "bartizan.cases.pages.masked_pages.MaskedPages",
]

ROOT_URLCONF = "bartizan.urls"
ASGI_APPLICATION = "bartizan.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "bartizan.web.shell.shell",
            ],
            "builtins": ["bartizan.web.templatetags.bz"],
        },
    },
]

SQLITE = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": DATA / "records.sqlite3",
    "OPTIONS": {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32000;",
    },
}
DATABASES = {"default": postgres.database(postgres.address()) if postgres.address() else SQLITE}

CACHES = {"default": {"BACKEND": "bartizan.core.accounts.cache.KeptCache", "LOCATION": str(DATA / "cache")}}

AUTH_USER_MODEL = "core.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_ADAPTER = "bartizan.core.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 10 * 60
ACCOUNT_LOGIN_TIMEOUT = 10 * 60
ACCOUNT_RATE_LIMITS = {
    "login": "120/m/ip",
    # Wrong passwords and codes: one person's typing; a script; a script behind many addresses.
    "login_failed": "5/15m/key,20/15m/ip",
    "login_failed_name": "50/15m/key",
    "passkey_failed": "20/15m/ip",
}
MFA_ADAPTER = "bartizan.core.accounts.adapters.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "bartizan.core.accounts.forms.CodeForm",
    "reauthenticate": "bartizan.core.accounts.forms.ConfirmForm",
    "activate_totp": "bartizan.core.accounts.forms.FirstCodeForm",
    "authenticate_webauthn": "bartizan.core.accounts.forms.PasskeyForm",
    "login_webauthn": "bartizan.core.accounts.forms.PasskeySignInForm",
    "reauthenticate_webauthn": "bartizan.core.accounts.forms.PasskeyConfirmForm",
    "add_webauthn": "bartizan.core.accounts.forms.NewPasskeyForm",
}
MFA_RATE_LIMITS = {"webauthn_login": "120/m/ip"}  # right ones count too: many officers sit behind one address
MFA_TOTP_TOLERANCE = 1
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
LOGIN_URL = "/sign-in"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/sign-in"
# Cookies are told apart from other services on this address: browsers share them between ports.
SESSION_COOKIE_NAME = f"bartizan_{PORT}"
CSRF_COOKIE_NAME = f"bartizan_csrf_{PORT}"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = os.environ.get("BARTIZAN_HTTPS") == "1"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = "en-gb"
USE_TZ = True
TIME_ZONE = "UTC"
MACHINE_ZONE = zone_of("")

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("BARTIZAN_LOG", "WARNING")},
}
