"""Programs traced on one example and run on another: every kind of operator call, sizes, indexing, layers.

Each program's trace must give what PyTorch gives for the example and for inputs of other sizes, by itself and after it was
saved and loaded by PyTorch.
"""
import io
import warnings

import pytest

torch = pytest.importorskip("torch")
facula = pytest.importorskip("facula")
F, nn, R = torch.nn.functional, torch.nn, torch.rand


def same(got, want):
    if isinstance(want, (tuple, list)):
        assert len(got) == len(want)
        for g, w in zip(got, want):
            same(g, w)
    elif isinstance(want, dict):
        assert list(got) == list(want)
        for key in want:
            same(got[key], want[key])
    else:
        want = torch.tensor(want) if isinstance(want, int) else want.detach()
        got = got if isinstance(got, torch.Tensor) else torch.from_dlpack(got)
        assert got.dtype == want.dtype and got.shape == want.shape
        torch.testing.assert_close(got, want, rtol=1e-4, atol=1e-5, equal_nan=True)


def copies(inputs):
    return [x.clone() if isinstance(x, torch.Tensor) else x for x in inputs]


def set_items(x):
    x = x.clone()
    x[:, 0] = 5
    x[1] = x[0] * 2
    x[x > 3] = 0
    x[..., 1:] += 1
    return x


def in_place(x):
    y = x * 2
    y.add_(1)
    z = y.view(-1)
    z.mul_(3)
    y[0].fill_(7)
    return y


LONG = torch.tensor
PROGRAMS = {
    "number keeps its rank in promotion": (lambda x: x + 1.5, LONG([1, 2]), LONG([1, 2, 3])),
    "half and a number": (lambda x: x * 2.5 + 1, R(3).half(), R(5).half()),
    "functions that ask twice": (lambda x: (torch.unique(x), torch.unique(x, return_counts=True)), LONG([1.0, 2, 1]), LONG([3.0, 3, 4, 5])),
    "sizes in view": (lambda x: x.view(x.shape[0], -1) * x.size(1), R(2, 3, 4), R(5, 2, 2)),
    "arithmetic on sizes": (lambda x: x.reshape(x.shape[0] * x.shape[1] // 2, 2, -1), R(2, 3, 4), R(4, 5, 2)),
    "floats of sizes": (lambda x: x * x.size(-1) ** -0.5 / (x.size(0) / 3), R(2, 3), R(4, 5)),
    "modulo and power of sizes": (lambda x: x * (x.size(0) % 3) + x.size(1) ** 2, R(2, 3), R(4, 5)),
    "sizes in factories": (lambda x: torch.arange(x.size(0)) + torch.zeros(x.shape[0], device=x.device), R(3), R(6)),
    "slices": (lambda x: (x[:, 1:3], x[0], x[..., None], x[:, -1], x[:5], x[-2:, ::2]), R(5, 4), R(7, 6)),
    "slices by sizes": (lambda x: x[: x.size(0) // 2, x.size(1) - 2:], R(5, 4), R(7, 6)),
    "mask": (lambda x: x[x > 0.5], R(5, 4), R(7, 6)),
    "index list": (lambda x: x[[0, 1]], R(5, 4), R(7, 6)),
    "index tensors": (lambda x, i: x[i, :, i], (R(5, 4, 5), LONG([0, 1])), (R(7, 4, 6), LONG([1, 1, 2]))),
    "index by a 0-dim tensor": (lambda x, i: x[i], (R(5, 4), LONG(1)), (R(7, 4), LONG(5))),
    "items set": (set_items, R(5, 4), R(7, 6)),
    "in place, through views": (in_place, R(5, 4), R(7, 6)),
    "split": (lambda x: torch.cat([a * 2 for a in x.split(2, 1)], 0), R(5, 4), R(7, 4)),
    "chunk": (lambda x: x.chunk(2, 1)[0], R(5, 4), R(7, 6)),
    "unbind": (lambda x: sum(x.unbind(0)), R(3, 4), R(3, 6)),
    "einsum": (lambda x: torch.einsum("ij,kj->ik", x, x), R(3, 4), R(5, 6)),
    "topk": (lambda x: x.topk(2), R(3, 4), R(5, 6)),
    "topk by a tensor": (lambda x, k: x.topk(k, dim=1)[0], (R(3, 4), LONG(2)), (R(5, 6), LONG(5))),
    "max over a dimension": (lambda x: x.max(1), R(3, 4), R(5, 6)),
    "interpolate by factor": (lambda x: F.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False),
                              R(1, 3, 4, 4), R(2, 3, 5, 6)),
    "interpolate to a size": (lambda x: F.interpolate(x, size=(x.shape[2] * 2, x.shape[3] + 1)), R(1, 3, 4, 4), R(2, 3, 5, 6)),
    "pooling window by size": (lambda x: F.avg_pool2d(x, x.size()[2:]), R(1, 3, 4, 4), R(2, 3, 5, 6)),
    "pad by size": (lambda x: F.pad(x, (0, x.size(1), 1, 1)), R(3, 4), R(2, 5)),
    "attention": (lambda q: F.scaled_dot_product_attention(q, q, q, is_causal=True), R(2, 3, 4, 8), R(1, 2, 5, 8)),
    "dtype of another": (lambda x, y: x.to(y), (R(2), torch.ones(3, dtype=torch.float64)),
                         (R(2), torch.ones(3, dtype=torch.int32))),
    "conversions": (lambda x: (x.to(torch.float64), x.half().float(), x.long(), x.type(torch.int32), x.double()), R(3), R(5)),
    "where with numbers": (lambda x: torch.where(x > 0.5, x, 0.0), R(3), R(5)),
    "mask filled": (lambda x: x.masked_fill(x > 0.5, float("-inf")).softmax(-1), R(3, 4), R(5, 6)),
    "expand": (lambda x: x.unsqueeze(0).expand(x.size(0), -1, -1), R(3, 4), R(5, 6)),
    "repeat": (lambda x: x.repeat(x.size(0), 2), R(3, 4), R(5, 6)),
    "gather": (lambda x: x.gather(1, x.argsort(1)), R(3, 4), R(5, 6)),
    "statistics": (lambda x: x.cumsum(0).std(1) + x.var(1, unbiased=False), R(3, 4), R(5, 6)),
    "norms": (lambda x: F.normalize(x, dim=1) + x.norm(dim=1, keepdim=True) + torch.linalg.norm(x), R(3, 4), R(5, 6)),
    "meshgrid": (lambda x: torch.meshgrid(torch.arange(x.size(0)), torch.arange(x.size(1)), indexing="ij"), R(3, 4), R(5, 6)),
    "stack, flatten, permute": (lambda x: torch.stack([x, x * 2], dim=-1).flatten(-2).permute(1, 0).contiguous(), R(3, 4), R(5, 6)),
    "full of sizes": (lambda x: torch.full((x.size(0), 2), 3.0) + torch.ones(x.size(0), 2) * x.size(1), R(3, 4), R(5, 6)),
    "triangle": (lambda x: torch.ones(x.size(0), x.size(0)).tril(), R(3), R(5)),
    "transposes": (lambda x: x.T @ x + x.mT.matmul(x), R(3, 4), R(5, 6)),
    "shape of another": (lambda x, y: x.view(y.shape), (R(4), R(2, 2)), (R(6), R(2, 3))),
    "numel": (lambda x: x.view(x.numel()), R(2, 2), R(6, 7)),
    "sizes as results": (lambda x: (x, x.size(0) * 2), R(3), R(5)),
    "fft": (lambda x: torch.fft.rfft(x).abs(), R(8), R(6)),
    "complex": (lambda x: torch.view_as_real(torch.polar(x, x)), R(8), R(6)),
    "one hot": (lambda x: F.one_hot(x.argmax(-1), 4), R(3, 4), R(5, 4)),
    "clamp": (lambda x: x.clamp(min=0.2).clamp_max(0.8).clamp(0.3, 0.7), R(3), R(5)),
    "logic": (lambda x: (x > 0.3) & (x < 0.7) | ~(x > 0.1), R(3), R(5)),
    "number first": (lambda x: 1 - x + 2 / x + 2 ** x + (-x).abs() // 0.3 + x % 0.3, R(3) + 0.5, R(5) + 0.5),
    "unflatten": (lambda x: x.unflatten(1, (2, -1)), R(3, 4), R(5, 6)),
    "dict of tensors": (lambda d: d["a"] + d["b"], ({"a": R(2), "b": R(2)},), ({"b": R(3), "a": R(3)},)),
    "nested tuples": (lambda x, t: x * t[0] + t[1][0], (R(2), (R(2), (R(2),))), (R(3), (R(3), (R(3),)))),
    "list of tensors": (lambda l: l[0] + l[1], ([R(2), R(2)],), ([R(3), R(3)],)),
    "no gradients inside": (lambda x: torch.no_grad()(lambda y: y * 2)(x) + 1, R(2), R(4)),
    "vmap-free loops": (lambda x: torch.stack([x * i for i in range(3)]), R(2), R(4)),
    "scalar tensors": (lambda x: x * torch.scalar_tensor(2.0) + torch.full((), 3.0), R(2), R(4)),
    "assertions": (lambda x: (torch._assert(True, "never"), x * 2)[1], R(2), R(4)),
    "as_tensor of a size": (lambda x: x / torch.as_tensor(x.size(0)), R(2), R(4)),
}
LAYERS = {
    "LSTM": (lambda: nn.LSTM(4, 5, 2, batch_first=True), R(2, 3, 4), R(3, 6, 4)),
    "GRU": (lambda: nn.GRU(4, 5, bidirectional=True), R(2, 3, 4), R(3, 6, 4)),
    "RNN": (lambda: nn.RNN(4, 5), R(2, 3, 4), R(3, 6, 4)),
    "LSTMCell": (lambda: nn.LSTMCell(4, 5), R(2, 4), R(3, 4)),
    "Embedding": (lambda: nn.Embedding(10, 4), LONG([[1, 2]]), LONG([[1, 2, 3], [4, 5, 6]])),
    "MultiheadAttention": (lambda: nn.MultiheadAttention(8, 2, batch_first=True), (R(2, 3, 8),) * 3, (R(3, 5, 8),) * 3),
    "TransformerEncoderLayer": (lambda: nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), R(2, 3, 8), R(4, 5, 8)),
    "TransformerEncoder": (lambda: nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), 2,
                                                         enable_nested_tensor=False), R(2, 3, 8), R(4, 5, 8)),
    "Transformer": (lambda: nn.Transformer(8, 2, 1, 1, 16, batch_first=True), (R(2, 3, 8), R(2, 4, 8)), (R(3, 5, 8), R(3, 2, 8))),
    "ConvTranspose2d": (lambda: nn.ConvTranspose2d(3, 4, 3, 2, 1, 1), R(1, 3, 5, 5), R(2, 3, 6, 7)),
    "Conv1d same": (lambda: nn.Conv1d(3, 4, 3, padding="same"), R(1, 3, 5), R(2, 3, 7)),
    "Conv3d": (lambda: nn.Conv3d(3, 4, 3), R(1, 3, 5, 5, 5), R(2, 3, 6, 7, 5)),
    "GroupNorm": (lambda: nn.GroupNorm(2, 4), R(1, 4, 5), R(2, 4, 7)),
    "LayerNorm": (lambda: nn.LayerNorm(4), R(1, 4), R(2, 3, 4)),
    "InstanceNorm2d": (lambda: nn.InstanceNorm2d(4), R(1, 4, 3, 3), R(2, 4, 5, 6)),
    "network": (lambda: nn.Sequential(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4), nn.Hardswish(), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
                                      nn.Dropout(), nn.Linear(4, 2)), R(2, 3, 4, 4), R(3, 3, 6, 6)),
    "weight norm": (lambda: torch.nn.utils.parametrizations.weight_norm(nn.Linear(3, 4)), R(2, 3), R(5, 3)),
    "ParameterList": (lambda: WithParameterList(), R(2, 3), R(5, 3)),
}


class WithParameterList(nn.Module):
    def __init__(self):
        super().__init__()
        self.weights = nn.ParameterList([nn.Parameter(R(3)), nn.Parameter(R(3))])

    def forward(self, x):
        return x * self.weights[0] + self.weights[1]


def run(program, example, other, **options):
    example, other = (i if isinstance(i, tuple) else (i,) for i in (example, other))
    traced = facula.trace(program, tuple(copies(example)), **options)
    archive = io.BytesIO()
    traced.save(archive)
    for inputs in (example, other):
        with torch.no_grad():
            want = program(*copies(inputs))
        same(traced(*copies(inputs)), want)
        archive.seek(0)
        same(torch.jit.load(archive)(*copies(inputs)), want)


@pytest.mark.parametrize("name", PROGRAMS)
def test_program(name):
    with warnings.catch_warnings():
        warnings.simplefilter("error", facula.TracerWarning)   # nothing here becomes a constant
        run(*PROGRAMS[name])


@pytest.mark.parametrize("name", LAYERS)
def test_layer(name):
    make, example, other = LAYERS[name]
    torch.manual_seed(0)
    with warnings.catch_warnings():
        warnings.simplefilter("error", facula.TracerWarning)
        run(make().eval(), example, other)
