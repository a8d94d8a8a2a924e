"""What every comparison with PyTorch needs: run the facula program, flatten results to arrays, measure their distance."""
import json
import os
import pathlib
import subprocess

import numpy as np
import torch

ROOT = pathlib.Path(__file__).resolve().parents[2]
FACULA = pathlib.Path(os.environ.get("FACULA_PROGRAM", ROOT / "build/release/facula"))


class FaculaError(AssertionError):
    """The program refused or failed; the text is what it said."""


def run_facula(model, inputs, tmp, method="forward", extra=(), timeout=300):
    """Outputs of a method as a list of arrays, in the order of the flattened result (dictionaries by their keys)."""
    command = [str(FACULA), "run", str(model), "--method", method, *extra]
    for i, x in enumerate(inputs):
        if isinstance(x, torch.Tensor):
            path = tmp / f"in{i}.npy"
            np.save(path, x.detach().numpy())
            command += ["--input", str(path)]
        else:
            command += ["--input", repr(x)]
    result = subprocess.run([*command, "--json", "--full"], capture_output=True, text=True, timeout=timeout)
    if result.returncode != 0:
        raise FaculaError((result.stdout[-4000:] + result.stderr[-4000:]) or f"exit status {result.returncode}")
    return flatten(json.loads(result.stdout))


def flatten(j):
    if isinstance(j, dict) and "shape" in j and "dtype" in j:
        return [np.array(j["data"], dtype=float).reshape(j["shape"])]
    if isinstance(j, dict):
        return [a for key in sorted(j) for a in flatten(j[key])]
    if isinstance(j, list):
        return [a for v in j for a in flatten(v)]
    return [np.array(float(j) if isinstance(j, (int, float)) else np.nan)]


def flatten_torch(v):
    if isinstance(v, torch.Tensor):
        return [v.detach().double().numpy()]
    if isinstance(v, dict):
        return [a for key in sorted(v, key=str) for a in flatten_torch(v[key])]
    if isinstance(v, (list, tuple)):
        return [a for x in v for a in flatten_torch(x)]
    return [np.array(np.nan if v is None else float(v))]
