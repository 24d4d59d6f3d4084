from importlib import import_module

from django.apps import AppConfig


class PanelsConfig(AppConfig):
    name = "bartizan.panels"
    label = "panels"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("bartizan.panels.queries")  # who may see what declares itself
