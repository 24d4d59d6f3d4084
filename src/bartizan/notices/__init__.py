"""Notices to people: in the console, by mail, push and webhook."""
