from django.apps import AppConfig


class SetupConfig(AppConfig):
    name = "bartizan.setup"
    label = "setup"
