"""Tests of the Python package; `./dev python test` builds it and puts it on the path."""
import os
import sys

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, os.environ.get("FACULA_BUILD", "build/release"), "python")
if os.path.isdir(BUILD) and "facula" not in sys.modules:
    sys.path.insert(0, BUILD)


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


@pytest.fixture
def archive(torch, tmp_path):
    """Saves a torch module as a TorchScript archive and gives (path, torch's compiled module)."""
    import warnings

    def make(module):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            scripted = torch.jit.script(module)
            path = str(tmp_path / "module.pt")
            torch.jit.save(scripted, path)
        return path, scripted
    return make
