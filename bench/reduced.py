#!/usr/bin/env python3
"""Reduced precision beside float32: Facula in float32 and int8-dynamic, PyTorch in float32 and with its own dynamic quantisation
(torch.ao.quantization.quantize_dynamic of nn.Linear), in turn in one process. Prints a table in Markdown:

    ./dev python && PYTHONPATH=build/release/python .venv/bin/python bench/reduced.py --threads 1

CPU milliseconds, the least of all rounds; the error of each is the largest difference from PyTorch's float32 relative to its
largest value. Weights are random."""
import argparse
import copy
import pathlib
import tempfile
import time
import warnings


def encoder(layers, width, heads):
    import torch
    from torch import nn

    class Layer(nn.Module):
        def __init__(self):
            super().__init__()
            self.q, self.k, self.v, self.o = (nn.Linear(width, width) for _ in range(4))
            self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
            self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)

        def forward(self, x):
            b, n, w = x.shape
            q, k, v = (f(x).view(b, n, heads, w // heads).transpose(1, 2) for f in (self.q, self.k, self.v))
            y = torch.nn.functional.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(b, n, w)
            x = self.norm1(x + self.o(y))
            return self.norm2(x + self.down(torch.nn.functional.gelu(self.up(x))))

    return nn.Sequential(*(Layer() for _ in range(layers)))


def mlp(width, depth):
    from torch import nn
    return nn.Sequential(*(m for _ in range(depth) for m in (nn.Linear(width, width), nn.ReLU())))


def workloads():
    return [("BERT-base encoder, 128 tokens", encoder(12, 768, 12), (1, 128, 768)),
            ("MiniLM-like encoder (6 x 384), 32 tokens", encoder(6, 384, 12), (1, 32, 384)),
            ("encoder (6 x 384), 1 token", encoder(6, 384, 12), (1, 1, 384)),
            ("3 layers of 2048, batch 1", mlp(2048, 3), (1, 2048))]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    import torch
    import facula
    torch.set_num_threads(options.threads)
    facula.set_num_threads(options.threads)
    torch.manual_seed(0)
    print("| workload | PyTorch | PyTorch int8 | Facula | Facula int8 | Facula / its int8 | PyTorch int8 / Facula int8 | error of PyTorch int8 | of Facula int8 |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name, model, shape in workloads():
        model = model.eval()
        with torch.no_grad(), tempfile.TemporaryDirectory() as folder:
            x = torch.randn(shape)
            expected = model(x)
            traced = torch.jit.freeze(torch.jit.trace(model, x, check_trace=False))
            path = str(pathlib.Path(folder) / "model.pt")
            torch.jit.save(torch.jit.trace(model, x, check_trace=False), path)
            quantised = torch.ao.quantization.quantize_dynamic(copy.deepcopy(model), {torch.nn.Linear}, dtype=torch.qint8)
            plain, reduced = facula.load(path), facula.load(path)
            facula.set_precision(reduced, "int8-dynamic")
            given = facula.as_tensor(x)
            calls = {"torch": lambda: traced(x), "torch int8": lambda: quantised(x), "facula": lambda: plain(given), "facula int8": lambda: reduced(given)}
            least, error = {}, {}
            for engine, call in calls.items():
                y = torch.from_dlpack(call()) if engine.startswith("facula") else call()
                error[engine] = float((y - expected).abs().max() / expected.abs().max())
                call()
            assert error["facula"] < 1e-4, error
            for _ in range(options.rounds):
                for engine, call in calls.items():
                    start, turns = time.process_time(), 0
                    while turns == 0 or time.process_time() - start < 0.05:
                        call()
                        turns += 1
                    took = (time.process_time() - start) / turns * 1e3
                    least[engine] = min(took, least.get(engine, took))
        t = least
        print(f"| {name} | {t['torch']:.3g} | {t['torch int8']:.3g} | {t['facula']:.3g} | {t['facula int8']:.3g} | {t['facula'] / t['facula int8']:.2f} | "
              f"{t['torch int8'] / t['facula int8']:.2f} | {error['torch int8']:.1e} | {error['facula int8']:.1e} |", flush=True)


if __name__ == "__main__":
    main()
