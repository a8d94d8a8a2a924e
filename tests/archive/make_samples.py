"""Makes the sample archives in tests/archive/data with PyTorch (run by hand; the results are committed).

  python tests/archive/make_samples.py            # needs torch; files stay below 20 kB each
"""
import collections
import os
import sys
import tempfile
import zipfile
from enum import Enum
from typing import Dict, List, NamedTuple, Optional, Tuple

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import neutral_paths  # noqa: E402  (no build machine's paths in what is kept)

import torch  # noqa: E402

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data")


class Color(Enum):
    RED = 1
    BLUE = 2


class Point(NamedTuple):
    x: int
    y: float


class Painted(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.color = Color.BLUE

    def forward(self, x):
        return x + 1 if self.color == Color.BLUE else x


def n_items(xs: List[int]) -> int:
    return len(xs)


class Inner(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = torch.nn.Linear(3, 2)
        with torch.no_grad():
            self.linear.weight.copy_(torch.arange(6.0).reshape(2, 3))
            self.linear.bias.copy_(torch.tensor([0.5, -0.5]))

    def forward(self, x):
        return self.linear(x)


class Sample(torch.nn.Module):
    strings: List[str]
    table: Dict[str, List[int]]
    nothing: Optional[int]

    def __init__(self):
        super().__init__()
        self.inner = Inner()
        base = torch.arange(12, dtype=torch.int64)
        self.register_buffer("whole", base)
        self.register_buffer("view", base.reshape(3, 4).t()[1:])  # shares storage with `whole`, transposed
        self.register_buffer("spread", torch.ones(1).expand(4))
        self.register_buffer("scalar", torch.tensor(2.5, dtype=torch.float64))
        self.register_buffer("empty", torch.empty(0, 3))
        self.ints = [1, 2, 300, -70000, 1 << 40]
        self.floats = [0.5, -1e300]
        self.bools = [True, False]
        self.tensors = [base]
        self.strings = ["a", "ä", ""]
        self.table = {"one": [1], "none": []}
        self.pair = (1, "two")
        self.point = Point(3, 4.5)
        self.z = 1 - 2j
        self.device = torch.device("cpu")
        self.nothing = None

    def forward(self, x):
        if n_items(self.ints) > 2:
            x = x + torch.tensor([1.0, 2.0, 3.0])
        y: Tuple[int, str] = self.pair
        n = self.nothing
        if n is not None:
            x = x + n
        return self.inner(x) + y[0] + len(self.strings) + self.point[0] + len(self.table)


class DTypes(torch.nn.Module):
    def __init__(self):
        super().__init__()
        for name in ("uint8 int8 int16 int32 int64 float16 float32 float64 bfloat16 bool complex32 complex64 "
                     "complex128").split():
            v = torch.tensor([0.0, 1.0, 2.0, 100.0])
            self.register_buffer("t_" + name, v.to(torch.complex64).to(getattr(torch, name))
                                 if name.startswith("complex") else v.to(getattr(torch, name)))

    def forward(self, x):
        return x


class State(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.n = 7

    @torch.jit.export
    def __getstate__(self):
        return ([self.n, 1], {"k": 2.0}, self.training)

    @torch.jit.export
    def __setstate__(self, state: Tuple[List[int], Dict[str, float], bool]):
        self.n = state[0][0]
        self.training = state[2]

    def forward(self, x):
        return x + self.n


ITEM = {"uint8": 1, "int8": 1, "int16": 2, "int32": 4, "int64": 8, "float16": 2, "float32": 4, "float64": 8,
        "bfloat16": 2, "bool": 1, "complex32": 2, "complex64": 4, "complex128": 8}


def rewrite(src, dst, change, **how):
    """Copies a zip member by member; change(name, data) -> data."""
    with zipfile.ZipFile(src) as a, zipfile.ZipFile(dst, "w", **how) as b:
        for i in a.infolist():
            b.writestr(zipfile.ZipInfo(i.filename), change(i.filename, a.read(i)), compress_type=b.compression)


def path(name):
    return os.path.join(OUT, name)


def main():
    os.makedirs(OUT, exist_ok=True)
    sample = torch.jit.script(Sample())
    sample.save(path("sample.pt"), _extra_files={"notes/hello.txt": "hello, facula"})
    torch.jit.script(DTypes()).save(path("dtypes.pt"))
    torch.jit.script(State()).save(path("state.pt"))
    torch.jit.script(Painted()).save(path("enum.pt"))

    # The same in big-endian order: each storage belongs to the dtype of the buffer with its number.
    sizes = [ITEM[n] for n in ITEM]

    def swap(name, data):
        folder, _, key = name.rpartition("/")
        if name.endswith("/byteorder"):
            return b"big"
        if folder.endswith("/data") and key.isdigit():
            n = sizes[int(key)]
            return b"".join(data[i:i + n][::-1] for i in range(0, len(data), n))
        return data
    rewrite(path("dtypes.pt"), path("dtypes_big_endian.pt"), swap)

    # Deflated, with bytes before the first member and a comment behind the last.
    with open(path("deflated.pt"), "wb") as f:
        f.write(b"#!/bin/sh\nexit 1\n")
        with zipfile.ZipFile(path("sample.pt")) as a, zipfile.ZipFile(f, "a", zipfile.ZIP_DEFLATED) as b:
            b.comment = b"PK comment"
            for i in a.infolist():
                b.writestr(zipfile.ZipInfo(i.filename), a.read(i), compress_type=zipfile.ZIP_DEFLATED)
    # Not aligned, every member with zip64 fields.
    with zipfile.ZipFile(path("sample.pt")) as a, zipfile.ZipFile(path("zip64.pt"), "w") as b:
        for i in a.infolist():
            with b.open(zipfile.ZipInfo(i.filename), "w", force_zip64=True) as f:
                f.write(a.read(i))

    base = torch.arange(6.0)
    saved = collections.OrderedDict(
        weight=torch.nn.Parameter(base.reshape(2, 3)), view=base[1::2], half=torch.ones(2, dtype=torch.float16),
        conj=torch.tensor([1 + 2j]).conj(), dtype=torch.int64, device=torch.device("cpu"), size=torch.Size([2, 3]),
        nested={"step": 3, "lr": 0.5, "names": ["a", ("b", None, True)], 7: -1})
    torch.save(saved, path("saved.pth"))
    torch.save(saved, path("saved_legacy.pth"), _use_new_zipfile_serialization=False)
    torch.save(saved, path("saved_protocol4.pth"), pickle_protocol=4)
    torch.save(saved, path("saved_legacy_protocol4.pth"), _use_new_zipfile_serialization=False, pickle_protocol=4)
    torch.save(torch.nn.Linear(1, 1), path("pickled_module.pth"))
    torch.save({"q": torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.qint8)}, path("quantized.pth"))
    torch.serialization.set_crc32_options(False)
    torch.save({"a": torch.ones(2)}, path("no_crc.pth"))
    torch.serialization.set_crc32_options(True)

    class Add(torch.nn.Module):
        def forward(self, x):
            return x + 1
    with tempfile.TemporaryDirectory() as folder:
        made = os.path.join(folder, "exported.pt2")
        torch.export.save(torch.export.export(Add(), (torch.ones(2),)), made)
        root = str(neutral_paths.ROOT) + "/"
        rewrite(made, path("exported.pt2"), lambda name, data: data.replace(root.encode(), b"") if name.endswith(".json") else data)
    for f in sorted(os.listdir(OUT)):
        size = os.path.getsize(path(f))
        assert size < 20000, (f, size)
        print(size, f)


if __name__ == "__main__":
    main()
