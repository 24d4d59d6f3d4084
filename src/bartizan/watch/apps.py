from importlib import import_module

from django.apps import AppConfig


class WatchConfig(AppConfig):
    name = "bartizan.watch"
    label = "watch"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("bartizan.watch.queries")  # who may see what declares itself
        import_module("bartizan.watch.backup")  # so do the parts of a backup
        import_module("bartizan.watch.decisions")  # and what can be decided
