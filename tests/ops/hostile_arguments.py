#!/usr/bin/env python3
"""Operators with numbers that no sane program passes: none may crash, whatever an archive asks for.

Takes the samples of compare.py and puts extreme values in place of each number, element of an int list and index
tensor in turn, and odd tensors (empty, without dimensions, another dtype) in place of each tensor. What comes out does
not matter here. Best run with a sanitized op_runner (build/asan/tests/op_runner), which sees what does not crash.

usage: hostile_arguments.py OP_RUNNER [NAME_REGEX]      needs: torch (for the samples), 4 GB
"""
import os
import re
import resource
import signal
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

runner, pattern = sys.argv[1], re.compile(sys.argv[2] if len(sys.argv) > 2 else "")
sys.argv = sys.argv[:1]
import torch  # noqa: E402

import compare  # noqa: E402

INTS = [-1, 0, 7, 2**31, 2**32, 2**33 + 1, 2**62, 2**63 - 1, -2**63]
FLOATS = [0.0, -1.0, 2.0**-61, 1e300, float("inf"), float("-inf"), float("nan")]
SECONDS = 6  # a case that takes longer is skipped: time is the caller's to limit
MEMORY = 4 << 30


def replacements(value):
    """Values to try in place of `value`."""
    if isinstance(value, bool) or value is None:
        return
    if isinstance(value, int):
        yield from INTS
    elif isinstance(value, float):
        yield from FLOATS
    elif isinstance(value, (list, tuple)) and value and all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in value):
        for i, v in enumerate(value):
            for other in INTS if isinstance(v, int) else FLOATS:
                yield [*value[:i], other, *value[i + 1:]]
        yield [INTS[5] if isinstance(value[0], int) else 1e300] * len(value)
        yield []
        yield [*value, value[-1]]
    elif isinstance(value, torch.Tensor):
        yield torch.zeros(0, dtype=value.dtype)
        yield torch.ones((), dtype=value.dtype)
        yield torch.ones([1] * value.dim() + [2], dtype=value.dtype)
        yield value[..., :0] if value.dim() else value
        if value.dtype in (torch.int64, torch.int32) and value.numel():
            for other in (-2**31, -1, 2**31 - 1) + ((2**62, -2**63) if value.dtype == torch.int64 else ()):
                changed = value.clone()
                changed.view(-1)[-1] = other
                yield changed
        yield value.to(torch.int64) if value.is_floating_point() else value.to(torch.float32)
    elif isinstance(value, list) and value and isinstance(value[0], torch.Tensor):
        yield []
        yield value[:1]
        yield [*value[:-1], torch.ones(())]


def bodies():
    more = compare.more_samples()
    schemas = {str(s): s for s in torch._C._jit_get_all_schemas()}
    listing = subprocess.run([runner, "--list"], capture_output=True, text=True, check=True).stdout.splitlines()
    for line in listing:
        text, base, _, *samples = line.split("\t")
        schema = schemas.get(text)
        if schema is None or base or not pattern.search(text.split("(")[0]):
            continue
        if not samples:
            samples = [s for s in [compare.automatic_sample(schema)] if s]
        for sample in [*samples, *more.get(text.split("(")[0].rstrip("."), [])]:
            try:
                args, kwargs = compare.sample_arguments(sample)
                bound = compare.bind(schema, args, kwargs)
            except Exception:
                continue
            for i, v in enumerate(bound):
                for other in replacements(v):
                    values = [*bound[:i], other, *bound[i + 1:]]
                    try:
                        yield (text.split("(")[0], schema.arguments[i].name, other), compare.body_of(
                            compare.Case(schema, sample, "", values, None, None, values))
                    except (TypeError, KeyError, struct.error, OverflowError, RuntimeError):
                        pass


def limit():
    if "asan" not in runner:  # its shadow needs terabytes of addresses
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def main():
    cases = list(bodies())
    crashes = slow = 0
    with tempfile.TemporaryDirectory() as folder:
        source, sink = Path(folder) / "cases", Path(folder) / "results"
        source.write_bytes(b"".join(struct.pack("<I", len(b)) + b for _, b in cases))
        first = 0
        while first < len(cases):
            done, why = 0, ""
            sink.write_bytes(b"")
            process = subprocess.Popen([runner, source, sink, str(first)], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, preexec_fn=limit,
                                       env=os.environ | {"ASAN_OPTIONS": "allocator_may_return_null=1:max_allocation_size_mb=2048:detect_leaks=0"})
            size = -1
            while True:  # as long as something comes out
                try:
                    _, said = process.communicate(timeout=SECONDS * (10 if "asan" in runner else 1))  # a report takes its time
                    break
                except subprocess.TimeoutExpired:
                    if sink.stat().st_size == size:
                        process.kill()
                        _, said = process.communicate()
                        why = "slow"
                        break
                    size = sink.stat().st_size
            data, at = sink.read_bytes(), 0
            while at + 4 <= len(data):
                n = struct.unpack_from("<I", data, at)[0]
                if at + 4 + n > len(data):
                    break
                at += 4 + n
                done += 1
            first += done
            if first >= len(cases):
                break
            name, argument, value = cases[first][0]
            value = f"tensor {value.dtype} {list(value.shape)}" if isinstance(value, torch.Tensor) else value
            if why:
                slow += 1
                print(f"slow: {name} {argument}={value}", flush=True)
            else:
                crashes += 1
                code = process.returncode
                said = [x for x in said.decode(errors="replace").splitlines() if re.search("ERROR|runtime error|what", x)][:1]
                print(f"CRASH: {name} {argument}={value}: {signal.Signals(-code).name if code < 0 else code} {said}"[:400], flush=True)
            first += 1
    print(f"{len(cases)} calls, {crashes} crashes, {slow} slow")
    return 1 if crashes else 0


if __name__ == "__main__":
    sys.exit(main())
