"""Single layers and operators beside ONNX Runtime: what whole networks hide.

    python bench/layers.py [--only REGEX] [--threads 1] [--rounds 3] [--results]

Each case is a small torch module, traced for Facula and exported for ONNX Runtime; both results are compared with eager PyTorch first.
Rounds are interleaved: ONNX Runtime and Facula take turns of --turn-ms each, and the least and the median of all calls count. A case
whose ratio is above one is one to look at: the kernel behind it has no fast path for what the case shows. --results writes the table
between the marks in bench/RESULTS.md. Needs torch, onnx and onnxruntime.
"""
import argparse
import json
import os
import pathlib
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
import warnings

ROOT = pathlib.Path(__file__).resolve().parent.parent
FACULA = os.environ.get("FACULA_PROGRAM", str(ROOT / "build/release/facula"))
MARK = "<!-- written by bench/layers.py --results -->"


def cases():
    """name -> (module, input sizes)"""
    import torch
    import torch.nn as nn
    import torch.nn.functional as F

    class Call(nn.Module):
        def __init__(self, f):
            super().__init__()
            self.f = f

        def forward(self, x):
            return self.f(x)

    weight = torch.randn(16, 64, 128)
    return {
        # convolutions
        "transposed 2x2 stride 2": (nn.Sequential(nn.ConvTranspose2d(128, 64, 2, 2), nn.ReLU()), (1, 128, 64, 64)),
        "transposed 4x4 stride 2": (nn.Sequential(nn.ConvTranspose2d(128, 64, 4, 2, 1), nn.ReLU()), (1, 128, 64, 64)),
        "transposed signal 16 stride 8": (nn.Sequential(nn.ConvTranspose1d(256, 128, 16, 8, 4), nn.LeakyReLU(0.1)), (1, 256, 200)),
        "transposed depthwise": (nn.ConvTranspose2d(32, 32, 4, 2, 1, groups=32, bias=False), (1, 32, 56, 56)),
        "signal 7, dilated": (nn.Sequential(nn.Conv1d(128, 128, 7, padding=3), nn.LeakyReLU(0.1), nn.Conv1d(128, 128, 7, padding=9, dilation=3)), (1, 128, 1600)),
        "film 3x3x3": (nn.Sequential(nn.Conv3d(32, 32, 3, padding=1), nn.BatchNorm3d(32), nn.ReLU()), (1, 32, 16, 32, 32)),
        "32 groups": (nn.Sequential(nn.Conv2d(128, 128, 3, padding=1, groups=32), nn.ReLU()), (1, 128, 56, 56)),
        "depthwise 7x7": (nn.Conv2d(96, 96, 7, padding=3, groups=96), (1, 96, 56, 56)),
        "depthwise stride 2": (nn.Conv2d(96, 96, 3, 2, 1, groups=96), (1, 96, 112, 112)),
        "one channel": (nn.Sequential(nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.Conv2d(32, 1, 3, padding=1)), (1, 1, 128, 128)),
        "group norm, silu, 3x3": (nn.Sequential(nn.GroupNorm(32, 128), nn.SiLU(), nn.Conv2d(128, 128, 3, padding=1)), (1, 128, 64, 64)),
        "pixel shuffle": (nn.Sequential(nn.Conv2d(64, 256, 3, padding=1), nn.PixelShuffle(2), nn.Conv2d(64, 3, 3, padding=1)), (1, 64, 64, 64)),
        # recurrent
        "lstm, both directions": (nn.LSTM(128, 128, 2, bidirectional=True, batch_first=True), (1, 100, 128)),
        "lstm, batch 8": (nn.LSTM(128, 256, 1, batch_first=True), (8, 50, 128)),
        "gru, batch 16": (nn.GRU(128, 128, 1, batch_first=True), (16, 50, 128)),
        # pictures on plain layout
        "max pooling": (Call(lambda x: F.max_pool2d(x, 3, 1, 1)), (1, 64, 56, 56)),
        "average pooling": (Call(lambda x: F.avg_pool2d(x, 3, 1, 1)), (1, 64, 56, 56)),
        "bilinear x2": (Call(lambda x: F.interpolate(x, scale_factor=2, mode="bilinear")), (1, 16, 64, 64)),
        "nearest x2": (Call(lambda x: F.interpolate(x, scale_factor=2.0)), (1, 64, 64, 64)),
        "reflected padding": (Call(lambda x: F.pad(x, (3, 3, 3, 3), "reflect")), (1, 64, 56, 56)),
        "permute": (Call(lambda x: x.permute(0, 2, 3, 1).contiguous()), (1, 64, 112, 112)),
        "cat": (Call(lambda x: torch.cat([x, x * 2, x + 1], 1)), (1, 64, 56, 56)),
        # norms and reductions
        "layer norm": (nn.LayerNorm(768), (1, 512, 768)),
        "softmax of 197": (Call(lambda x: x.softmax(-1)), (1, 12, 197, 197)),
        "softmax down columns": (Call(lambda x: x.softmax(1)), (1, 21, 256, 256)),
        "log softmax": (Call(lambda x: F.log_softmax(x, -1)), (64, 1000)),
        "sum of rows": (Call(lambda x: x.sum(-1)), (256, 4096)),
        "sum of columns": (Call(lambda x: x.sum(0)), (256, 4096)),
        "mean of the middle": (Call(lambda x: x.mean((1, 2))), (8, 64, 64, 32)),
        "amax": (Call(lambda x: x.amax(-1)), (256, 4096)),
        "argmax of columns": (Call(lambda x: x.argmax(1)), (1, 21, 256, 256)),
        "topk": (Call(lambda x: x.topk(10, -1)[0]), (64, 1000)),
        "sort": (Call(lambda x: x.sort(-1)[0]), (64, 1000)),
        "cumsum": (Call(lambda x: x.cumsum(-1)), (64, 4096)),
        # element-wise and products
        "gelu": (nn.GELU(), (1, 512, 3072)),
        "gated silu": (Call(lambda x: F.silu(x[..., :1024]) * x[..., 1024:]), (1, 256, 2048)),
        "where": (Call(lambda x: torch.where(x > 0, x, x * 0.1)), (1, 64, 112, 112)),
        "broadcast": (Call(lambda x: x[:, :, None] * x[:, None, :] + 1), (8, 256)),
        "distances": (Call(lambda x: (x[:, None] - x[None]).pow(2).sum(-1).sqrt()), (128, 64)),
        "products of a batch": (Call(lambda x: x @ x.transpose(1, 2)), (16, 128, 64)),
        "products with a constant": (Call(lambda x: x @ weight), (16, 128, 64)),
        "product": (Call(lambda x: x @ x), (512, 512)),
        "one row": (nn.Linear(1024, 1024), (1, 1024)),
    }


def prepare(name, module, sizes, folder):
    """Archive, ONNX session maker and input; nothing where one of the two gives another result than PyTorch."""
    import numpy as np
    import torch
    torch.manual_seed(0)
    module, x = module.eval(), torch.randn(*sizes)
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = module(x)
        torch.jit.trace(module, x, check_trace=False).save(str(folder / "m.pt"))
        torch.onnx.export(module, (x,), str(folder / "m.onnx"), input_names=["x"], dynamo=False)
    expected = (expected[0] if isinstance(expected, tuple) else expected).numpy()
    np.save(folder / "x.npy", x.numpy())
    done = subprocess.run([FACULA, "run", str(folder / "m.pt"), "--input", str(folder / "x.npy"), "--save", str(folder / "y.npy")],
                          capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{name}: {done.stderr}")
    got = np.load(sorted(folder.glob("y*.npy"))[0])
    off = np.abs(got.astype(float) - expected).max() / max(1e-30, np.abs(expected).max())
    if got.shape != expected.shape or off > 1e-4:
        sys.exit(f"{name}: Facula's result is off by {off:.1e} of the largest element")
    return x.numpy()


def onnx_turn(session, feed, seconds):
    times, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 3:
        start = time.perf_counter()
        session.run(None, feed)
        times.append((time.perf_counter() - start) * 1e3)
    return times


def facula_turn(folder, threads, seconds):
    out = subprocess.run([FACULA, "bench", str(folder / "m.pt"), "--input", str(folder / "x.npy"), "--threads", str(threads), "--seconds", str(seconds),
                          "--json"], capture_output=True, text=True, check=True)
    numbers = json.loads(out.stdout)
    return numbers["min_ms"], numbers["median_ms"]


def measure(name, case, args):
    import onnxruntime
    with tempfile.TemporaryDirectory() as tmp:
        folder = pathlib.Path(tmp)
        x = prepare(name, *case, folder)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = args.threads, 1
        session = onnxruntime.InferenceSession(str(folder / "m.onnx"), options, providers=["CPUExecutionProvider"])
        feed = {session.get_inputs()[0].name: x}
        session.run(None, feed)
        theirs, ours = [], []
        for _ in range(args.rounds):
            theirs += onnx_turn(session, feed, args.turn_ms / 1e3)
            ours.append(facula_turn(folder, args.threads, args.turn_ms / 1e3))
    return min(o[0] for o in ours), statistics.median(o[1] for o in ours), min(theirs), statistics.median(theirs)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="only cases whose name this regular expression finds")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--turn-ms", type=int, default=150)
    parser.add_argument("--results", action="store_true", help="write the table into bench/RESULTS.md")
    args = parser.parse_args()
    import onnxruntime
    lines = ["| layer | Facula, ms | ONNX Runtime, ms | least / least |", "|---|---|---|---|"]
    print(f"{'':32s}{'Facula':>18s}{'ONNX Runtime':>18s}   ratio")
    for name, case in cases().items():
        if not re.search(args.only, name):
            continue
        ours, our_median, theirs, their_median = measure(name, case, args)
        print(f"{name:32s}{ours:9.3f} {our_median:8.3f}{theirs:9.3f} {their_median:8.3f}   {ours / theirs:.2f}", flush=True)
        lines.append(f"| {name} | {ours:.3f} ({our_median:.3f}) | {theirs:.3f} ({their_median:.3f}) | {ours / theirs:.2f} |")
    if args.results:
        path = ROOT / "bench/RESULTS.md"
        commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout.strip()
        head = (f"\n## Layers and operators\n`bench/layers.py --threads {args.threads}` on {time.strftime('%Y-%m-%d')}, commit {commit}: {platform.machine()}, "
                f"{os.cpu_count()} cores; onnxruntime {onnxruntime.__version__}. Milliseconds a call, least (median).\n\n")
        text = path.read_text()
        if text.count(MARK) != 2:
            text = text.rstrip() + f"\n\n{MARK}\n{MARK}\n"
        before, _, after = text.split(MARK)
        path.write_text(before + MARK + head + "\n".join(lines) + "\n" + MARK + after)


if __name__ == "__main__":
    main()
