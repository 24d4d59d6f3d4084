"""What engines.pinpoint worked out, under the name by which the pages know it."""

from bartizan.cases.findings import SHORT, WHO, Findings, Step, findings

__all__ = ["SHORT", "WHO", "Findings", "Step", "findings"]
