"""Pure reasoning: plain values in, plain values out; no Django, no clock, no I/O."""
