from importlib import import_module

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "bartizan.core"
    label = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("bartizan.core.queries")  # who may see what declares itself
        import_module("bartizan.core.accounts.answers")
        import_module("bartizan.core.search").start(self)
        import_module("bartizan.core.decisions")  # so does what can be decided
