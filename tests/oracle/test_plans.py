"""What plans do otherwise than operators one by one: each program planned, plain and called twice, against PyTorch."""
import numpy as np
import pytest
import subprocess

import torch
from conftest import FACULA, assert_close, flatten_torch, run_facula
from torch import nn


def check(module, inputs, tmp_path, tolerance=1e-5):
    module = module.eval()
    archive = tmp_path / "m.pt"
    torch.jit.script(module).save(str(archive))
    with torch.no_grad():
        expected = flatten_torch(module(*inputs))
    assert_close(run_facula(archive, inputs, tmp_path), expected, tolerance)
    assert_close(run_facula(archive, inputs, tmp_path, extra=("--no-plan",)), expected, tolerance)
    # A later call goes through the variant that the first one left behind.
    for i, x in enumerate(inputs):
        np.save(tmp_path / f"in{i}.npy", x.numpy())
    worker = subprocess.run([str(FACULA), "worker", str(archive), str(tmp_path)], input=f"check {tmp_path}\ncheck {tmp_path}\nquit\n",
                            capture_output=True, text=True, timeout=120)
    assert worker.returncode == 0, worker.stdout + worker.stderr
    got = [np.load(tmp_path / f"o{i}.npy").astype(float) for i in range(len(expected))]
    assert_close(got, expected, tolerance)


SIGNALS = [dict(kernel_size=3), dict(kernel_size=3, padding=1), dict(kernel_size=5, stride=2, padding=2), dict(kernel_size=1),
           dict(kernel_size=3, dilation=2, padding="same"), dict(kernel_size=4, groups=4), dict(kernel_size=3, groups=20, padding=1)]


@pytest.mark.parametrize("options", SIGNALS, ids=lambda o: "-".join(f"{k}{v}" for k, v in o.items()))
@pytest.mark.parametrize("batch", [1, 3])
def test_signals(options, batch, tmp_path):
    torch.manual_seed(1)
    out = 24 if options.get("groups") != 20 else 20

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.a = nn.Conv1d(20, out, **options)
            self.n = nn.BatchNorm1d(out)
            self.b = nn.Conv1d(out, 7, 1)

        def forward(self, x):
            y = torch.relu(self.n(self.a(x)))
            return self.b(y) + 1.0, y * 2 - y.mean()

    net = Net()
    net.n.running_mean.uniform_(-1, 1), net.n.running_var.uniform_(0.5, 2)
    check(net, [torch.randn(batch, 20, 33)], tmp_path)


TRANSPOSED = [dict(kernel_size=2, stride=2), dict(kernel_size=4, stride=2, padding=1), dict(kernel_size=3, stride=2, padding=1, output_padding=1),
              dict(kernel_size=(5, 3), stride=(3, 1), padding=(0, 2)), dict(kernel_size=3, padding=1, dilation=2), dict(kernel_size=1, stride=2),
              dict(kernel_size=4, stride=2, padding=1, groups=3)]


@pytest.mark.parametrize("options", TRANSPOSED, ids=lambda o: "-".join(f"{k}{v}" for k, v in o.items()))
def test_transposed_convolutions(options, tmp_path):
    torch.manual_seed(8)
    net = nn.Sequential(nn.Conv2d(3, 12, 3), nn.ConvTranspose2d(12, 9, **options), nn.BatchNorm2d(9), nn.Sigmoid(), nn.Conv2d(9, 4, 1))
    net[2].running_mean.normal_(), net[2].running_var.uniform_(0.5, 2)
    check(net, [torch.randn(2, 3, 9, 7)], tmp_path)


@pytest.mark.parametrize("kernel, stride", [(16, 8), (11, 5), (3, 1)])
def test_transposed_convolutions_of_signals(kernel, stride, tmp_path):
    torch.manual_seed(9)
    net = nn.Sequential(nn.ConvTranspose1d(20, 12, kernel, stride, (kernel - stride) // 2), nn.LeakyReLU(0.1), nn.Conv1d(12, 2, 3))
    check(net, [torch.randn(1, 20, 23)], tmp_path)
    check(net, [torch.randn(20, 23)], tmp_path)  # without a batch


FILMS = [dict(kernel_size=3, padding=1), dict(kernel_size=(3, 1, 1), padding=(1, 0, 0)), dict(kernel_size=(1, 3, 3), stride=(1, 2, 2)),
         dict(kernel_size=3, stride=2, padding=(2, 1, 0)), dict(kernel_size=(2, 3, 3), dilation=(2, 1, 1), padding=1, groups=2),
         dict(kernel_size=1, padding=2)]  # frames that no tap reaches: left to the operator


@pytest.mark.parametrize("options", FILMS, ids=lambda o: "-".join(f"{k}{v}" for k, v in o.items()))
@pytest.mark.parametrize("depth", [1, 6])  # with one frame, only the middle tap of depth sees anything
def test_convolutions_of_films(options, depth, tmp_path):
    torch.manual_seed(10)
    net = nn.Sequential(nn.Conv3d(20, 18, **options), nn.BatchNorm3d(18), nn.ELU(0.5), nn.Conv3d(18, 5, 1))
    net[1].running_mean.normal_(), net[1].running_var.uniform_(0.5, 2)
    check(net, [torch.randn(2, 20, depth, 9, 8)], tmp_path)


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "RNN"])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("batch", [1, 4, 7])
def test_recurrent_layers(kind, bidirectional, batch, tmp_path):
    torch.manual_seed(2)

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.r = getattr(nn, kind)(10, 37, 2, batch_first=True, bidirectional=bidirectional)
            self.s = getattr(nn, kind)(37 * (1 + bidirectional), 16, bias=False, **({"nonlinearity": "relu"} if kind == "RNN" else {}))

        def forward(self, x):
            y, h = self.r(x)
            z, g = self.s(y.transpose(0, 1))
            return y, h, z, g

    check(Net(), [torch.randn(batch, 12, 10)], tmp_path)


@pytest.mark.parametrize("kind", ["LSTMCell", "GRUCell", "RNNCell"])
@pytest.mark.parametrize("batch", [1, 6])
def test_recurrent_cells(kind, batch, tmp_path):
    torch.manual_seed(3)
    lstm = kind == "LSTMCell"

    class Lstm(nn.Module):
        def __init__(self):
            super().__init__()
            self.cell = nn.LSTMCell(9, 21)

        def forward(self, x, h, c):
            h, c = self.cell(x, (h, c))
            h, c = self.cell(x * 0.5, (h, c))
            return h, c

    class Plain(nn.Module):
        def __init__(self):
            super().__init__()
            self.cell = getattr(nn, kind)(9, 21)

        def forward(self, x, h):
            return self.cell(x * 0.5, self.cell(x, h))

    states = [torch.randn(batch, 21) for _ in range(2 if lstm else 1)]
    check(Lstm() if lstm else Plain(), [torch.randn(batch, 9), *states], tmp_path)


class Chain(nn.Module):
    """Reads intermediate values twice, numbers on both sides, broadcast operands of several kinds."""

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.rand(6) + 0.5)
        self.column = nn.Parameter(torch.rand(5, 1))
        self.one = nn.Parameter(torch.rand(()))

    def forward(self, x, y):
        a = torch.sigmoid(x * y + 0.5) * x
        b = torch.tanh(torch.relu(a - 0.1)) + y
        c = torch.exp(-b * b)
        d = (c * self.scale + self.one) / 2.0
        e = 1.0 - (x - self.column).abs().clamp(0.1, 2.0)
        f = (x.pow(2) + 1e-6).sqrt().reciprocal()
        return c, d, e, f * 3 - 2 / (f + 1), (x > 0).float() * 2 + x


@pytest.mark.parametrize("shape", [(5, 6), (3, 5, 6), (2, 700, 5, 6), (0, 5, 6)])
def test_chains(shape, tmp_path):
    torch.manual_seed(4)
    check(Chain(), [torch.randn(*shape), torch.randn(*shape)], tmp_path)


@pytest.mark.parametrize("shape", [(), (1,), (5, 6), (3, 1100), (0, 6)])
def test_traced_chains(shape, tmp_path):
    """Traces hold numbers as constant tensors of one number, in float64 and int64."""
    torch.manual_seed(6)

    class Net(nn.Module):
        def forward(self, x, y):
            a = torch.tanh(x * 0.5 + 0.25)
            b = torch.sigmoid(a * x - 1.0) * torch.relu(y + a) + x.abs().sqrt()
            left = (y - 3) / 7
            return b, left * left.exp(), x.abs() + 2, (x * 2).sin() + (y * 2).cos()

    inputs = [torch.randn(shape), torch.randn(shape)]
    check(torch.jit.trace(Net(), inputs, check_trace=False), inputs, tmp_path)


def test_traced_sizes(tmp_path):
    """A trace computes sizes with tensors; other sizes than those traced must come out right, too."""
    torch.manual_seed(7)

    class Net(nn.Module):
        def forward(self, x):
            n, c, h, w = x.shape
            y = x.reshape(n, c // 2, 2, h * w).permute(0, 2, 1, 3)
            half = w // 2 + 1
            return y.reshape(n, 2 * (c // 2), h, w)[..., :half] * (h - 1), y.reshape(n, -1) / c

    net = torch.jit.trace(Net(), [torch.randn(2, 6, 4, 5)], check_trace=False)
    for shape in [(2, 6, 4, 5), (1, 8, 3, 7), (3, 2, 1, 1)]:
        check(net, [torch.randn(*shape)], tmp_path)


def test_chains_of_strided_and_broadcast_inputs(tmp_path):
    torch.manual_seed(5)

    class Net(nn.Module):
        def forward(self, x, y):
            t = x.transpose(0, 1)
            a = (t * 2 + 1).relu() * t
            b = (y[:, None] + y).exp() * 0.5 - 1
            inner = x + 1
            inner.mul_(2)
            c = inner * 3 + inner
            return a, b, c, (x[0] + y) * y

    check(Net(), [torch.randn(6, 6), torch.randn(6)], tmp_path)


def test_attention_written_out(tmp_path):
    torch.manual_seed(6)

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.q, self.k, self.v, self.o = (nn.Linear(24, 24) for _ in range(4))

        def forward(self, x, mask):
            b, s, d = x.shape
            q = self.q(x).view(b, s, 3, 8).transpose(1, 2)
            k = self.k(x).view(b, s, 3, 8).transpose(1, 2)
            v = self.v(x).view(b, s, 3, 8).transpose(1, 2)
            m = (1.0 - mask)[:, None, None] * -10000.0
            a = torch.softmax(torch.matmul(q, k.transpose(-1, -2)) * 0.35 + m, dim=-1)
            y = torch.matmul(a, v).transpose(1, 2).reshape(b, s, d)
            return self.o(y) + x

    mask = torch.ones(2, 10)
    mask[0, 7:] = 0
    check(Net(), [torch.randn(2, 10, 24), mask], tmp_path)


def test_numbers_that_equal_nothing_or_each_other(tmp_path):
    """NaN among the numbers of a pass, and zeros of both signs (from attributes: PyTorch's printer merges literals)."""
    torch.manual_seed(7)

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.plus, self.minus = 0.0, -0.0

        def forward(self, x):
            a = torch.relu(x * float("nan") + 1.0)
            b = (x.abs() * self.minus).reciprocal()
            c = (x.abs() * self.plus).reciprocal()
            d = (x * self.minus + self.plus) * self.minus
            return a, torch.sign(b), torch.sign(c), torch.sign((d.abs() * self.minus).reciprocal()), x * float("inf") - float("inf")

    check(Net(), [torch.randn(40)], tmp_path)


def test_running_statistics(tmp_path):
    """Norms in training write their statistics, which no mark of their schemas says. (Results are read where PyTorch's
    compiler would drop the call.)"""
    torch.manual_seed(3)

    class Net(nn.Module):
        def forward(self, x):
            mean, var = torch.zeros(3), torch.ones(3)
            before = mean + 0
            torch.batch_norm(x, None, None, mean, var, True, 0.1, 1e-5, False)
            once = mean + 0
            torch.batch_norm(x, None, None, mean, var, True, 0.1, 1e-5, False)
            twice = mean + var
            a, b = torch.batch_norm_update_stats(x, mean, None, 0.5)
            thrice = mean + 0
            c, d = torch.batch_norm_update_stats(x, mean, None, 0.5)
            return before, once, twice, a + b, thrice, c + d, mean

    check(Net(), (torch.randn(4, 3, 5),), tmp_path)
