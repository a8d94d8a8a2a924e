#!/usr/bin/env python3
"""Runs fixtures of torch's OpInfo database: per operator and dtype an archive with one method a sample.

usage: opinfo.py ARCHIVE_RUNNER FIXTURES [NAME_REGEX] [-v]
FIXTURES is a folder with <...>/<op>/<dtype>/{m.pt, data.npz, spec.json}: inputs tN.iK and expected outputs tN.oK.
Every sample runs planned and operator by operator; both results are compared.
"""
import json
import math
import re
import struct
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "ops"))
import compare  # noqa: E402  (the wire format)
import torch  # noqa: E402

# PyTorch's own test tolerances.
TOLERANCE = {torch.float16: (1e-3, 1e-3), torch.float32: (1.3e-5, 1e-5), torch.float64: (1e-7, 1e-7),
             torch.complex64: (1.3e-5, 1e-5), torch.complex128: (1e-7, 1e-7)}


class Sample:
    def __init__(self, folder, spec, sample, data):
        self.name = f"{folder.parent.name}/{folder.name}/{sample['method']}"
        self.archive, self.method, self.expr = folder / "m.pt", sample["method"], sample["expr"]
        self.inputs = [torch.from_numpy(data[f"{self.method}.i{k}"]) for k in range(len(sample["inputs"]))]
        self.outputs = {int(k.split(".o")[1]): torch.from_numpy(data[k]) for k in data if k.startswith(self.method + ".o")}
        self.structure, self.check = sample["output"], sample["check"]

    def body(self):
        archive, method = str(self.archive).encode(), self.method.encode()
        head = struct.pack("<I", len(archive)) + archive + struct.pack("<I", len(method)) + method
        return head + struct.pack("<I", len(self.inputs)) + b"".join(compare.put(x, "Tensor") for x in self.inputs)


def load(root, pattern):
    for spec_file in sorted(Path(root).rglob("spec.json")):
        spec = json.loads(spec_file.read_text())
        folder = spec_file.parent
        if not pattern.search(f"{folder.parent.name}/{folder.name}"):
            continue
        data = np.load(folder / "data.npz")
        for sample in spec["samples"]:
            yield Sample(folder, spec, sample, data)


def tensor_difference(got, want, values):
    t = got.tensor
    if t.dtype != want.dtype:
        return f"dtype {t.dtype}, expected {want.dtype}"
    if t.shape != want.shape:
        return f"sizes {list(t.shape)}, expected {list(want.shape)}"
    if not values or want.numel() == 0:
        return None
    if want.dtype in TOLERANCE:
        rtol, atol = TOLERANCE[want.dtype]
        wide = torch.complex128 if want.dtype.is_complex else torch.float64
        ok = torch.allclose(t.to(wide), want.to(wide), rtol, atol, equal_nan=True)
    else:
        ok = torch.equal(t, want)
    return None if ok else f"values {t.flatten()[:8].tolist()}, expected {want.flatten()[:8].tolist()}"


def difference(got, structure, outputs, values):
    """None, or what differs from the expected structure."""
    kind, what = next(iter(structure.items()))
    if kind == "t":
        if not isinstance(got, compare.Got):
            return f"expected a tensor, got {got!r}"
        return tensor_difference(got, outputs[what], values)
    if kind in ("l", "tup"):
        if not isinstance(got, list) or len(got) != len(what):
            return f"{got!r:.80}, expected {len(what)} elements"
        return next((d for g, w in zip(got, what) if (d := difference(g, w, outputs, values))), None)
    if kind == "c":
        what = complex(*what)
    if isinstance(what, str) and isinstance(got, int):  # a dtype
        what = compare.NUMBER.get(getattr(torch, what.removeprefix("torch."), None))
    if not values:
        return None
    if isinstance(what, (float, complex)) or isinstance(got, float):
        what = complex(what) if isinstance(what, complex) else float(what)
        same = got == what or (isinstance(what, float) and math.isnan(what) and math.isnan(got)) or abs(got - what) <= 1e-5 + 1.3e-5 * abs(what)
    else:
        same = got == what
    return None if same else f"{got!r}, expected {what!r}"


def run(runner, samples):
    """Results of archive_runner for all samples; None where it crashed."""
    return compare.run_bodies(runner, [s.body() for s in samples])


def judge(sample, raw):
    if raw is None:
        return "CRASH"
    r = compare.Reader(raw)
    for way in ("", "planned: "):
        if r.get("B"):
            return f"{way}error: {r.text()}"
        problem = difference(r.value(), sample.structure, sample.outputs, sample.check == "value")
        if problem:
            return way + problem
    return None


def main():
    verbose = "-v" in sys.argv
    arguments = [a for a in sys.argv[1:] if a != "-v"]
    runner, root, pattern = arguments[0], arguments[1], re.compile(arguments[2] if len(arguments) > 2 else "")
    samples = list(load(root, pattern))
    failures = {}
    for sample, raw in zip(samples, run(runner, samples)):
        problem = judge(sample, raw)
        if problem:
            failures.setdefault(sample.name.rsplit("/", 1)[0], []).append((sample, problem))
    for name, found in sorted(failures.items()):
        print(f"{name}: {len(found)} failing")
        for sample, problem in found if verbose else found[:2]:
            print(f"    {sample.expr[:120]} {[list(x.shape) for x in sample.inputs]}: {problem[:300]}")
    bad = sum(map(len, failures.values()))
    print(f"{len(samples)} samples, {bad} failures in {len(failures)} entries")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
