"""What each operator takes and gives, observed: writes docs/ops_facts.tsv, from which `./dev docs` makes docs/ops.md.

    .venv/bin/python tools/ops_facts.py [OP_RUNNER]

Runs the samples of every row (and of tests/ops/more_samples.txt) in Facula alone, in every dtype, and on tensors of other
ranks, and notes the sizes of results, the dtypes taken and the messages of what is refused. torch only builds the arguments.
"""
import collections
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests/ops"))
os.environ.setdefault("COMPARE_STDERR", "1")
import compare  # noqa: E402
import torch  # noqa: E402

DTYPES = [torch.float32, *compare.VARIANT_DTYPES, torch.complex128, torch.int8, torch.int16]
SHORT = {"float32": "f32", "float64": "f64", "float16": "f16", "bfloat16": "bf16", "int64": "i64", "int32": "i32", "int16": "i16",
         "int8": "i8", "uint8": "u8", "bool": "bool", "complex64": "c64", "complex128": "c128", "complex32": "c32"}
MOST_MESSAGES = 3


def short(dtype):
    return SHORT[str(dtype).removeprefix("torch.")]


def shape(value):
    """How the page writes an argument or a result: sizes of tensors, other values as they are."""
    if isinstance(value, compare.Got):
        value = value.tensor
    if isinstance(value, torch.Tensor):
        return "[" + ",".join(map(str, value.shape)) + "]"
    if isinstance(value, (list, tuple)):
        return "(" + ", ".join(map(shape, value)) + ")" if any(isinstance(v, (torch.Tensor, compare.Got)) for v in value) else str(list(value))
    return str(value).removeprefix("torch.")


def dtypes_of(value):
    if isinstance(value, compare.Got):
        return [short(value.tensor.dtype)]
    if isinstance(value, list):
        return [d for v in value for d in dtypes_of(v)]
    return []


def other_ranks(values):
    """Arguments of which one tensor has a rank that few operators take."""
    yield [compare.map_tensors(v, lambda t: torch.zeros((), dtype=t.dtype)) for v in values]
    yield [compare.map_tensors(v, lambda t: t.reshape(t.shape + (1,) * (9 - t.dim()))) for v in values]
    for i, v in enumerate(values):
        if isinstance(v, torch.Tensor) and v.dim() > 0:
            yield values[:i] + [torch.cat([v, v], 0)] + values[i + 1:]


def cases_of(line, schemas, more):
    text, base, _, *samples = line.split("\t")
    schema = schemas.get(text)
    if base or schema is None:
        return
    samples = samples + more.get(text.split("(")[0].rstrip("."), [])
    if not samples and not re.search("empty|data|seed|_version|prim::", schema.name):
        automatic = compare.automatic_sample(schema)
        samples = [automatic, re.sub(r"randn\([0-9,]*\)", "tensor(2.)", automatic)] if automatic else []
    for number, sample in enumerate(samples):
        try:
            arguments, keywords = compare.sample_arguments(sample)
            values = compare.bind(schema, arguments, keywords)
        except Exception:  # compare.py reports bad samples
            continue
        floats = []
        for v in values:
            compare.map_tensors(v, lambda t: floats.append(t.dtype == torch.float32) or t)
        yield schema, "shape", number, values
        for d in DTYPES if any(floats) else []:
            yield schema, d, number, [compare.map_tensors(v, compare.to_dtype(d)) for v in values]
        for other in other_ranks(values):
            yield schema, "rank", number, other


def clean(message):
    first = next((m for m in message.split("\n") if m.strip()), "")
    return re.sub(r"\s+", " ", first).strip()[:160]


class Facts:
    def __init__(self):
        self.shapes, self.dtypes, self.refused, self.messages = [], {}, set(), collections.Counter()

    def line(self):
        same = [d for d, out in self.dtypes.items() if set(out) <= {d}]
        rules = [f"{d}→{','.join(dict.fromkeys(out))}" for d, out in self.dtypes.items() if d not in same]
        messages = [m for m, _ in self.messages.most_common(MOST_MESSAGES)]
        refused = sorted(self.refused - set(self.dtypes)) if self.dtypes else []  # else it was the sample that did not fit
        return ["; ".join(self.shapes), " ".join(same + rules), " ".join(refused), " ¦ ".join(messages)]


def main():
    runner = sys.argv[1] if len(sys.argv) > 1 else str(ROOT / "build/release/tests/op_runner")
    listing = subprocess.run([runner, "--list"], capture_output=True, text=True, check=True).stdout.splitlines()
    schemas = {str(s): s for s in torch._C._jit_get_all_schemas()}
    more, cases, kept = compare.more_samples(), [], []
    for line in listing:
        cases += cases_of(line, schemas, more)
    for schema, what, number, values in cases:
        try:
            for v, a in zip(values, schema.arguments):
                compare.put(v, a)
            kept.append((schema, what, number, values))
        except Exception:  # a dtype or value that the wire does not carry
            pass
    facts = collections.defaultdict(Facts)
    raws = compare.run(runner, [compare.Case(s, "", "", v, None, None, None) for s, _, _, v in kept])
    for (schema, what, number, values), raw in zip(kept, raws):
        known = facts[f"{schema.name}.{schema.overload_name}".rstrip(".")]
        if raw is None:
            continue
        reader = compare.Reader(raw)
        if reader.get("B"):
            message = clean(reader.text())
            if what == "rank" or isinstance(what, torch.dtype):
                known.messages[message] += 1
            if isinstance(what, torch.dtype):
                known.refused.add(short(what))
            continue
        results = [reader.value() for _ in range(reader.get("I"))]
        if what == "shape" and number < 2:
            shown = ", ".join(shape(v) for v, a in zip(values, schema.arguments) if v is not None)
            known.shapes.append(f"{shown} → {', '.join(map(shape, results)) or '()'}")
        elif isinstance(what, torch.dtype):
            known.dtypes.setdefault(short(what), []).extend(d for r in results for d in dtypes_of(r))
    lines = ["\t".join([name, *(cell.replace("\t", " ").replace("\n", " ") for cell in facts[name].line())]) for name in sorted(facts)]
    (ROOT / "docs/ops_facts.tsv").write_text("operator\tsizes\tdtypes\trefused\tmessages\n" + "\n".join(lines) + "\n")
    print(f"docs/ops_facts.tsv: {len(lines)} operators")


if __name__ == "__main__":
    main()
