"""Archives that other people made: silero-vad, the demonstration's MobileNetV2, the files inside the torch wheel."""
import pathlib

import numpy as np
import pytest
import torch
from conftest import FACULA, ROOT, assert_close, flatten_torch, run_facula

import json
import subprocess

CLASSES = [("Egyptian cat", 0.7166), ("tiger cat", 0.1471), ("tabby", 0.1295), ("lynx", 0.0050), ("plastic bag", 0.0011)]


def test_demo_answers_as_pytorch():
    data = ROOT / "examples/data"
    out = subprocess.run([str(FACULA), "classify", str(data / "mobilenet_v2.pt"), str(data / "chelsea.png"), "--labels", str(data / "imagenet_classes.txt"), "--json"],
                         capture_output=True, text=True, check=True).stdout
    got = [(c["label"], c["probability"]) for c in json.loads(out)]
    assert [g[0] for g in got] == [c[0] for c in CLASSES]
    for g, c in zip(got, CLASSES):
        assert abs(g[1] - c[1]) < 1e-4


def silero():
    module = pytest.importorskip("silero_vad")
    return pathlib.Path(module.__file__).parent / "data/silero_vad.jit"


@pytest.mark.parametrize("extra", [(), ("--no-plan",)], ids=["planned", "plain"])
def test_silero_over_a_minute(tmp_path, extra):
    """60 s of audio in chunks of 512 samples, with the model's own state between the calls."""
    torch.manual_seed(0)
    t = torch.arange(512 * 1875) / 16000.0
    audio = 0.3 * torch.sin(2 * torch.pi * 180 * t) * torch.sin(2 * torch.pi * 3 * t) + 0.02 * torch.randn(t.numel())
    chunks = audio.view(-1, 512)
    model = torch.jit.load(str(silero())).eval()
    with torch.no_grad():
        model.reset_states()
        expected = torch.cat([model(c[None], 16000) for c in chunks]).numpy()
    np.save(tmp_path / "in0.npy", chunks.numpy())
    worker = subprocess.run([str(FACULA), "worker", str(silero()), str(tmp_path), *extra], input=f"check {tmp_path}\nquit\n", capture_output=True, text=True, timeout=300)
    assert worker.returncode == 0, worker.stdout[-3000:] + worker.stderr[-3000:]
    assert_close([np.load(tmp_path / "o0.npy").astype(float)], [expected.astype(float)], 1e-4)


def wheel_archives():
    root = pathlib.Path(torch.__file__).parent
    return sorted(p for p in root.rglob("*") if p.suffix in (".pt", ".ptl") and p.stat().st_size < 1 << 20)


@pytest.mark.parametrize("path", wheel_archives(), ids=lambda p: p.name)
def test_archives_of_the_torch_wheel(path, tmp_path):
    try:
        model = torch.jit.load(str(path))
    except Exception as e:  # torch itself refuses it
        pytest.skip(f"torch does not load it: {e}")
    names = [a.name for a in model.forward.schema.arguments][1:] if hasattr(model, "forward") else None
    if names is None:
        pytest.skip("no forward")
    types = [str(a.type) for a in model.forward.schema.arguments][1:]
    torch.manual_seed(0)
    inputs = []
    for t in types:
        if t == "Tensor":
            inputs.append(torch.rand(2, 2) + 1)
        elif t == "int":
            inputs.append(3)
        elif t in ("float", "number", "Scalar"):
            inputs.append(2.5)
        else:
            pytest.skip(f"input of type {t}")
    random = {n.kind() for n in model.forward.inlined_graph.nodes()} & {"aten::rand", "aten::randn", "prim::fork"}
    try:
        # Some of these write into their inputs.
        expected = flatten_torch(model(*[x.clone() if isinstance(x, torch.Tensor) else x for x in inputs]))
    except Exception as e:
        pytest.skip(f"torch does not run it: {str(e)[:80]}")
    got = run_facula(path, inputs, tmp_path)
    if random:
        assert [g.shape for g in got] == [e.shape for e in expected]
    else:
        assert_close(got, expected)
