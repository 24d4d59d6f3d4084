from importlib import import_module

from django.apps import AppConfig


class EstateConfig(AppConfig):
    name = "bartizan.estate"
    label = "estate"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("bartizan.estate.queries")  # who may see what declares itself
        import_module("bartizan.estate.brought")  # so does what lists hold beyond single records
        import_module("bartizan.estate.offers")
