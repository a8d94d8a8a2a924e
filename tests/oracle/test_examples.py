"""The OpenCV examples, built as their READMEs say with `find_package(Torch)`, beside PyTorch on the same picture. Needs
libopencv-dev (`make examples` installs it); without it the tests are skipped."""
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest
import torch
from conftest import ROOT
from models_table import import_torchvision

Image = pytest.importorskip("PIL.Image")

BUILD = ROOT / "build/release"
MEAN, STD = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
VOC = 21


def has_opencv():
    return bool(shutil.which("pkg-config")) and subprocess.run(["pkg-config", "--exists", "opencv4"], check=False).returncode == 0


def torchvision():
    """Its Python files are where `make venv` put them; without its compiled operators."""
    folder = os.environ.get("FACULA_TORCHVISION", str(ROOT / ".venv/torchvision"))
    if not os.path.exists(f"{folder}/torchvision/models/resnet.py"):
        pytest.skip("torchvision's files are not there (make venv fetches them)")
    if folder not in sys.path:
        sys.path.append(folder)
    import_torchvision()
    import torchvision as package
    return package


pytestmark = pytest.mark.skipif(not has_opencv(), reason="no libopencv-dev (make examples installs it)")


@pytest.fixture(scope="module")
def cat(tmp_path_factory):
    """A part of the photograph that no program has to resize, as a file and as pixels."""
    pixels = np.asarray(Image.open(ROOT / "examples/data/chelsea.png").convert("RGB"))[20:276, 100:356]
    path = tmp_path_factory.mktemp("picture") / "cat.ppm"
    path.write_bytes(b"P6\n256 256\n255\n" + pixels.tobytes())
    return path, torch.from_numpy(pixels.copy())


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    def build(name):
        folder = tmp_path_factory.mktemp(name)
        for command in (["cmake", "-S", str(ROOT / "examples" / name), "-B", str(folder), f"-DCMAKE_PREFIX_PATH={BUILD}"],
                        ["cmake", "--build", str(folder)]):
            made = subprocess.run(command, capture_output=True, text=True, check=False)
            assert made.returncode == 0, made.stdout + made.stderr
        return folder / name
    return build


def prepared(pixels):
    x = pixels.permute(2, 0, 1).float().div(255)
    return ((x - MEAN[:, None, None]) / STD[:, None, None])[None]


def run(*command):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def networks(folder):
    yield "mobilenet_v2", ROOT / "examples/data/mobilenet_v2.pt"
    torch.manual_seed(5)
    model = torchvision().models.resnet34(weights=None).eval()
    with torch.no_grad():
        model.fc.weight.mul_(30)  # one class stands out
    for kind in ("scripted", "traced"):
        path = folder / f"resnet34_{kind}.pt"
        made = torch.jit.script(model) if kind == "scripted" else torch.jit.trace(model, torch.rand(1, 3, 224, 224))
        made.save(str(path))
        yield f"resnet34, {kind}", path


def test_classification(build, cat, tmp_path):
    program = build("classify_opencv")
    path, pixels = cat
    for name, archive in networks(tmp_path):
        with torch.no_grad():
            scores = torch.softmax(torch.jit.load(archive)(prepared(pixels[16:240, 16:240])), 1)[0]
        best = int(scores.argmax())
        word, score = run(program, archive, path).split()
        assert int(word) == best, name
        assert abs(float(score) - float(scores[best])) < 1.1e-4, name


def test_segmentation(build, cat, tmp_path):
    program = build("segment_opencv")
    path, pixels = cat
    torch.manual_seed(5)
    model = torchvision().models.segmentation.deeplabv3_resnet50(weights=None, weights_backbone=None).eval()
    archive = tmp_path / "deeplab.pt"
    torch.jit.script(model).save(str(archive))
    with torch.no_grad():
        best = model(prepared(pixels))["out"].argmax(1)
    shares = {c: 100 * float((best == c).float().mean()) for c in range(VOC)}
    printed = [line.rsplit(None, 2) for line in run(program, archive, path, tmp_path / "mask.png").splitlines()]
    expected = [s for _, s in sorted(shares.items()) if s > 0]
    assert len(expected) > 1  # the picture has several classes, or the test shows nothing
    assert len(printed) == len(expected)
    for (_, share, _), wanted in zip(printed, expected):
        assert abs(float(share) - wanted) < 0.05
    assert (tmp_path / "mask.png").stat().st_size > 0
