"""Every row's samples, evaluated by PyTorch and by Facula (tests/ops/compare.py)."""
import os
import pathlib
import subprocess
import sys

from conftest import ROOT

RUNNER = pathlib.Path(os.environ.get("FACULA_OP_RUNNER", ROOT / "build/release/tests/op_runner"))


def test_operators_agree_with_pytorch():
    result = subprocess.run([sys.executable, str(ROOT / "tests/ops/compare.py"), str(RUNNER), "--known", str(ROOT / "tests/ops/known_differences.txt")],
                            capture_output=True, text=True, timeout=1200)
    assert result.returncode == 0, result.stdout[-6000:] + result.stderr[-2000:]
