from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "bartizan.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from bartizan.cases import rules  # noqa: PLC0415  its answers register themselves
