"""Intake, journal, judge, lake, alarms, rules and the timeline."""
