#!/usr/bin/env python3
"""Compares operators with PyTorch.

Takes the samples of every operator row from `op_runner --list`, widens them (dtypes, strided and transposed inputs,
in-place and out forms), runs them in PyTorch and in op_runner, and compares values, dtypes, sizes, strides, sharing of
storage, and whether both sides fail.

tests/ops/more_samples.txt has samples beyond those of the rows.

usage: compare.py OP_RUNNER [NAME_REGEX] [-v] [--wide]      needs: torch
--wide adds channels-last, expanded and empty inputs, and those without dimensions.

Longer than most files: samples, wire format and comparison are used together only.
"""
import math
import os
import re
import struct
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import torch

warnings.filterwarnings("ignore")
os.environ.get("COMPARE_STDERR") or os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # warnings of PyTorch's C++ code
torch.set_num_threads(1)
NONE, BOOL, INT, FLOAT, COMPLEX, STR, TENSOR, INTS, FLOATS, BOOLS, TENSORS, LIST, CPU = range(13)
DTYPES = [torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.float16, torch.float32, torch.float64,
          torch.complex32, torch.complex64, torch.complex128, torch.bool, None, None, None, torch.bfloat16]
NUMBER = {d: i for i, d in enumerate(DTYPES) if d is not None}
TOLERANCE = {torch.float16: (4e-3, 1e-3), torch.bfloat16: (3e-2, 1e-2), torch.float32: (5e-5, 1e-5),
             torch.float64: (1e-7, 1e-7), torch.complex64: (5e-5, 1e-5), torch.complex128: (1e-7, 1e-7),
             torch.complex32: (1e-2, 1e-2)}
VARIANT_DTYPES = [torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.uint8, torch.bool,
                  torch.complex64]
RANDOM = 2


# --- samples -> cases ---

def sample_arguments(text):
    torch.manual_seed(7)
    scope = {k: getattr(torch, k) for k in ("randn rand arange tensor ones zeros randint empty full eye linspace "
                                            "complex quantize_per_tensor").split()}
    return eval(f"(lambda *a, **k: (list(a), k))({text})", {"torch": torch, **scope})


def bind(schema, args, kwargs):
    values = []
    for i, a in enumerate(schema.arguments):
        if i < len(args):
            values.append(args[i])
        elif a.name in kwargs:
            values.append(kwargs[a.name])
        elif a.has_default_value():
            values.append(a.default_value)
        else:
            raise TypeError(f"sample lacks argument {a.name}")
    return values


def map_tensors(value, f):
    if isinstance(value, torch.Tensor):
        return f(value)
    if isinstance(value, (list, tuple)) and any(isinstance(v, torch.Tensor) for v in value):
        return [map_tensors(v, f) for v in value]
    return value


def to_dtype(dtype):
    def f(t):
        if t.dtype != torch.float32:
            return t
        if dtype.is_complex or dtype.is_floating_point:
            return t.to(dtype)
        return (t * 3).abs().to(dtype) if dtype == torch.uint8 else (t * 3).to(dtype)
    return f


def transposed(t):
    if t.dim() < 2:
        return t
    return t.transpose(0, -1).contiguous().transpose(0, -1)


def gapped(t):
    if t.dim() < 1:
        return t
    big = torch.zeros([s * 2 for s in t.shape], dtype=t.dtype)
    view = big[tuple(slice(0, None, 2) for _ in t.shape)]
    view.copy_(t)
    return view


def channels_last(t):
    if t.dim() not in (4, 5):
        return t
    return t.to(memory_format=torch.channels_last if t.dim() == 4 else torch.channels_last_3d)


def expanded(t):
    return t[:1].expand(t.shape) if t.dim() > 0 and t.size(0) > 1 else t


def no_rows(t):
    return t[:0] if t.dim() > 0 else t


def no_dims(t):
    return t.flatten()[0].clone() if t.numel() else t


def variants(values, wide):
    yield "base", values
    if wide:
        tensors = []
        map_tensors(values, lambda t: tensors.append(t) or t)
        if any(t.dim() in (4, 5) for t in tensors):
            yield "channels_last", [map_tensors(v, channels_last) for v in values]
        if tensors:
            yield "expanded", [map_tensors(v, expanded) for v in values]
            yield "no_rows", [map_tensors(v, no_rows) for v in values]
            yield "no_dims", [map_tensors(v, no_dims) for v in values]
    floats = []
    map_tensors(values, lambda t: floats.append(t.dtype == torch.float32))
    if any(floats):
        for d in VARIANT_DTYPES:
            yield str(d)[6:], [map_tensors(v, to_dtype(d)) for v in values]
    if floats:
        yield "transposed", [map_tensors(v, transposed) for v in values]
        yield "gapped", [map_tensors(v, gapped) for v in values]


def copy_of(value):
    return map_tensors(value, lambda t: torch.empty(0, dtype=t.dtype).set_(
        t.untyped_storage().clone(), t.storage_offset(), t.size(), t.stride()))


# --- the wire format ---

def raw_bytes(t):
    return torch.empty(0, dtype=torch.uint8).set_(t.untyped_storage()).numpy().tobytes()


def put(value, argument):
    kind = argument if isinstance(argument, str) else str(getattr(argument, "real_type", argument.type))
    kind = kind.replace("SymInt", "int")
    if value is None:
        return bytes([NONE])
    if isinstance(value, torch.Tensor):
        data = raw_bytes(value)
        head = struct.pack("<BbB", TENSOR, NUMBER[value.dtype], value.dim())
        return (head + struct.pack(f"<{2 * value.dim()}q", *value.size(), *value.stride())
                + struct.pack("<qQ", value.storage_offset(), len(data)) + data)
    if isinstance(value, torch.dtype):
        return struct.pack("<Bq", INT, NUMBER[value])
    if isinstance(value, torch.memory_format):
        order = [torch.contiguous_format, torch.preserve_format, torch.channels_last, torch.channels_last_3d]
        return struct.pack("<Bq", INT, order.index(value))
    if isinstance(value, torch.device):
        return bytes([CPU])
    if isinstance(value, bool):
        return struct.pack("<BB", BOOL, value)
    if isinstance(value, int) and "float" not in kind:
        if "List[int]" in kind:  # int[2]: one number stands for all
            n = getattr(argument, "N", None) or 1
            return struct.pack(f"<BI{n}q", INTS, n, *[value] * n)
        return struct.pack("<Bq", INT, value)
    if isinstance(value, (int, float)):
        return struct.pack("<Bd", FLOAT, float(value))
    if isinstance(value, complex):
        return struct.pack("<Bdd", COMPLEX, value.real, value.imag)
    if isinstance(value, str):
        data = value.encode()
        return struct.pack("<BI", STR, len(data)) + data
    if isinstance(value, (list, tuple)):
        if "Tensor" in kind:
            return struct.pack("<BI", TENSORS, len(value)) + b"".join(put(v, "Tensor") for v in value)
        if "float" in kind or ("number" in kind and any(isinstance(v, float) for v in value)):
            return struct.pack(f"<BI{len(value)}d", FLOATS, len(value), *value)
        if "bool" in kind:
            return struct.pack(f"<BI{len(value)}B", BOOLS, len(value), *value)
        return struct.pack(f"<BI{len(value)}q", INTS, len(value), *value)
    raise TypeError(f"cannot write {value!r}")


class Got:
    """A tensor that op_runner returned."""

    def __init__(self, tensor, strides, shares, is_argument):
        self.tensor, self.strides, self.shares, self.is_argument = tensor, strides, shares, is_argument


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def get(self, fmt):
        values = struct.unpack_from("<" + fmt, self.data, self.at)
        self.at += struct.calcsize("<" + fmt)
        return values[0] if len(values) == 1 else values

    def text(self):
        n = self.get("I")
        self.at += n
        return self.data[self.at - n:self.at].decode(errors="replace")

    def value(self):
        kind = self.get("B")
        if kind == BOOL:
            return bool(self.get("B"))
        if kind == INT:
            return self.get("q")
        if kind == FLOAT:
            return self.get("d")
        if kind == COMPLEX:
            return complex(*self.get("dd"))
        if kind == STR:
            return self.text()
        if kind == LIST:
            return [self.value() for _ in range(self.get("I"))]
        if kind == CPU:
            return torch.device("cpu")
        if kind != TENSOR:
            return None
        dtype, rank = DTYPES[self.get("b")], self.get("B")
        dims = [self.get("q") for _ in range(2 * rank)]
        shares, is_argument, n = self.get("i"), self.get("B"), self.get("Q")
        raw = bytearray(self.data[self.at:self.at + n])
        self.at += n
        flat = torch.frombuffer(raw, dtype=dtype) if n else torch.empty(0, dtype=dtype)
        return Got(flat.reshape(dims[:rank]), dims[rank:], shares, bool(is_argument))


# --- comparing ---

def same_number(a, b, rtol=1e-6, atol=1e-7):
    if isinstance(a, complex) or isinstance(b, complex):
        a, b = complex(a), complex(b)
        return same_number(a.real, b.real) and same_number(a.imag, b.imag)
    if isinstance(a, float) and math.isnan(a):
        return isinstance(b, float) and math.isnan(b)
    return a == b or abs(a - b) <= atol + rtol * abs(a)


def difference(want, got, arguments, strides_matter=True):
    """None, or what differs."""
    if isinstance(want, torch.Tensor):
        if not isinstance(got, Got):
            return f"expected a tensor, got {got!r}"
        t = got.tensor
        if t.dtype != want.dtype:
            return f"dtype {t.dtype}, expected {want.dtype}"
        if list(t.shape) != list(want.shape):
            return f"sizes {list(t.shape)}, expected {list(want.shape)}"
        if want.numel() == 0:
            return None
        w = want.detach().resolve_conj().resolve_neg()
        if want.dtype in TOLERANCE:
            rtol, atol = TOLERANCE[want.dtype]
            wide = torch.complex128 if want.dtype.is_complex else torch.float64
            ok = torch.allclose(t.to(wide), w.to(wide), rtol, atol, equal_nan=True)
        else:
            ok = torch.equal(t, w)
        if not ok:
            return f"values {t.flatten()[:8].tolist()}, expected {w.flatten()[:8].tolist()}"
        shares = -1
        for i, a in enumerate(arguments):
            a = a[0] if isinstance(a, (list, tuple)) and a and isinstance(a[0], torch.Tensor) else a
            if isinstance(a, torch.Tensor) and a.numel() and \
                    a.untyped_storage().data_ptr() == want.untyped_storage().data_ptr():
                shares = i
                break
        if shares != got.shares and not (shares >= 0 and got.shares >= 0):
            return f"shares storage with argument {got.shares}, expected {shares}"
        if strides_matter:
            for s, x, y in zip(want.shape, got.strides, want.stride()):
                if s > 1 and x != y:
                    return f"strides {got.strides}, expected {list(want.stride())}"
        return None
    if isinstance(want, (list, tuple)):
        if not isinstance(got, list) or len(got) != len(want):
            return f"{len(got) if isinstance(got, list) else got!r} elements, expected {len(want)}"
        for w, g in zip(want, got):
            d = difference(w, g, arguments, strides_matter)
            if d:
                return d
        return None
    if isinstance(want, torch.dtype):
        return None if got == NUMBER[want] else f"{got}, expected {want}"
    if isinstance(want, torch.layout):
        return None
    if isinstance(want, (bool, int, float, complex)) and not isinstance(got, (Got, str, list, type(None))):
        return None if same_number(want, got) and isinstance(want, bool) == isinstance(got, bool) else \
            f"{got!r}, expected {want!r}"
    return None if want == got else f"{got!r}, expected {want!r}"


class Case:
    def __init__(self, schema, sample, variant, values, result, error, after):
        self.schema, self.sample, self.variant = schema, sample, variant
        self.values, self.result, self.error, self.after = values, result, error, after


def torch_call(schema, values):
    packet = getattr(getattr(torch.ops, schema.name.split("::")[0]), schema.name.split("::")[1])
    overload = getattr(packet, schema.overload_name or "default")
    positional = [v for v, a in zip(values, schema.arguments) if not a.kwarg_only]
    keywords = {a.name: v for v, a in zip(values, schema.arguments) if a.kwarg_only}
    return overload(*positional, **keywords)


def kills_pytorch(schema, values):
    """Whether PyTorch itself dies on this call (a division by zero, a read out of bounds): tried in a child process."""
    child = os.fork()
    if child == 0:
        try:
            torch_call(schema, values)
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def make_case(schema, sample, variant, values, random):
    values = [copy_of(v) for v in values]
    if variant in ("no_rows", "no_dims") and kills_pytorch(schema, values):
        return None
    given = [copy_of(v) for v in values]
    torch.manual_seed(0)
    result = error = None
    try:
        with torch.no_grad():
            result = torch_call(schema, values)
    except Exception as e:  # any failure of PyTorch is the expected outcome
        error = str(e).split("\n")[0]
        if re.search("UntypedStorage|not supported for schema|Expected a value of type", error):
            return None
    del random
    return Case(schema, sample, variant, given, result, error, values)


def more_samples():
    """Samples of more_samples.txt by "aten::name.overload"."""
    found = {}
    for line in (Path(__file__).parent / "more_samples.txt").read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            name, _, sample = line.partition(": ")
            found.setdefault("aten::" + name, []).append(sample)
    return found


def automatic_sample(schema):
    """Plain arguments for an operator without samples; None where a type has no obvious value."""
    plain = {"Tensor": ["randn(2,3)", "randn(3)", "randn(3)"], "number": ["2", "1", "1"], "int": ["1", "2", "1"], "float": ["0.5"] * 3, "bool": ["False"] * 3}
    used, words = {}, []
    for a in schema.arguments:
        kind = str(getattr(a, "real_type", a.type)).replace("SymInt", "int")
        if a.has_default_value():
            continue
        if kind not in plain or used.get(kind, 0) > 2 or a.kwarg_only:
            return None
        words.append(plain[kind][used.get(kind, 0)])
        used[kind] = used.get(kind, 0) + 1
    return ", ".join(words) or None


def cases_of(line, schemas, more, wide):
    text, base_text, traits, *samples = line.split("\t")
    schema = schemas.get(text)
    samples += more.get((base_text or text).split("(")[0].rstrip("."), [])
    if base_text:
        samples += more.get(text.split("(")[0], [])
    if schema is not None and not samples and not re.search("empty|data|seed|_version|prim::", schema.name):
        automatic = automatic_sample(schemas.get(base_text) if base_text else schema)
        samples += [automatic] if automatic else []
    if schema is None or not samples:
        return
    base = schemas.get(base_text) if base_text else schema
    derived_out = bool(base_text) and schema.arguments[-1].name == "out"
    for sample in samples:
        try:
            args, kwargs = sample_arguments(sample)
            bound = bind(base, args, kwargs)
        except Exception as e:
            print("BAD SAMPLE", text, sample, e)
            continue
        for variant, values in variants(bound, wide):
            if derived_out:
                try:
                    with torch.no_grad():
                        expected = torch_call(base, [copy_of(v) for v in values])
                except Exception:
                    continue
                if variant in ("base", "float64"):
                    for name, shape in (("out", expected.shape), ("out empty", (0,))):
                        out = torch.zeros(shape, dtype=expected.dtype)
                        case = make_case(schema, sample, f"{variant} {name}", values + [out], int(traits) & RANDOM)
                        if case:
                            yield case
                continue
            case = make_case(schema, sample, variant, values, int(traits) & RANDOM)
            if case:
                yield case


def run_bodies(runner, bodies):
    """What a runner answers to each body of the wire format (wire.h); None where it crashed: it goes on behind that one."""
    with tempfile.TemporaryDirectory() as folder:
        source, sink = Path(folder) / "cases", Path(folder) / "results"
        with open(source, "wb") as f:
            for body in bodies:
                f.write(struct.pack("<I", len(body)) + body)
        results, first = [], 0
        while len(results) < len(bodies):
            sink.write_bytes(b"")
            subprocess.run([runner, source, sink, str(first)], stderr=subprocess.DEVNULL)
            data, at = sink.read_bytes(), 0
            while at + 4 <= len(data):
                n = struct.unpack_from("<I", data, at)[0]
                results.append(data[at + 4:at + 4 + n])
                at += 4 + n
            if len(results) < len(bodies):
                results.append(None)
            first = len(results)
        return results


def body_of(case):
    name, overload = case.schema.name.encode(), case.schema.overload_name.encode()
    head = struct.pack("<I", len(name)) + name + struct.pack("<I", len(overload)) + overload
    return head + struct.pack("<I", len(case.values)) + b"".join(put(v, a) for v, a in zip(case.values, case.schema.arguments))


def run(runner, cases):
    """Results of op_runner for all cases; None where it crashed."""
    return run_bodies(runner, [body_of(c) for c in cases])


def judge(case, raw):
    if raw is None:
        return "CRASH"
    r = Reader(raw)
    status = r.get("B")
    if status:
        message = r.text()
        return None if case.error else f"error: {message}"
    if case.error:
        # Facula may take dtypes that PyTorch has no kernel for.
        if re.search("not implemented for|not supported for|INTERNAL ASSERT FAILED", case.error):
            return None
        return f"no error, expected: {case.error[:150]}"
    got = [r.value() for _ in range(r.get("I"))]
    returns = case.schema.returns
    want = [case.result] if len(returns) == 1 else [] if not returns else list(case.result)
    return difference(want, got, case.after, strides_matter=not case.variant.endswith("out empty"))


def read_known(path):
    """Lines `name [variant, ...]: why`: the variants of an operator that may differ; no brackets: all of them."""
    known = {}
    for line in path.read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            name, variants = re.match(r"(\S+?)(?: \[(.*?)\])?: ", line).groups()
            known[name] = variants.split(", ") if variants else []
    return known


def main():
    verbose, wide = "-v" in sys.argv, "--wide" in sys.argv
    more = more_samples()
    known = {}
    if "--known" in sys.argv:  # FILE: operators that are known to differ; others fail the run
        at = sys.argv.index("--known")
        known = read_known(Path(sys.argv[at + 1]))
        del sys.argv[at:at + 2]
    arguments = [a for a in sys.argv[1:] if a not in ("-v", "--wide")]
    runner, pattern = arguments[0], re.compile(arguments[1] if len(arguments) > 1 else "")
    listing = subprocess.run([runner, "--list"], capture_output=True, text=True, check=True).stdout.splitlines()
    schemas = {str(s): s for s in torch._C._jit_get_all_schemas()}
    unknown = [line.split("\t")[0] for line in listing if line.split("\t")[0] not in schemas]
    cases = []
    for line in listing:
        if pattern.search(line.split("(")[0]):
            cases += cases_of(line, schemas, more, wide)
    writable = []
    for c in cases:
        try:
            for v, a in zip(c.values, c.schema.arguments):
                put(v, a)
            writable.append(c)
        except (TypeError, KeyError, struct.error):
            pass
    failures, accepted, operators = {}, {}, set()
    for case, raw in zip(writable, run(runner, writable)):
        name = f"{case.schema.name}.{case.schema.overload_name}".rstrip(".")
        operators.add(name)
        problem = judge(case, raw)
        if problem:
            expected = known.get(name)
            group = accepted if expected is not None and (not expected or case.variant in expected) else failures
            group.setdefault(name, []).append((case, problem))
    for name, found in sorted(failures.items()):
        print(f"{name}: {len(found)} failing")
        for case, problem in found if verbose else found[:3]:
            print(f"    ({case.sample}) [{case.variant}] {problem[:300]}")
    for text in unknown:
        if not text.startswith(("prim::", "facula::", "torchvision::")):
            print("schema unknown to PyTorch:", text)
    bad, expected = (sum(map(len, group.values())) for group in (failures, accepted))
    print(f"{len(operators)} operators, {len(writable)} cases, {bad} failures in {len(failures)} operators; {expected} known ones in {len(accepted)}")
    for name in sorted(set(known) - set(accepted)):
        if name in operators and not arguments[1:]:
            print(f"no longer different, take it off the list: {name}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
