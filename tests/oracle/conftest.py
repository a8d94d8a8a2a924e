"""Comparison with PyTorch: archives made here by torch.jit, run by the facula program, outputs compared."""
import pathlib
import sys

import numpy as np
import pytest
import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from against_torch import FACULA, ROOT, flatten, flatten_torch, run_facula  # noqa: E402, F401  (tests import them from here)

torch.set_num_threads(1)


def assert_close(got, expected, tolerance=1e-4):
    assert len(got) == len(expected)
    for g, e in zip(got, expected):
        assert g.shape == e.shape
        if e.size == 0:
            continue
        scale = max(1e-6, float(np.nanmax(np.abs(np.where(np.isfinite(e), e, 0)))))
        np.testing.assert_allclose(g, e, rtol=0, atol=tolerance * scale, equal_nan=True)


@pytest.fixture
def compare(tmp_path):
    def check(module, *inputs, scripted=True, traced=True, tolerance=1e-4):
        module = module.eval()
        with torch.no_grad():
            expected = flatten_torch(module(*inputs))
            forms = []
            if scripted:
                forms.append(("scripted", torch.jit.script(module)))
            if traced:
                forms.append(("traced", torch.jit.trace(module, inputs, check_trace=False)))
        for name, archive in forms:
            path = tmp_path / f"{name}.pt"
            archive.save(str(path))
            planned = run_facula(path, inputs, tmp_path)
            assert_close(planned, expected, tolerance)
            plain = run_facula(path, inputs, tmp_path, extra=("--no-plan",))
            assert_close(plain, expected, tolerance)
            assert_close(planned, plain, 1e-5)
    return check
