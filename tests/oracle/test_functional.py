"""torch.nn.functional as Facula's library (src/frontend/nn/functional.py) beside PyTorch's: each call is compiled from text by
`facula compile`, loaded by PyTorch and compared with PyTorch's own function."""
import subprocess
import warnings

import pytest
import torch
import torch.nn.functional as F

from against_torch import FACULA

torch.manual_seed(0)
INPUTS = {
    "x": torch.randn(2, 3, 8, 8),
    "v": torch.randn(4, 6),
    "u": torch.randn(4, 6),
    "s": torch.randn(2, 3, 10),
    "c": torch.randn(1, 2, 4, 6, 4),
    "p": torch.rand(4, 6),
    "q": torch.rand(4, 6),
    "k": torch.tensor([1, 0, 5, 2]),
    "y": torch.tensor([1.0, -1.0, 1.0, -1.0]),
    "w": torch.randn(10, 6),
    "g": torch.rand(2, 5, 5, 2) * 2 - 1,
    "th": torch.randn(2, 2, 3),
}
CALLS = """
relu(x) | relu6(x) | elu(x, 0.5) | selu(x) | celu(x, 2.0) | leaky_relu(x, 0.2) | rrelu(x) | hardtanh(x, -0.5, 0.5) | hardswish(x)
hardsigmoid(x) | silu(x) | mish(x) | gelu(x) | gelu(x, approximate="tanh") | threshold(x, 0.1, 20.0) | glu(x, 3) | tanh(x) | sigmoid(x)
tanhshrink(x) | softsign(x) | logsigmoid(x) | softplus(x) | softshrink(x, 0.4) | hardshrink(x, 0.4) | prelu(x, torch.ones(3) * 0.3)
softmax(v, 1) | softmax(v, dim=0) | softmax(v, 1, dtype=torch.float64) | softmin(v, 1) | log_softmax(v, 1) | softmax(v)
relu(x.clone(), inplace=True) | elu(x.clone(), inplace=True) | hardtanh(x.clone(), inplace=True)
dropout(x, 0.5, False) | dropout2d(x, training=False) | dropout1d(s, training=False) | dropout3d(c, training=False) | alpha_dropout(x) | feature_alpha_dropout(x)
max_pool2d(x, 2) | max_pool2d(x, [2, 3], stride=[1, 2], padding=1) | max_pool2d(x, 2, return_indices=True) | max_pool1d(s, 3) | max_pool3d(c, 2)
max_pool1d(s, 2, return_indices=True) | max_pool3d(c, 2, return_indices=True)
adaptive_max_pool2d(x, 3) | adaptive_max_pool2d(x, [3, None]) | adaptive_max_pool2d(x, 3, return_indices=True) | adaptive_max_pool1d(s, 4) | adaptive_max_pool3d(c, 2)
adaptive_avg_pool2d(x, 1) | adaptive_avg_pool2d(x, [None, 2]) | adaptive_avg_pool1d(s, 3) | adaptive_avg_pool3d(c, 2)
avg_pool2d(x, 2) | avg_pool1d(s, 2) | avg_pool3d(c, 2) | lp_pool1d(s.abs(), 2.0, 3) | lp_pool2d(x.abs(), 2.0, 2) | lp_pool2d(x.abs(), 3.0, [2, 2], 1)
linear(v, w) | bilinear(v, u, torch.ones(3, 6, 6)) | embedding(k, w) | embedding(k, w, padding_idx=-1) | embedding(k, w, max_norm=1.0)
embedding_bag(k, w, torch.tensor([0, 2])) | embedding_bag(k.view(2, 2), w, mode="sum")
batch_norm(x, torch.zeros(3), torch.ones(3)) | batch_norm(x, None, None, training=True) | instance_norm(x) | layer_norm(v, [6]) | group_norm(x, 3)
rms_norm(v, [6]) | local_response_norm(x, 2) | local_response_norm(s, 3) | normalize(v) | normalize(v, 1.0, 0)
nll_loss(log_softmax(v, 1), k) | cross_entropy(v, k) | cross_entropy(v, k, reduction="none") | cross_entropy(v, k, label_smoothing=0.1) | cross_entropy(v, p)
mse_loss(v, u) | mse_loss(v, u, reduction="sum") | l1_loss(v, u) | smooth_l1_loss(v, u) | smooth_l1_loss(v, u, beta=0.0) | huber_loss(v, u, delta=0.5)
kl_div(log_softmax(v, 1), p) | kl_div(log_softmax(v, 1), p, reduction="batchmean") | binary_cross_entropy(p, q) | binary_cross_entropy_with_logits(v, q)
poisson_nll_loss(v, p) | gaussian_nll_loss(v, u, p) | gaussian_nll_loss(v, u, p, full=True) | hinge_embedding_loss(v[:, 0], y) | soft_margin_loss(v[:, 0], y)
margin_ranking_loss(v[:, 0], u[:, 0], y) | multi_margin_loss(v, k) | multilabel_soft_margin_loss(v, q.round()) | cosine_embedding_loss(v, u, y)
triplet_margin_loss(v, u, p) | cosine_similarity(v, u) | pairwise_distance(v, u) | mse_loss(v, u, size_average=False)
pad(x, [1, 2]) | pad(x, [1, 2, 0, 1], "reflect") | pad(x, [1, 1], value=3.0) | pad(s, [2, 2], mode="circular") | unfold(x, 3) | fold(torch.ones(1, 12, 9), 4, 2)
pixel_shuffle(torch.ones(1, 4, 3, 3), 2) | pixel_unshuffle(x, 2) | channel_shuffle(torch.arange(16.).view(1, 4, 2, 2), 2) | one_hot(k, 6)
grid_sample(x, g) | grid_sample(x, g, "nearest", "border", True) | affine_grid(th, [2, 3, 4, 4], False)
interpolate(x, scale_factor=2.0) | interpolate(x, size=5) | interpolate(x, [5, 7], mode="bilinear") | interpolate(x, scale_factor=[1.5, 2.0], mode="bicubic", align_corners=True)
interpolate(s, 7, mode="linear") | interpolate(c, scale_factor=2.0, mode="trilinear") | interpolate(x, 4, mode="area") | interpolate(x, scale_factor=1.7, recompute_scale_factor=True)
interpolate(x, 5, mode="nearest-exact") | interpolate(x, [5, 5], mode="bilinear", antialias=True) | upsample(x, scale_factor=2.0)
max_unpool2d(max_pool2d(x, 2), max_pool2d(x, 2, return_indices=True)[1], 2) | scaled_dot_product_attention(x, x, x)
conv2d(x, torch.ones(4, 3, 3, 3), padding=1) | conv1d(s, torch.ones(2, 3, 3)) | conv_transpose2d(x, torch.ones(3, 2, 2, 2), stride=2)
"""
ROWS = [call.strip() for line in CALLS.strip().splitlines() for call in line.split("|")]


def as_text(call):
    """The call with `F.` before each function of F that it names."""
    import re

    return re.sub(r"(?<![\w.])([a-z_0-9]+)\(", lambda m: ("F." if hasattr(F, m.group(1)) else "") + m.group(1) + "(", call)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("functional")
    params = ", ".join(f"{name}: Tensor" for name in INPUTS)
    text = "import torch\nimport torch.nn.functional as F\nfrom torch import Tensor\n"
    for i, row in enumerate(ROWS):
        text += f"\n\ndef case_{i}({params}):\n    return {as_text(row)}\n"
    (folder / "calls.py").write_text(text)
    subprocess.run([FACULA, "compile", folder / "calls.py", "-o", folder / "calls.pt"], check=True)
    return torch.jit.load(str(folder / "calls.pt"))


@pytest.mark.parametrize("i", range(len(ROWS)), ids=ROWS)
def test_call(loaded, i):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = eval("lambda " + ", ".join(INPUTS) + ": " + as_text(ROWS[i]))(*INPUTS.values())
    got = getattr(loaded, f"case_{i}")(*INPUTS.values())
    expected, got = (t if isinstance(t, (tuple, list)) else (t,) for t in (expected, got))
    assert len(expected) == len(got)
    for e, g in zip(expected, got):
        assert e.dtype == g.dtype
        torch.testing.assert_close(g, e)
