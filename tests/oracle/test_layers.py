"""Layers and small networks, scripted and traced, planned and operator by operator."""
import pytest
import torch
from torch import nn


class Residual(nn.Module):
    def __init__(self, c, stride=1):
        super().__init__()
        self.conv1 = nn.Conv2d(c, c, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(c)
        self.conv2 = nn.Conv2d(c, c, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(c)
        self.down = nn.Sequential(nn.Conv2d(c, c, 1, stride, bias=False), nn.BatchNorm2d(c)) if stride > 1 else None
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        if self.down is not None:
            x = self.down(x)
        y += x
        return self.relu(y)


class SqueezeExcite(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc1, self.fc2 = nn.Conv2d(c, c // 4, 1), nn.Conv2d(c // 4, c, 1)

    def forward(self, x):
        s = torch.sigmoid(self.fc2(torch.relu(self.fc1(self.pool(x)))))
        return x * s


class Dense(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Conv2d(10, 6, 3, padding=1), nn.Conv2d(16, 7, 3, padding=1)

    def forward(self, x):
        y = torch.cat([x, torch.relu(self.a(x))], 1)
        return torch.cat([y, self.b(y)], 1)


class Control(nn.Module):
    def forward(self, x, n: int):
        total = torch.zeros_like(x)
        i = 0
        while i < n:
            if i % 3 == 1:
                i += 1
                continue
            total = total + x * i
            if float(total.sum()) > 1e6:
                break
            i += 1
        parts = [total[k] for k in range(total.size(0))]
        parts.pop(1)
        numbers = [float(p.sum()) for p in parts]
        return torch.stack(parts), {"n": i}, (total.sum(), sorted(numbers))


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.qkv, self.out, self.norm = nn.Linear(32, 96), nn.Linear(32, 32), nn.LayerNorm(32)

    def forward(self, x):
        b, t, c = x.shape
        q, k, v = self.qkv(self.norm(x)).reshape(b, t, 3, 4, c // 4).permute(2, 0, 3, 1, 4).unbind(0)
        y = torch.nn.functional.scaled_dot_product_attention(q, k, v)
        return x + self.out(y.transpose(1, 2).reshape(b, t, c))


class InPlaceOnShared(nn.Module):
    """What a planner must not get wrong: a value that is written after another view of it was taken."""
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(4, 8, 3, padding=1)

    def forward(self, x):
        y = self.conv(x)
        view = y[:, :2]
        z = y + 1
        view.add_(1.0)
        return y, z, view.sum()


class Wrapped(nn.Module):
    """nn.LSTM's own forward is overloaded: an archive holds the overload that a caller names."""
    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, x):
        return self.layer(x)


def cnn(act):
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 20, 3, 2, 1), nn.BatchNorm2d(20), act, nn.Conv2d(20, 20, 5, 1, 2, groups=20), act,
                         nn.MaxPool2d(3, 2, 1), nn.Conv2d(20, 33, 1), act, nn.AvgPool2d(2, 2, ceil_mode=True), nn.AdaptiveAvgPool2d(3),
                         nn.Flatten(), nn.Linear(33 * 9, 10))


@pytest.mark.parametrize("act", [nn.ReLU(inplace=True), nn.ReLU6(), nn.Hardswish(), nn.SiLU(), nn.GELU(), nn.LeakyReLU(0.1), nn.Sigmoid(), nn.Tanh(),
                                 nn.ELU(), nn.Mish(), nn.Hardsigmoid(), nn.PReLU()], ids=lambda a: type(a).__name__)
def test_cnn_activations(compare, act):
    compare(cnn(act), torch.rand(2, 3, 37, 41))


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("c", [16, 20, 64])
def test_residual(compare, c, stride):
    torch.manual_seed(1)
    m = Residual(c, stride)
    for b in m.modules():
        if isinstance(b, nn.BatchNorm2d):
            b.running_mean.normal_()
            b.running_var.uniform_(0.5, 2)
            b.weight.data.normal_()
    compare(m, torch.randn(2, c, 19, 23))


@pytest.mark.parametrize("args", [
    (8, 16, 3), (8, 16, 3, 2, 1), (8, 16, 3, 1, 2, 2), (16, 16, 3, 1, 1, 1, 16), (16, 32, 3, 1, 1, 1, 4), (6, 9, (1, 5), 1, (0, 2)), (3, 8, 7, 2, 3),
    (40, 24, 1), (16, 32, 3, 1, 0, 1, 16), (64, 64, 3, 1, 1), (5, 7, 2, 3)], ids=str)
def test_conv2d(compare, args):
    torch.manual_seed(2)
    compare(nn.Conv2d(*args), torch.randn(2, args[0], 21, 18))


@pytest.mark.parametrize("module,shape", [
    (nn.Conv1d(4, 6, 5, 2, 2), (2, 4, 30)), (nn.Conv3d(3, 5, 3, padding=1), (1, 3, 6, 7, 8)), (nn.ConvTranspose2d(4, 6, 3, 2, 1, 1), (2, 4, 9, 8)),
    (nn.ConvTranspose1d(4, 6, 4, 2, 1), (2, 4, 9)), (nn.LayerNorm(12), (3, 5, 12)), (nn.GroupNorm(3, 12), (2, 12, 5, 5)), (nn.InstanceNorm2d(4, affine=True), (2, 4, 6, 6)),
    (nn.BatchNorm1d(6), (4, 6)), (nn.Linear(7, 5), (2, 3, 7)), (nn.Softmax(-1), (3, 9)), (nn.LogSoftmax(1), (3, 9, 2)), (nn.Upsample(scale_factor=2), (1, 3, 5, 6)),
    (nn.Upsample(size=(9, 11), mode="bilinear", align_corners=False), (1, 3, 5, 6)), (nn.PixelShuffle(2), (1, 8, 3, 4)), (nn.ZeroPad2d(2), (1, 2, 3, 4)),
    (nn.ReflectionPad2d(1), (1, 2, 4, 5)), (nn.Embedding(10, 4), None), (nn.GLU(), (3, 8)), (nn.Softplus(), (3, 4)), (nn.Flatten(), (2, 3, 4))], ids=lambda v: type(v).__name__ if isinstance(v, nn.Module) else "")
def test_layer(compare, module, shape):
    torch.manual_seed(3)
    compare(module, torch.randn(*shape) if shape else torch.randint(0, 10, (3, 5)))


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU, nn.RNN])
def test_recurrent(compare, kind, bidirectional):
    torch.manual_seed(4)
    compare(Wrapped(kind(6, 9, num_layers=2, bidirectional=bidirectional, batch_first=True)), torch.randn(3, 7, 6))


def test_squeeze_excite(compare):
    compare(nn.Sequential(nn.Conv2d(3, 24, 3), SqueezeExcite(24), nn.Conv2d(24, 8, 1)), torch.rand(1, 3, 17, 15))


def test_dense(compare):
    compare(Dense(), torch.randn(2, 10, 9, 9))


def test_attention(compare):
    compare(Attention(), torch.randn(2, 11, 32))


def test_control_flow(compare):
    compare(Control(), torch.randn(4, 3), 9, traced=False)


def test_in_place_on_views(compare):
    compare(InPlaceOnShared(), torch.randn(1, 4, 6, 6))


def test_transformer_encoder(compare):
    torch.manual_seed(5)
    layer = nn.TransformerEncoderLayer(16, 4, 32, batch_first=True)
    compare(nn.TransformerEncoder(layer, 2, enable_nested_tensor=False), torch.randn(2, 5, 16), scripted=False)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.bfloat16])
def test_other_dtypes(compare, dtype):
    if dtype == torch.bfloat16:
        pytest.skip("NumPy has no bfloat16 to pass the input in")
    torch.manual_seed(6)
    compare(nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 4)).to(dtype), torch.randn(3, 8, dtype=dtype), tolerance=2e-3 if dtype == torch.float16 else 1e-6)
