"""The detection engine: Sigma rules and correlations over a stream of events. See docs/rules.md."""

from bartizan.engines.detect.compile import compile_rules
from bartizan.engines.detect.detector import Detector
from bartizan.engines.detect.events import event_time, flatten
from bartizan.engines.detect.examples import run_examples
from bartizan.engines.detect.load import load_rules
from bartizan.engines.detect.rule import Finding, Hit, Problem, Rule
from bartizan.engines.detect.state import StateError

__all__ = [
    "Detector",
    "Finding",
    "Hit",
    "Problem",
    "Rule",
    "StateError",
    "compile_rules",
    "event_time",
    "flatten",
    "load_rules",
    "run_examples",
]
