"""The everyday dialect: what CPython computes, the archive that `facula compile` writes computes, in PyTorch and in Facula."""
import pathlib
import subprocess
import sys

import pytest
import torch

ROOT = pathlib.Path(__file__).resolve().parents[2]
FACULA = ROOT / "build/release/facula"
sys.path.insert(0, str(pathlib.Path(__file__).parent / "language"))
import everyday  # noqa: E402


def same(a, b):
    if isinstance(a, torch.Tensor):
        return isinstance(b, torch.Tensor) and a.dtype == b.dtype and a.shape == b.shape and torch.allclose(a, b, rtol=1e-5, atol=1e-6)
    if isinstance(a, (list, tuple)):
        return type(b) in (list, tuple) and len(a) == len(b) and all(same(x, y) for x, y in zip(a, b))
    if isinstance(a, dict):
        return isinstance(b, dict) and list(a) == list(b) and all(same(a[k], b[k]) for k in a)
    return type(a) is type(b) and a == b


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    out = tmp_path_factory.mktemp("language") / "everyday.pt"
    subprocess.run([FACULA, "compile", everyday.__file__, "-o", out], check=True)
    return out


@pytest.fixture(scope="module")
def loaded(archive):
    return torch.jit.load(str(archive))


@pytest.mark.parametrize("name", everyday.CALLS)
def test_in_pytorch(loaded, name):
    for args in everyday.CALLS[name]:
        expected = getattr(everyday, name)(*args)
        assert same(expected, getattr(loaded, name)(*args)), name
