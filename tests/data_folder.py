"""The tests' own data folder: a plugin of pytest (pyproject.toml), for Django reads its settings before conftest."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

os.environ["BARTIZAN_DATA"] = tempfile.mkdtemp(prefix="bartizan-test-")
atexit.register(shutil.rmtree, os.environ["BARTIZAN_DATA"], ignore_errors=True)
