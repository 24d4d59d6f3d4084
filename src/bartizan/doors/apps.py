from importlib import import_module

from django.apps import AppConfig


class DoorsConfig(AppConfig):
    name = "bartizan.doors"
    label = "doors"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("bartizan.doors.queries")  # who may see what declares itself
        import_module("bartizan.doors.live")  # and who hears of it
