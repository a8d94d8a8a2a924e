"""Comparison with PyTorch: archives made here by torch.jit, run by the facula program, outputs compared."""
import json
import os
import pathlib
import subprocess

import numpy as np
import pytest
import torch

ROOT = pathlib.Path(__file__).resolve().parents[2]
FACULA = pathlib.Path(os.environ.get("FACULA_PROGRAM", ROOT / "build/release/facula"))

torch.set_num_threads(1)


def run_facula(model, inputs, tmp, method="forward", extra=()):
    """Outputs of a method as a list of arrays, in the order of the flattened result."""
    command = [str(FACULA), "run", str(model), "--method", method, *extra]
    for i, x in enumerate(inputs):
        if isinstance(x, torch.Tensor):
            path = tmp / f"in{i}.npy"
            np.save(path, x.detach().numpy())
            command += ["--input", str(path)]
        else:
            command += ["--input", repr(x)]
    result = subprocess.run([*command, "--json", "--full"], capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stdout[-4000:] + result.stderr[-4000:]
    return flatten(json.loads(result.stdout))


def flatten(j):
    if isinstance(j, dict) and "shape" in j and "dtype" in j:
        return [np.array(j["data"], dtype=float).reshape(j["shape"])]
    if isinstance(j, dict):
        return [a for v in j.values() for a in flatten(v)]
    if isinstance(j, list):
        return [a for v in j for a in flatten(v)]
    return [np.array(float(j) if isinstance(j, (int, float)) else np.nan)]


def flatten_torch(v):
    if isinstance(v, torch.Tensor):
        return [v.detach().double().numpy()]
    if isinstance(v, dict):
        return [a for x in v.values() for a in flatten_torch(x)]
    if isinstance(v, (list, tuple)):
        return [a for x in v for a in flatten_torch(x)]
    return [np.array(float(v))]


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
