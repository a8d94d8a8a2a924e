#!/usr/bin/env python3
"""Runs the small modules of other_cpu_modules.py, which reach every kernel, on a CPU that the developer has not.

usage: other_cpu.py RUNNER [--only REGEX] [--seed N] [-v]
RUNNER is build/release/tests/archive_runner, or tools/emulate/runner.sh, which runs that on an emulated CPU. Each case runs operator
by operator, planned, and a second time through the plan that the first call left; the results are compared with PyTorch's.
"""
import argparse
import os
import random
import re
import struct
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "ops"))
import compare  # noqa: E402  (the wire format; makes stderr silent)
import torch  # noqa: E402
from other_cpu_modules import CASES, GROUPS, Text  # noqa: E402


def body(archive, method, inputs):
    def text(s):
        return struct.pack("<I", len(s)) + s.encode()
    values = b"".join(compare.put(x, "Tensor" if isinstance(x, torch.Tensor) else "int") for x in inputs)
    return text(archive) + text(method) + struct.pack("<I", len(inputs)) + values


def flat(v):
    return [x for e in v for x in flat(e)] if isinstance(v, (list, tuple)) else [v]


def difference(got, want, tolerance):
    if not isinstance(want, torch.Tensor):
        return None if compare.same_number(want, got, 1e-9, 1e-9) else f"{got!r}, expected {want!r}"
    if not isinstance(got, compare.Got):
        return f"{got!r}, expected a tensor"
    g = got.tensor
    if g.dtype != want.dtype or g.shape != want.shape:
        return f"{g.dtype} {list(g.shape)}, expected {want.dtype} {list(want.shape)}"
    if not want.is_floating_point() and not want.is_complex():
        return None if torch.equal(g, want) else f"{int((g != want).sum())} of {g.numel()} elements differ: {g.flatten()[:6].tolist()}, expected {want.flatten()[:6].tolist()}"
    wide = torch.complex128 if want.is_complex() else torch.float64
    half = want.dtype in (torch.float16, torch.bfloat16)
    g, w = g.to(wide), want.to(wide)
    if isinstance(tolerance, tuple):
        ok = torch.isclose(g, w, tolerance[1], tolerance[2], equal_nan=True)
    else:
        finite = w[torch.isfinite(w)]
        scale = float(finite.abs().max()) if finite.numel() else 0.0
        ok = torch.isclose(g, w, 0.0, (tolerance if not half else 2e-2) * max(scale, 1e-3), equal_nan=True)
    if bool(ok.all()):
        return None
    bad = (~ok).flatten().nonzero().flatten()
    return f"{len(bad)} of {ok.numel()} elements differ, the first at {bad[0].item()}: {g.flatten()[bad[:4]].tolist()}, expected {w.flatten()[bad[:4]].tolist()}"


def judge(raw, want, tolerance):
    if raw is None:
        return "CRASH"
    r = compare.Reader(raw)
    for way in ("", "planned: "):
        if r.get("B"):
            return f"{way}error: {r.text()[:600]}"
        got = flat(r.value())
        if len(got) != len(want):
            return f"{way}{len(got)} results, expected {len(want)}"
        for i, (g, w) in enumerate(zip(got, want)):
            if problem := difference(g, w, tolerance):
                return f"{way}result {i}: {problem}"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runner", type=Path)
    parser.add_argument("--only", default="", help="cases whose name matches")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tolerance", type=float, help="of all results, relative to their largest (with FACULA_PRECISION)")
    parser.add_argument("-v", action="store_true", help="names every case")
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    for group in GROUPS:
        group(random.Random(args.seed))
    cases = [c for c in CASES if re.search(args.only, c[0])]
    runner = args.runner.resolve()
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        bodies, wanted = [], []
        for n, (name, module, scripted, inputs, _) in enumerate(cases):
            scripted.save(f"{n}.pt")
            with torch.no_grad():
                wanted.append(flat(module(*inputs)))
            bodies += [body(f"{n}.pt", "run" if isinstance(module, Text) else "forward", inputs)] * 2
        answers = compare.run_bodies(runner, bodies)
        os.chdir("/")
    for n, (name, _, _, _, tolerance) in enumerate(cases):
        tolerance = args.tolerance or tolerance
        problem = judge(answers[2 * n], wanted[n], tolerance) or judge(answers[2 * n + 1], wanted[n], tolerance)
        failures += problem is not None
        if problem or args.v:
            print(f"{name}: {problem or 'equal'}")
    print(f"{len(cases)} cases, {failures} differ")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
