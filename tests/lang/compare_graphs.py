"""Holds the programs of tests/lang/compile/*.txt against PyTorch's compiler (the oracle, `pip install torch`).

    python tests/lang/compare_graphs.py [file.txt ...]

A program that PyTorch accepts must have a graph here and the other way round; graphs are compared after renaming values
and writing constants where they are used. Differences are shown, not judged: constant folding, the order of carried
values and calls of `__enter__` are told apart by eye.
"""
import pathlib
import re
import sys

import torch


def cases(path):
    for block in re.split(r"^=== ", path.read_text(), flags=re.M)[1:]:
        title, _, rest = block.partition("\n")
        source, kind, expected = re.split(r"^--- (\w+)\n", rest, maxsplit=1, flags=re.M)
        yield title, source.strip("\n") + "\n", kind, expected


def canonical(graph):
    constants, lines = {}, []
    for line in re.sub(r" # .*", "", graph).splitlines():
        m = re.match(r"\s*%([\w.]+) : .*? = prim::Constant(?:\[value=(.*)\])?\(\)", line)
        if m:
            constants[m[1]] = m[2] or "None"
        else:
            lines.append(line)
    names = {}

    def rename(m):
        return constants.get(m[1]) or names.setdefault(m[1], f"%{len(names)}")

    return re.sub(r"\s+", " ", re.sub(r"%([\w.]+)", rename, "\n".join(lines))).strip()


def main():
    folder = pathlib.Path(__file__).parent / "compile"
    paths = [pathlib.Path(p) for p in sys.argv[1:]] or sorted(folder.glob("*.txt"))
    same = different = 0
    for path in paths:
        for title, source, kind, expected in cases(path):
            try:
                unit = torch.jit.CompilationUnit(source)
                oracle = "".join(str(f.graph) for f in unit.get_functions())
            except RuntimeError as e:
                oracle = None
                message = str(e).strip()
            if (oracle is None) != (kind == "errors"):
                different += 1
                print(f"--- {path.name}: {title}\nPyTorch: {'accepts' if oracle else message}\nFacula:  {kind}\n")
            elif oracle is not None and canonical(oracle) != canonical(expected):
                different += 1
                print(f"--- {path.name}: {title}\nPyTorch: {canonical(oracle)}\nFacula:  {canonical(expected)}\n")
            else:
                same += 1
    print(f"{same} alike, {different} different")


main()
