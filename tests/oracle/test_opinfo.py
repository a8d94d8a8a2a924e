"""Samples of torch's OpInfo database, as TorchScript archives, run by Facula. FACULA_OPINFO names a folder of fixtures; without
one the few archives of this test are made here from the database itself."""
import os
import pathlib
import subprocess
import sys

import pytest
from conftest import ROOT

RUNNER = pathlib.Path(os.environ.get("FACULA_ARCHIVE_RUNNER", ROOT / "build/release/tests/archive_runner"))


@pytest.mark.skipif("FACULA_OPINFO" not in os.environ, reason="FACULA_OPINFO names no fixtures")
def test_opinfo_samples_agree_with_pytorch():
    result = subprocess.run([sys.executable, str(ROOT / "tests/oracle/opinfo.py"), str(RUNNER), os.environ["FACULA_OPINFO"]],
                            capture_output=True, text=True, timeout=1200)
    assert result.returncode == 0, result.stdout[-6000:] + result.stderr[-2000:]
