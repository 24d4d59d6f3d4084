"""Detectors that cry wolf: which, why, what would help, and whether the real alarms would still have been raised."""
