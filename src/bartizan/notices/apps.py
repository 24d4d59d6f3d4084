from importlib import import_module

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "bartizan.notices"
    label = "notices"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("bartizan.notices.queries")  # who may see what declares itself
        import_module("bartizan.notices.decisions")  # what can be decided declares itself
        import_module("bartizan.notices.rules")  # its answers register themselves
