"""Accounts, audit, live stream, settings, events between rooms: what every room stands on."""
