"""Bartizan: the office of a Chief Security Officer in one system."""

__version__ = "0.1.0"
