"""Names of settings as their form writes them."""

from __future__ import annotations

from django import template

from bartizan.core.setting_form import label

register = template.Library()
register.filter("setting_label", label)
