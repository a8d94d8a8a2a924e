#!/usr/bin/env python3
"""Writes docs/wrong_programs.md: beginners' mistakes, PyTorch's message beside Facula's. Needs PyTorch (`.venv`).

    .venv/bin/python tools/wrong_programs.py [build/release/facula]
"""
import importlib.util
import pathlib
import re
import subprocess
import sys
import tempfile
import warnings

ROOT = pathlib.Path(__file__).resolve().parent.parent
IMPORTS = "import math\nfrom typing import Dict, List, Optional\n\nimport torch\nimport torch.nn.functional as F\nfrom torch import Tensor\n\n\n"
PROGRAMS = [
    ("A number for a parameter without type", "def scale(x, n):\n    return x * n\n\n\ndef f(x: Tensor):\n    return scale(x, 3)\n"),
    ("None first, a tensor later", "def f(c: bool, t: Tensor):\n    x = None\n    if c:\n        x = t\n    return x\n"),
    ("An Optional used without a test", "def f(x: Optional[Tensor]):\n    return x + 1\n"),
    ("int in one branch, float in the other", "def f(c: bool):\n    if c:\n        y = 1\n    else:\n        y = 0.5\n    return y\n"),
    ("An empty list of numbers", "def f(n: int):\n    xs = []\n    for i in range(n):\n        xs.append(i * 0.5)\n    return xs\n"),
    ("An empty dict with int keys", "def f(t: Tensor):\n    d = {}\n    d[3] = t\n    return d\n"),
    ("A variable in one branch only", "def f(c: bool):\n    if c:\n        y = 1\n    return y\n"),
    ("A global number", "RATE = 0.5\n\n\ndef f(x: Tensor):\n    return x * RATE\n"),
    ("A misspelt method", "def f(x: Tensor):\n    return x.summ()\n"),
    ("A misspelt variable", "def f(value: Tensor):\n    return valeu + 1\n"),
    ("The wrong argument", "def f(x: Tensor):\n    return torch.cat(x, 0)\n"),
    ("An unknown keyword", "def f(x: Tensor):\n    return x.sum(axes=1)\n"),
    ("A return without annotation that differs", "def f(x: Tensor, c: bool):\n    if c:\n        return x\n    return \"none\"\n"),
    ("A path without return", "def f(x: int) -> int:\n    if x > 0:\n        return 1\n"),
    ("A lambda", "def f(xs: List[int]):\n    double = lambda x: x * 2\n    return [double(x) for x in xs]\n"),
    ("try and except", "def f(d: Dict[str, int]):\n    try:\n        return d[\"a\"]\n    except KeyError:\n        return 0\n"),
    ("The walrus", "def f(xs: List[int]):\n    if (n := len(xs)) > 2:\n        return n\n    return 0\n"),
    ("A comprehension with a condition", "def f(xs: List[int]):\n    return [x for x in xs if x > 0]\n"),
    ("A tuple with a changing index", "def f(i: int):\n    t = (1, \"a\", 2.5)\n    return t[i]\n"),
    ("Formatting a number", "def f(x: float):\n    return f\"{x:.2f}\"\n"),
    ("A set", "def f(xs: List[int]):\n    return len({1, 2, 3})\n"),
]


def pytorch(path):
    import torch

    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            torch.jit.script(module.f)
        except Exception as error:  # noqa: BLE001: whatever it is, it is what the user sees
            text = re.sub(r'File "[^"]*/', 'File "', str(error)).strip()
            return text if len(text) < 1600 else text[:1600].rsplit("\n", 1)[0] + "\n..."
    return "(accepted)"


def facula(program, path, *options):
    done = subprocess.run([program, "check", str(path), *options], capture_output=True, text=True, env={"NO_COLOR": "1"})
    return (done.stderr or done.stdout).replace(str(path.parent) + "/", "").strip(), done.returncode


def main():
    program = sys.argv[1] if len(sys.argv) > 1 else str(ROOT / "build/release/facula")
    lines = ["# Wrong programs", "",
             "Beginners' mistakes as PyTorch 2.13 reports them and as Facula does (`facula check --strict`), and what the everyday",
             "dialect makes of them. Written by `tools/wrong_programs.py` with both engines.", ""]
    with tempfile.TemporaryDirectory() as folder:
        for number, (title, text) in enumerate(PROGRAMS, 1):
            path = pathlib.Path(folder) / f"program{number}.py"
            path.write_text(IMPORTS + text)
            strict, _ = facula(program, path, "--strict")
            everyday, code = facula(program, path)
            lines += [f"## {number}. {title}", "```python", text.rstrip(), "```", "PyTorch:", "```", pytorch(path), "```", "Facula, strict:", "```",
                      strict, "```", "Facula, everyday dialect: " + ("compiles." if code == 0 else "")]
            if code != 0:
                lines += ["```", everyday, "```"]
            lines.append("")
    out = "\n".join(line.rstrip() for line in "\n".join(lines).split("\n"))
    (ROOT / "docs/wrong_programs.md").write_text(out)
    print(f"docs/wrong_programs.md: {len(PROGRAMS)} programs")


if __name__ == "__main__":
    main()
