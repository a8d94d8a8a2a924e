#!/usr/bin/env python3
"""Facula beside PyTorch and ONNX Runtime on the same archives, interleaved in one run.

    .venv/bin/pip install torchvision onnx onnxruntime          # as far as wanted; engines that are absent are left out
    .venv/bin/python bench/peers.py --models resnet34,mobilenet_v2 --threads 1,2

Each engine is a process of its own; the driver goes round them, each turn measures for some milliseconds. Machines are
noisy, so read the ratios (of CPU time and of wall time, minimum and median) and not the milliseconds. Outputs are compared
with eager PyTorch first; an engine with a wrong output gets no time.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
CACHE = pathlib.Path(os.environ.get("FACULA_BENCH_CACHE", ROOT / ".cache/bench"))


def model_of(name):
    import torch
    torch.manual_seed(0)
    if name == "mlp":
        m, x = torch.nn.Sequential(torch.nn.Linear(64, 128), torch.nn.ReLU(), torch.nn.Linear(128, 10)), torch.rand(1, 64)
    elif name == "lstm":
        m, x = torch.nn.LSTM(256, 256, 2, batch_first=True), torch.rand(1, 100, 256)
    else:
        import torchvision
        m, x = getattr(torchvision.models, name)(), torch.rand(1, 3, 224, 224)
    return m.eval(), x


def prepare(name):
    """model.pt, model.onnx, in0.npy and out0.npy of a model, made once."""
    import numpy as np
    import torch
    folder = CACHE / name
    if (folder / "out0.npy").exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    m, x = model_of(name)
    with torch.no_grad():
        y = m(x)
        torch.jit.trace(m, x, check_trace=False).save(str(folder / "model.pt"))
        try:
            torch.onnx.export(m, (x,), str(folder / "model.onnx"), dynamo=False, opset_version=17)
        except Exception as e:  # noqa: BLE001  onnx is optional
            print(f"{name}: no ONNX file ({type(e).__name__})", file=sys.stderr)
    np.save(folder / "in0.npy", x.numpy())
    np.save(folder / "out0.npy", (y[0] if isinstance(y, tuple) else y).numpy())
    return folder


def engine_worker(engine, folder, threads):
    """The same line protocol as `facula worker`."""
    import numpy as np
    x = np.load(folder / "in0.npy")
    if engine == "onnxruntime":
        import onnxruntime
        o = onnxruntime.SessionOptions()
        o.intra_op_num_threads = threads
        s = onnxruntime.InferenceSession(str(folder / "model.onnx"), o, providers=["CPUExecutionProvider"])
        feed = {s.get_inputs()[0].name: x}
        call = lambda: s.run(None, feed)[0]  # noqa: E731
    else:
        import torch
        torch.set_num_threads(threads)
        m = torch.jit.load(str(folder / "model.pt")).eval()
        if engine == "torch-freeze":
            m = torch.jit.freeze(m)
        if engine == "torch-ofi":
            m = torch.jit.optimize_for_inference(torch.jit.freeze(m))
        t = torch.from_numpy(x)

        def call():
            with torch.inference_mode():
                y = m(t)
            return (y[0] if isinstance(y, tuple) else y).numpy()
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


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--models", default="resnet34,mobilenet_v2")
    p.add_argument("--engines", default="torch-freeze,torch-ofi,onnxruntime")
    p.add_argument("--threads", default="1,2")
    p.add_argument("--rounds", type=int, default=6)
    p.add_argument("--turn-ms", type=float, default=400)
    p.add_argument("--program", default=str(ROOT / "build/release/facula"))
    p.add_argument("--worker", help=argparse.SUPPRESS)
    p.add_argument("--folder", help=argparse.SUPPRESS)
    a = p.parse_args()
    if a.worker:
        return engine_worker(a.worker, pathlib.Path(a.folder), int(a.threads))
    import numpy as np
    print("| model | threads | engine | first ms | wall min | wall median | CPU min | CPU median | Facula's CPU / this | wall / this |\n|---|---|---|---|---|---|---|---|---|---|")
    for name in a.models.split(","):
        folder = prepare(name)
        expected = np.load(folder / "out0.npy")
        for threads in map(int, a.threads.split(",")):
            engines = [Engine(e, folder, threads, a.program) for e in ["facula", *a.engines.split(",")]]
            for e in engines:
                if "error" in e.info or not e.right(expected):
                    print(f"| {name} | {threads} | {e.name} | no right answer: {str(e.info.get('error', 'output differs'))[:60]} |")
                    e.info["error"] = 1
            good = [e for e in engines if "error" not in e.info]
            for _ in range(a.rounds):
                for e in good:
                    r = e.ask(f"run {a.turn_ms}")
                    e.t += r["t"]
                    e.cpu += r["cpu"]
            ours = next((e for e in good if e.name == "facula"), None)
            for e in good:
                ratio = lambda f, x: f"{f(getattr(ours, x)) / f(getattr(e, x)):.2f}" if ours else "–"  # noqa: E731
                print(f"| {name} | {threads} | {e.name} | {e.info['first_s'] * 1e3:.1f} | {min(e.t) * 1e3:.2f} | {statistics.median(e.t) * 1e3:.2f} | {min(e.cpu) * 1e3:.2f} | "
                      f"{statistics.median(e.cpu) * 1e3:.2f} | {ratio(min, 'cpu')} | {ratio(min, 't')} |", flush=True)
                e.ask("quit")


if __name__ == "__main__":
    main()
