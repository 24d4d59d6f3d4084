"""A lake for the pages that read one."""

from tests.watch.conftest import kept_lake, lake

__all__ = ["kept_lake", "lake"]
