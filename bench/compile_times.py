"""Compile times of facula.script beside torch.jit.script, interleaved in one process: minimum and median of each, and the ratio.

    PYTHONPATH=build/release/python .venv/bin/python bench/compile_times.py [--rounds 5]
"""
import argparse
import statistics
import time
import warnings

import torch
from torch import nn

import facula


def blocks(n):
    """n copies of one block: their type is compiled once."""
    return nn.Sequential(*[nn.Sequential(nn.Conv2d(3, 3, 3), nn.BatchNorm2d(3), nn.ReLU()) for _ in range(n)])


def transformer():
    return nn.TransformerEncoder(nn.TransformerEncoderLayer(64, 4, 128), 4, enable_nested_tensor=False)


def long_program(lines):
    """A function of about `lines` lines, in a file of its own, since both compilers read the source."""
    import importlib.util
    import os
    import tempfile

    body = "".join(f"    a{i} = x * {i}.5 + {i}\n    if n > {i}:\n        x = x - a{i}\n" for i in range(lines // 3))
    text = "from torch import Tensor\n\ndef program(x: Tensor, n: int) -> Tensor:\n" + body + "    return x\n"
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "long_program.py")
        with open(path, "w") as f:
            f.write(text)
        spec = importlib.util.spec_from_file_location("long_program", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        yield module.program


def seconds(compile_it, make):
    subject = make()
    begin = time.perf_counter()
    compile_it(subject)
    return time.perf_counter() - begin


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    warnings.simplefilter("ignore")
    program = long_program(1000)
    function = next(program)

    def fresh():  # both compilers remember functions
        import types
        copy = types.FunctionType(function.__code__, function.__globals__, function.__name__, function.__defaults__)
        copy.__annotations__ = dict(function.__annotations__)
        copy.__module__ = function.__module__
        return copy
    print(f"{'program':24} {'facula ms':>18} {'torch ms':>18} {'ratio':>6}   (minimum / median)")
    for name, make in (("30 equal blocks", lambda: blocks(30)), ("1,000 equal blocks", lambda: blocks(1000)),
                       ("transformer encoder", transformer), ("1,000 lines", fresh)):
        ours, theirs = [], []
        for _ in range(rounds):
            ours.append(seconds(facula.script, make) * 1e3)
            theirs.append(seconds(torch.jit.script, make) * 1e3)
        columns = [f"{min(t):8.1f} / {statistics.median(t):7.1f}" for t in (ours, theirs)]
        print(f"{name:24} {columns[0]:>18} {columns[1]:>18} {min(ours) / min(theirs):6.2f}")


if __name__ == "__main__":
    main()
