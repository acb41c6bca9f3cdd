"""Django's settings, as values and not as a module: no ORM, no apps, few middlewares."""

from pathlib import Path
from typing import Any

from web.dependencies import WebDependencies

WEB_DIR = Path(__file__).resolve().parent
STATIC_DIR = WEB_DIR / "static"

CSRF_COOKIE = "csrf"


def django_settings(given: WebDependencies) -> dict[str, Any]:
    """Arguments for ``django.conf.settings.configure``.

    DATABASES is empty: the store is core's. Middlewares of Django are not used, because each of
    them costs a hop through a thread; ``web.frame.Frame`` does their work in one place.
    """
    return {
        "SECRET_KEY": given.secret_key,
        "DEBUG": False,
        "ALLOWED_HOSTS": list(given.allowed_hosts),
        "ROOT_URLCONF": "web.urls",
        "DATABASES": {},
        "INSTALLED_APPS": [],
        "MIDDLEWARE": ["web.frame.Frame"],
        "TEMPLATES": [_templates()],
        "APPEND_SLASH": False,
        "USE_TZ": True,
        "TIME_ZONE": "UTC",
        "LANGUAGE_CODE": given.default_language,
        "LANGUAGES": [("ru", "Русский"), ("en", "English")],
        "LOCALE_PATHS": [str(given.locale_dir)],
        "DATA_UPLOAD_MAX_MEMORY_SIZE": given.body_limit_bytes,
        "DATA_UPLOAD_MAX_NUMBER_FIELDS": 200,
        "CSRF_COOKIE_NAME": CSRF_COOKIE,
        "CSRF_COOKIE_HTTPONLY": False,
        "CSRF_COOKIE_SAMESITE": "Lax",
        "CSRF_COOKIE_SECURE": given.public_url.startswith("https:"),
        "CSRF_TRUSTED_ORIGINS": [given.public_url],
        "CSRF_HEADER_NAME": "HTTP_X_CSRFTOKEN",
        "CSRF_FAILURE_VIEW": "web.errors.forged_request",
        # The process logs through structlog; Django adds no handlers of its own.
        "LOGGING_CONFIG": None,
        "DEFAULT_CHARSET": "utf-8",
    }


def _templates() -> dict[str, Any]:
    return {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [str(WEB_DIR / "templates")],
        "OPTIONS": {
            "builtins": ["django.templatetags.i18n", "web.template_words"],
            "context_processors": ["django.template.context_processors.csrf"],
        },
    }
