"""The everyday dialect: what CPython computes, the archive that `facula compile` writes computes, in PyTorch and in Facula."""
import copy
import pathlib
import re
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


HEADER = "import math\nimport torch\nimport torch.nn.functional as F\nfrom torch import Tensor\nfrom typing import *\n\n"
VARIATIONS = dict(section.split("\n", 1) for section in
                  re.split(r"^### ", (pathlib.Path(__file__).parent / "language/variations.txt").read_text(), flags=re.M)[1:])


@pytest.mark.parametrize("name", VARIATIONS)
def test_variation(name, tmp_path):
    source = HEADER + VARIATIONS[name]
    module = type(sys)("program")
    sys.modules["program"] = module  # dataclasses look themselves up
    exec(compile(source, name, "exec"), module.__dict__)
    names = module.__dict__
    path, out = tmp_path / "program.py", tmp_path / "program.pt"
    path.write_text(source[:source.index("ARGS=")])
    done = subprocess.run([FACULA, "compile", path, "-o", out], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    loaded = torch.jit.load(str(out))
    for args in names["ARGS"]:
        try:
            expected = names["f"](*copy.deepcopy(args))
        except Exception:  # noqa: BLE001
            with pytest.raises(Exception):
                loaded.f(*copy.deepcopy(args))
            continue
        assert same(expected, loaded.f(*copy.deepcopy(args)))
