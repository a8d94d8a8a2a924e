"""Compile times of facula.script beside torch.jit.script: minimum and median of each, and the ratio of the minima.

    PYTHONPATH=build/release/python .venv/bin/python bench/compile_times.py [--rounds 5] [--only REGEX]

Each compile runs in a process of its own, since both compilers remember types and functions; the two take turns. A small function
is compiled first, so that what is set up once does not count. ResNet34 and DeepLabV3 need torchvision (how it is imported
where its operators do not fit torch: tests/oracle/models_table.py).
"""
import argparse
import pathlib
import re
import statistics
import subprocess
import sys
import time
import warnings

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/oracle"))


def blocks(n):
    """n copies of one block: their type is compiled once."""
    from torch import nn
    return nn.Sequential(*[nn.Sequential(nn.Conv2d(3, 3, 3), nn.BatchNorm2d(3), nn.ReLU()) for _ in range(n)])


def transformer():
    from torch import nn
    return nn.TransformerEncoder(nn.TransformerEncoderLayer(64, 4, 128), 4, enable_nested_tensor=False)


def of_torchvision(name):
    import models_table
    return models_table.build("tv", name, "64")[0]


def long_program(lines):
    """A function of about `lines` lines, in a file of its own, since both compilers read the source."""
    import importlib.util
    import tempfile
    body = "".join(f"    a{i} = x * {i}.5 + {i}\n    if n > {i}:\n        x = x - a{i}\n" for i in range(lines // 3))
    text = "from torch import Tensor\n\ndef program(x: Tensor, n: int) -> Tensor:\n" + body + "    return x\n"
    long_program.folder = tempfile.TemporaryDirectory()
    path = pathlib.Path(long_program.folder.name) / "long_program.py"
    path.write_text(text)
    spec = importlib.util.spec_from_file_location("long_program", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.program


PROGRAMS = {
    "ResNet34": lambda: of_torchvision("resnet34"),
    "DeepLabV3 (ResNet50)": lambda: of_torchvision("deeplabv3_resnet50"),
    "1,000 lines": lambda: long_program(1000),
    "30 equal blocks": lambda: blocks(30),
    "1,000 equal blocks": lambda: blocks(1000),
    "transformer encoder": transformer,
}


def small(x):
    return x + 1


def one(compiler, name):
    """In the child: seconds of one compile."""
    warnings.simplefilter("ignore")
    if compiler == "facula":
        from facula import script
    else:
        from torch.jit import script
    subject = PROGRAMS[name]()
    script(small)
    begin = time.perf_counter()
    script(subject)
    print(time.perf_counter() - begin)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        return one(*options.one)
    print("| program | Facula, ms | PyTorch, ms | ratio |\n|---|---|---|---|", flush=True)
    for name in PROGRAMS:
        if not re.search(options.only, name):
            continue
        times = {"facula": [], "torch": []}
        for _ in range(options.rounds):
            for compiler, seen in times.items():
                done = subprocess.run([sys.executable, __file__, "--one", compiler, name], capture_output=True, text=True, check=True)
                seen.append(float(done.stdout.split()[-1]) * 1e3)
        columns = [f"{min(t):.1f} ({statistics.median(t):.1f})" for t in times.values()]
        print(f"| {name} | {columns[0]} | {columns[1]} | {min(times['facula']) / min(times['torch']):.2f} |", flush=True)
    return None


if __name__ == "__main__":
    main()
