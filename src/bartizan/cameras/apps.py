"""Cameras: recorded, watched for people, looked back at."""

from importlib import import_module

from django.apps import AppConfig


class CamerasConfig(AppConfig):
    name = "bartizan.cameras"
    label = "cameras"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("bartizan.cameras.queries")  # who may see what declares itself
        import_module("bartizan.cameras.decisions")  # and what can be decided
        import_module("bartizan.cameras.hearing")  # its answers register themselves
