#!/usr/bin/env python3
"""Facula beside PyTorch, ONNX Runtime and OpenVINO on the same programs, interleaved in one run.

    .venv/bin/pip install torchvision transformers onnx onnxruntime openvino    # as far as wanted; what is absent is left out
    .venv/bin/python bench/peers.py --models resnet34,mobilenet_v2 --threads 1,2
    .venv/bin/python bench/peers.py --models all --results                      # and write it into bench/RESULTS.md

Each engine is a process of its own; the driver goes round them, each turn measures for some milliseconds. Machines are
noisy, so read the ratios (of CPU time and of wall time, minimum and median) and not the milliseconds. Outputs are compared
with eager PyTorch first; an engine with a wrong output gets no time. Weights are random.
"""
import argparse
import datetime
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
CACHE = pathlib.Path(os.environ.get("FACULA_BENCH_CACHE", ROOT / ".cache/bench"))


MODELS = ["resnet34", "resnet50", "mobilenet_v2", "mobilenet_v3_small", "efficientnet_b0", "vit_b_16", "deeplab", "bert", "minilm",
          "lstm", "unet", "chain", "mlp"]


def unet():
    """Two levels down and up again, as image-to-image networks are built."""
    import torch
    from torch import nn

    def block(i, o):
        return nn.Sequential(nn.Conv2d(i, o, 3, padding=1), nn.BatchNorm2d(o), nn.ReLU(), nn.Conv2d(o, o, 3, padding=1), nn.BatchNorm2d(o), nn.ReLU())

    class UNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b, self.c = block(3, 32), block(32, 64), block(64, 128)
            self.up2, self.up1 = nn.ConvTranspose2d(128, 64, 2, 2), nn.ConvTranspose2d(64, 32, 2, 2)
            self.d, self.e, self.last = block(128, 64), block(64, 32), nn.Conv2d(32, 2, 1)
            self.pool = nn.MaxPool2d(2)

        def forward(self, x):
            a = self.a(x)
            b = self.b(self.pool(a))
            c = self.c(self.pool(b))
            d = self.d(torch.cat([self.up2(c), b], 1))
            return self.last(self.e(torch.cat([self.up1(d), a], 1)))
    return UNet()


def chain():
    import torch

    class Chain(torch.nn.Module):
        def forward(self, x):
            y = torch.tanh(x * 0.5 + 0.25)
            return torch.sigmoid(y * x - 1.0) * torch.relu(x + y) + x.abs().sqrt()
    return Chain()


def need_torchvision():
    """Also where its compiled operators do not fit the installed torch; none of them is needed here."""
    sys.path.insert(0, str(ROOT / "tests/oracle"))
    import models_table
    return models_table.import_torchvision()


def model_of(name):
    """(module, inputs)"""
    import torch
    if name not in ("mlp", "lstm", "unet", "chain"):
        need_torchvision.kept = need_torchvision()  # transformers imports it, too
    torch.manual_seed(0)
    picture = torch.rand(1, 3, 224, 224)
    if name == "mlp":
        m, x = torch.nn.Sequential(torch.nn.Linear(64, 128), torch.nn.ReLU(), torch.nn.Linear(128, 10)), [torch.rand(1, 64)]
    elif name == "lstm":
        m, x = torch.nn.LSTM(256, 256, 2, batch_first=True), [torch.rand(1, 100, 256)]
    elif name == "unet":
        m, x = unet(), [torch.rand(1, 3, 256, 256)]
    elif name == "chain":
        m, x = chain(), [torch.randn(1 << 20)]
    elif name == "deeplab":
        import torchvision
        m, x = torchvision.models.segmentation.deeplabv3_resnet101(weights=None, weights_backbone=None, aux_loss=False), [torch.rand(1, 3, 520, 520)]

        class Out(torch.nn.Module):
            def __init__(self, m):
                super().__init__()
                self.m = m

            def forward(self, x):
                return self.m(x)["out"]
        m = Out(m)
    elif name in ("bert", "minilm"):
        import transformers
        small = dict(hidden_size=384, num_hidden_layers=6, num_attention_heads=12, intermediate_size=1536) if name == "minilm" else {}
        bert = transformers.BertModel(transformers.BertConfig(return_dict=False, attn_implementation="eager", **small))

        class States(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.bert = bert

            def forward(self, ids, mask):
                return self.bert(input_ids=ids, attention_mask=mask)[0]
        m = States()
        length = 32 if name == "minilm" else 128
        x = [torch.randint(0, 30000, (1, length)), torch.ones(1, length, dtype=torch.int64)]
    else:
        import torchvision
        m, x = getattr(torchvision.models, name)(), [picture]
    return m.eval(), x


def first_of(y):
    return first_of(y[0]) if isinstance(y, (tuple, list)) else y


def inputs_in(folder):
    import numpy as np
    return [np.load(path) for path in sorted(folder.glob("in*.npy"))]


def prepare(name):
    """model.pt, model.onnx, in0.npy ... and out0.npy of a model, made once."""
    import numpy as np
    import torch
    folder = CACHE / name
    if (folder / "out0.npy").exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    m, xs = model_of(name)
    torch.backends.mha.set_fastpath_enabled(False)  # its operator has no ONNX form
    with torch.no_grad():
        y = first_of(m(*xs))
        torch.jit.trace(m, tuple(xs), check_trace=False).save(str(folder / "model.pt"))
        try:
            torch.onnx.export(m, tuple(xs), str(folder / "model.onnx"), dynamo=False, opset_version=17)
        except Exception as e:  # noqa: BLE001  onnx is optional
            print(f"{name}: no ONNX file ({type(e).__name__})", file=sys.stderr)
    for i, x in enumerate(xs):
        np.save(folder / f"in{i}.npy", x.numpy())
    np.save(folder / "out0.npy", y.numpy())
    return folder


def engine_worker(engine, folder, threads):
    """The same line protocol as `facula worker`."""
    import numpy as np
    xs = inputs_in(folder)
    if engine == "onnxruntime":
        import onnxruntime
        o = onnxruntime.SessionOptions()
        o.intra_op_num_threads = threads
        s = onnxruntime.InferenceSession(str(folder / "model.onnx"), o, providers=["CPUExecutionProvider"])
        feed = {i.name: x for i, x in zip(s.get_inputs(), xs)}
        call = lambda: s.run(None, feed)[0]  # noqa: E731
    elif engine == "openvino":
        import openvino
        core = openvino.Core()
        compiled = core.compile_model(core.read_model(str(folder / "model.onnx")), "CPU",
                                      {"INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"})
        request = compiled.create_infer_request()
        call = lambda: request.infer(xs, share_inputs=True)[0].copy()  # noqa: E731
    else:
        import torch
        torch.set_num_threads(threads)
        m = torch.jit.load(str(folder / "model.pt")).eval()
        if engine == "torch-freeze":
            m = torch.jit.freeze(m)
        if engine == "torch-ofi":
            m = torch.jit.optimize_for_inference(torch.jit.freeze(m))
        tensors = [torch.from_numpy(x) for x in xs]

        def call():
            with torch.inference_mode():
                return first_of(m(*tensors)).numpy()
    start = time.perf_counter()
    y = call()
    first = time.perf_counter() - start
    for _ in range(4):
        start = time.perf_counter()
        y = call()
        one = time.perf_counter() - start
    inner = max(1, int(0.002 / one))
    print(json.dumps({"ready": 1, "first_s": first}), flush=True)
    for line in sys.stdin:
        words = line.split()
        if words[0] == "quit":
            return
        if words[0] == "check":
            np.save(words[1] + "/o0.npy", y)
            print(json.dumps({"n": 1}), flush=True)
            continue
        ts, cpu, end = [], [], time.perf_counter() + float(words[1]) / 1e3
        while not ts or time.perf_counter() < end:
            t0, c0 = time.perf_counter(), time.process_time()
            for _ in range(inner):
                call()
            ts.append((time.perf_counter() - t0) / inner)
            cpu.append((time.process_time() - c0) / inner)
        print(json.dumps({"t": ts, "cpu": cpu}), flush=True)


class Engine:
    def __init__(self, name, folder, threads, program):
        self.name, self.t, self.cpu = name, [], []
        command = [program, "worker", str(folder / "model.pt"), str(folder), "--threads", str(threads)] if name == "facula" else \
            [sys.executable, __file__, "--worker", name, "--folder", str(folder), "--threads", str(threads)]
        env = dict(os.environ, OMP_NUM_THREADS=str(threads))
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=env)
        self.info = self.read()

    def read(self):
        for line in self.process.stdout:
            if line.startswith("{"):
                return json.loads(line)
        return {"error": "ended"}

    def ask(self, text):
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()
        return self.read()

    def right(self, expected):
        import numpy as np
        with tempfile.TemporaryDirectory() as d:
            if "error" in self.ask(f"check {d}"):
                return False
            path = pathlib.Path(d) / "o0.npy"
            if not path.exists():  # several outputs: the first
                path = sorted(pathlib.Path(d).glob("o0*.npy"))[0]
            got = np.load(path)
        return got.shape == expected.shape and float(abs(got - expected).max()) <= 1e-4 * float(abs(expected).max())


def machine():
    """One line: processor, cores, vector instructions."""
    text = pathlib.Path("/proc/cpuinfo").read_text() if os.path.exists("/proc/cpuinfo") else ""
    model = next((line.split(":")[1].strip() for line in text.splitlines() if line.startswith("model name")), platform.processor())
    flags = next((line.split(":")[1].split() for line in text.splitlines() if line.startswith("flags")), [])
    vectors = next((name for flag, name in (("avx512f", "AVX-512"), ("avx2", "AVX2"), ("sse4_1", "SSE4")) if flag in flags), "?")
    return f"{model}, {os.cpu_count()} cores, {vectors}"


def versions(engines):
    import importlib.metadata
    out = []
    for package in ["torch"] + [e for e in engines if not e.startswith("torch")]:
        try:
            out.append(f"{package} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            out.append(f"{package}: not installed")
    return ", ".join(out)


def limits(program, folder, threads):
    """What `facula bench --roofline` says: the machine's peak in GFLOP/s, and how many a plain algorithm for this model needs."""
    inputs = [w for i in range(len(inputs_in(folder))) for w in ("--input", str(folder / f"in{i}.npy"))]
    with tempfile.NamedTemporaryFile(suffix=".svg") as picture:
        done = subprocess.run([program, "bench", str(folder / "model.pt"), *inputs, "--threads", str(threads), "--runs", "3", "--json", "--roofline", picture.name],
                              capture_output=True, text=True)
    if done.returncode:
        return 0, 0
    r = json.loads(done.stdout)["roofline"]
    return r["peak_gflops_per_s"], sum(step["flops"] for step in r["steps"]) / 1e9


MARK = "<!-- written by bench/peers.py --results -->"


def write_results(lines):
    path = ROOT / "bench/RESULTS.md"
    text = path.read_text()
    begin = text.find(MARK)
    end = text.find(MARK, begin + len(MARK)) + len(MARK) if begin >= 0 else -1
    block = MARK + "\n" + "\n".join(lines) + "\n" + MARK
    path.write_text(text[:begin] + block + text[end:] if begin >= 0 else text.rstrip("\n") + "\n\n" + block + "\n")


def measure(name, threads, names, a, expected, folder):
    """The engines with right answers, their times in .t and .cpu; prints one row for each."""
    engines = [Engine(e, folder, threads, a.program) for e in names]
    for e in engines:
        if "error" in e.info or not e.right(expected):
            print(f"| {name} | {threads} | {e.name} | no right answer: {str(e.info.get('error', 'output differs'))[:60]} |", flush=True)
            e.info["error"] = 1
    good = [e for e in engines if "error" not in e.info]
    for _ in range(a.rounds):
        for e in good:
            r = e.ask(f"run {a.turn_ms}")
            e.t += r.get("t", [])
            e.cpu += r.get("cpu", [])
    good = [e for e in good if e.t]  # others ended while they were measured
    ours = next((e for e in good if e.name == "facula"), None)
    for e in good:
        ratio = lambda f, x: f"{f(getattr(ours, x)) / f(getattr(e, x)):.2f}" if ours else "–"  # noqa: E731
        print(f"| {name} | {threads} | {e.name} | {e.info['first_s'] * 1e3:.1f} | {min(e.t) * 1e3:.2f} | {statistics.median(e.t) * 1e3:.2f} | {min(e.cpu) * 1e3:.2f} | "
              f"{statistics.median(e.cpu) * 1e3:.2f} | {ratio(min, 'cpu')} | {ratio(min, 't')} |", flush=True)
        e.ask("quit")
    return good


def summary(name, threads, good, names, peak, needed):
    """One row of RESULTS.md: wall / CPU of each, ratios to the best other, share of the limit."""
    by = {e.name: e for e in good}
    cells = [f"{min(by[e].t) * 1e3:.4g} / {min(by[e].cpu) * 1e3:.4g}" if e in by else "–" for e in names]
    others = [e for e in good if e.name != "facula"]
    if "facula" not in by or not others:
        return f"| {name} | {threads} | " + " | ".join(cells) + " | – | – | – |"
    ours = by["facula"]
    cpu, wall = (min(getattr(ours, x)) / min(min(getattr(e, x)) for e in others) for x in ("cpu", "t"))
    share = f"{100 * needed / min(ours.t) / peak:.0f} %" if peak and needed else "–"
    return f"| {name} | {threads} | " + " | ".join(cells) + f" | {cpu:.2f} | {wall:.2f} | {share} |"


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--models", default="resnet34,mobilenet_v2", help="names with commas, or all: " + ", ".join(MODELS))
    p.add_argument("--engines", default="torch-freeze,torch-ofi,onnxruntime,openvino")
    p.add_argument("--threads", default="1,2")
    p.add_argument("--rounds", type=int, default=6)
    p.add_argument("--turn-ms", type=float, default=400)
    p.add_argument("--program", default=str(ROOT / "build/release/facula"))
    p.add_argument("--results", action="store_true", help="write the summary into bench/RESULTS.md")
    p.add_argument("--worker", help=argparse.SUPPRESS)
    p.add_argument("--folder", help=argparse.SUPPRESS)
    a = p.parse_args()
    if a.worker:
        return engine_worker(a.worker, pathlib.Path(a.folder), int(a.threads))
    import numpy as np
    names = ["facula", *a.engines.split(",")]
    commit = subprocess.run(["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    lines = ["## Facula beside others", f"`bench/peers.py --models {a.models} --engines {a.engines} --threads {a.threads}` on {datetime.date.today()}, commit {commit}: {machine()};",
             f"{versions(names[1:])}. Batch 1, float32. Milliseconds, least wall time / least CPU time; ratios: Facula's least to the best of the others'. Limit: operations of a",
             "plain algorithm by the peak that `facula bench --roofline` measures (above 100 %: Winograd, or taps of a dilated convolution that see only padding).", "",
             "| model | threads | " + " | ".join(names) + " | CPU ratio | wall ratio | of limit |", "|---" * (len(names) + 5) + "|"]
    print("| model | threads | engine | first ms | wall min | wall median | CPU min | CPU median | Facula's CPU / this | wall / this |\n|---|---|---|---|---|---|---|---|---|---|")
    for name in MODELS if a.models == "all" else a.models.split(","):
        try:
            folder = prepare(name)
        except ImportError as e:
            print(f"{name}: left out, {e}", file=sys.stderr)
            continue
        expected = np.load(folder / "out0.npy")
        for threads in map(int, a.threads.split(",")):
            good = measure(name, threads, names, a, expected, folder)
            lines.append(summary(name, threads, good, names, *limits(a.program, folder, threads)))
    if a.results:
        write_results(lines)


if __name__ == "__main__":
    main()
