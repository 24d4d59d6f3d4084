"""Cases: what alarms add up to, and where they lead."""
