"""A few rows of docs/converted_models.md (converted_models.py makes the whole table): scripted and traced by Facula, saved, run by PyTorch and
by Facula. Layers need torch and the Python package; the networks torchvision or timm as well."""
import importlib.util
import sys

import pytest
import torch

from conftest import ROOT

sys.path.insert(0, str(ROOT / "build/release/python"))
if importlib.util.find_spec("facula") is None:
    pytest.skip("needs the Python package (./dev python)", allow_module_level=True)

import converted_models  # noqa: E402
import models_table  # noqa: E402

LAYERS = ["LSTM(8, 5)", "GRU(8, 5, 2)", "MultiheadAttention(8, 2)", "BatchNorm2d(4, track_running_stats=False)",
          "TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16), 2, nn.LayerNorm(8))", "Transformer(8, 2, 1, 1, 16)"]
NETWORKS = [("tv", "shufflenet_v2_x0_5", "64"), ("tv", "mobilenet_v3_small", "64"), ("tv", "swin_t", "64"), ("tv", "lraspp_mobilenet_v3_large", "64"),
            ("timm", "tf_mobilenetv3_small_minimal_100", "64"), ("timm", "mobilevit_xxs", "64")]


def check(suite, name, size):
    grad = torch.is_grad_enabled()
    try:
        result = converted_models.run_one(suite, name, size, 10**9)
    finally:
        torch.set_grad_enabled(grad)
    for column in converted_models.COLUMNS:
        assert isinstance(result[column], float) and result[column] <= models_table.TOLERANCE, (column, result[column])


@pytest.mark.parametrize("name", LAYERS)
def test_layer(name):
    check("nn", name, "")


@pytest.mark.parametrize("suite,name,size", NETWORKS, ids=[n[1] for n in NETWORKS])
def test_network(suite, name, size):
    if importlib.util.find_spec("timm" if suite == "timm" else "torchvision") is None:
        pytest.skip("see converted_models.py for how to install torchvision and timm")
    check(suite, name, size)
