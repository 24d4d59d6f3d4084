"""The guided set-up of the first ten minutes; every step can be skipped and taken up again."""
