"""The pages of cases: the list, one case with its tabs, and what is done there."""
