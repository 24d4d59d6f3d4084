from importlib import import_module

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "bartizan.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("bartizan.cases.queries")  # who may see what declares itself
        import_module("bartizan.cases.rules")  # its answers register themselves
