"""Intruder alarms: areas that Bartizan arms itself, and panels that report to it."""
