"""Random programs give what PyTorch gives: planned or not, with native code or without."""
import os
import pathlib
import subprocess
import sys

import pytest

pytest.importorskip("torch")


@pytest.mark.parametrize("way", [{}, {"FACULA_PLAN": "off"}, {"FACULA_NATIVE": "0"}], ids=["plans", "operators", "interpreted"])
def test_programs(way):
    script = pathlib.Path(__file__).with_name("random_programs.py")
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path), **way)
    done = subprocess.run([sys.executable, str(script), "1", "40", "exact"], env=environment, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().endswith(", 0 programs differ"), done.stdout
    assert int(done.stdout.split()[0]) > 100, done.stdout
