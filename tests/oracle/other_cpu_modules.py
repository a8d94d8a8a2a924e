"""Small modules that reach every kernel, with inputs: what other_cpu.py runs. A list, and so longer than most files."""
import re

import torch
from torch import Tensor, nn  # noqa: F401  (Tensor: named in programs)
from torch.nn import functional as F

CASES = []  # (name, module, the same compiled, inputs, tolerance: of each result's largest number, or ("each", relative, absolute))


def case(name, module, *inputs, tolerance=2e-5, trace=False):
    module = module.eval()
    with torch.no_grad():
        scripted = torch.jit.trace(module, inputs, check_trace=False) if trace else torch.jit.script(module)
    CASES.append((name, module, scripted, inputs, tolerance))


class Text(nn.Module):
    """Calls a function given as TorchScript text `def f(...)`, and is scripted as it."""

    def __init__(self, source):
        super().__init__()
        self.f = getattr(torch.jit.CompilationUnit(source), re.match(r"def (\w+)", source).group(1))

    def forward(self, *inputs):
        return self.f(*inputs)


def text_case(name, source, *inputs, tolerance=2e-5):
    module = Text(source)

    class Root(nn.Module):
        def forward(self):
            return 0
    root = torch.jit.script(Root())
    root.define(source.replace("def f(", "def run(self, ", 1))
    CASES.append((name, module, root, inputs, tolerance))


ACTIVATIONS = [nn.Identity, nn.ReLU, nn.SiLU, nn.GELU, nn.Hardswish, nn.LeakyReLU, nn.Sigmoid, nn.Tanh, nn.ReLU6, nn.Mish, nn.ELU,
               nn.Hardsigmoid, lambda: nn.GELU("tanh"), nn.Softplus]
CONVOLUTIONS = {1: nn.Conv1d, 2: nn.Conv2d, 3: nn.Conv3d}
TRANSPOSED = {1: nn.ConvTranspose1d, 2: nn.ConvTranspose2d, 3: nn.ConvTranspose3d}
NORMS = {1: nn.BatchNorm1d, 2: nn.BatchNorm2d, 3: nn.BatchNorm3d}
CHANNELS = [1, 3, 5, 8, 13, 16, 17, 24, 32, 33, 40, 48, 64, 72]


def settled(norm):
    """A batch norm with statistics of its own."""
    nn.init.uniform_(norm.running_mean, -0.5, 0.5)
    nn.init.uniform_(norm.running_var, 0.5, 2)
    nn.init.uniform_(norm.weight, 0.5, 1.5)
    nn.init.uniform_(norm.bias, -0.5, 0.5)
    return norm


class Residual(nn.Module):
    def __init__(self, body, act):
        super().__init__()
        self.body, self.act = body, act

    def forward(self, x):
        return self.act(self.body(x) + x)


def convolutions(rng):
    for n in range(90):
        dims = rng.choice([1, 2, 2, 2, 2, 3])
        kind = rng.choice(["plain", "plain", "plain", "groups", "depthwise", "transposed", "residual", "pointwise", "winograd"])
        cin, cout = rng.choice(CHANNELS), rng.choice(CHANNELS)
        groups = 1
        if kind == "groups":
            groups = rng.choice([2, 3, 4])
            cin, cout = groups * rng.choice([1, 4, 8, 16, 9]), groups * rng.choice([1, 4, 8, 16, 11])
        if kind == "depthwise":
            groups, cout = cin, cin * rng.choice([1, 1, 1, 2])
        kernel = tuple(rng.choice([1, 2, 3, 3, 4, 5, 7] if dims < 3 else [1, 2, 3]) for _ in range(dims))
        if rng.random() < 0.5:
            kernel = kernel[:1] * dims
        if kind == "pointwise":
            kernel = (1,) * dims
        stride = rng.choice([1, 1, 2, 3]) if kind != "residual" else 1
        dilation = rng.choice([1, 1, 1, 2]) if kind != "winograd" else 1
        if kind == "winograd":
            dims, kernel, stride, cin, cout = 2, (3, 3), 1, rng.choice([32, 48, 64, 33]), rng.choice([32, 64, 40, 17])
        if kind == "residual":
            cin = cout
        size = tuple(rng.randint(7, {1: 40, 2: 17, 3: 8}[dims]) + (k - 1) * dilation for k in kernel)
        act = rng.choice(ACTIVATIONS)()
        bias = rng.random() < 0.6
        batch = rng.choice([1, 1, 2, 3])
        if kind == "transposed":
            first = TRANSPOSED[dims](cin, cout, kernel, stride, padding=tuple(k // 2 for k in kernel), bias=bias, dilation=dilation,
                                     output_padding=rng.choice([0, min(stride, 2) - 1]) if stride > 1 else 0)
            size = tuple(min(s, 9) for s in size)
        else:
            padding = "same" if kind == "residual" else tuple(rng.randint(0, k // 2 + 1) for k in kernel)
            first = CONVOLUTIONS[dims](cin, cout, kernel, stride, padding, dilation, groups, bias,
                                       padding_mode=rng.choice(["zeros"] * 5 + ["reflect", "replicate", "circular"]) if dims < 3 else "zeros")
        cout = first.out_channels
        body = [first] + ([settled(NORMS[dims](cout))] if rng.random() < 0.6 else [])
        if kind == "residual":
            net = nn.Sequential(CONVOLUTIONS[dims](cin, cin, 1), Residual(nn.Sequential(*body), act), CONVOLUTIONS[dims](cin, 5, 1))
        else:
            net = nn.Sequential(*body, act)
            if rng.random() < 0.6:
                net.append(CONVOLUTIONS[dims](cout, rng.choice([4, 16, 19]), 1))
        case(f"conv.{n}.{kind} {first} {type(act).__name__} batch {batch} of {size}", net, torch.randn(batch, cin, *size), tolerance=5e-5)


def products(rng):
    for n, rows in enumerate([1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 14, 15, 16, 17, 23, 28, 29, 31, 33, 40]):
        k, cout = rng.choice([1, 7, 16, 31, 64, 100, 129, 257]), rng.choice([1, 3, 10, 16, 31, 48, 65, 96, 130])
        act = ACTIVATIONS[n % len(ACTIVATIONS)]()
        case(f"linear.{rows}x{k}x{cout} {type(act).__name__}", nn.Sequential(nn.Linear(k, cout, bias=n % 3 > 0), act, nn.Linear(cout, 9)), torch.randn(rows, k))
    for n in range(14):
        m, k, c, b = rng.randint(1, 40), rng.randint(1, 70), rng.randint(1, 70), rng.randint(1, 4)
        text_case(f"matmul.{b}x{m}x{k}x{c}", """def f(a: Tensor, b: Tensor, c: Tensor):
    return (torch.matmul(a, b), torch.bmm(a, b) * 2.0, torch.matmul(a.transpose(1, 2).contiguous().transpose(1, 2), b.transpose(1, 2).contiguous().transpose(1, 2)),
            torch.addmm(c, a[0], b[0]), torch.matmul(a[0], b[0, :, 0]), torch.relu(torch.matmul(a[0].double(), b[0].double()) + c))
""", torch.randn(b, m, k), torch.randn(b, k, c), torch.randn(c))
    text_case("matmul.integers", "def f(a: Tensor, b: Tensor):\n    return (torch.matmul(a, b), torch.matmul(a.long(), b.long()), torch.matmul(a.to(torch.uint8), b.to(torch.uint8)))\n",
              torch.randint(-9, 9, (5, 19), dtype=torch.int32), torch.randint(-9, 9, (19, 21), dtype=torch.int32))
    text_case("matmul.complex", "def f(a: Tensor, b: Tensor):\n    return torch.matmul(a, b)\n", torch.randn(5, 19, dtype=torch.complex64), torch.randn(19, 21, dtype=torch.complex64))
    for dtype in (torch.float16, torch.bfloat16):
        text_case(f"matmul.{dtype}", "def f(a: Tensor, b: Tensor):\n    return (torch.matmul(a, b), torch.softmax(a, 1), a + b.t()[:5], torch.nn.functional.gelu(a), a.float().exp().to(a.dtype), torch.layer_norm(a, [19]))\n",
                  torch.randn(5, 19).to(dtype), torch.randn(19, 21).to(dtype)[:, :19].contiguous(), tolerance=2e-2)


def norms(rng):
    for width in (1, 5, 16, 31, 48, 100, 768):
        case(f"norm.layer {width}", nn.Sequential(nn.LayerNorm(width), nn.GELU(), nn.LayerNorm(width, elementwise_affine=False)), torch.randn(3, 5, width))
        case(f"norm.rms {width}", nn.RMSNorm(width), torch.randn(3, 5, width))
    for groups, channels in ((1, 5), (3, 12), (4, 64), (2, 34), (16, 16), (32, 96)):
        case(f"norm.group {groups} {channels}", nn.Sequential(nn.Conv2d(3, channels, 3, padding=1), nn.GroupNorm(groups, channels), nn.SiLU(), nn.Conv2d(channels, 5, 1)), torch.randn(2, 3, 9, 11))
        case(f"norm.instance {channels}", nn.InstanceNorm2d(channels, affine=True), torch.randn(2, channels, 7, 9))
        case(f"norm.batch {channels}", settled(nn.BatchNorm2d(channels)), torch.randn(2, channels, 7, 9))
    for shape in ((3, 1), (3, 7), (2, 16), (2, 37), (4, 5, 33), (2, 3, 17, 19)):
        for dim in range(len(shape)):
            text_case(f"softmax.{shape} {dim}", f"def f(x: Tensor):\n    return (torch.softmax(x, {dim}), torch.log_softmax(x, {dim}), torch.softmax(x * 50.0 - 1000.0, {dim}))\n", torch.randn(shape) * 4)


def pooling(rng):
    for channels in (3, 16, 21, 40):
        for n, pool in enumerate([nn.MaxPool2d(2), nn.MaxPool2d(3, 2, 1), nn.MaxPool2d(3, 2, 1, ceil_mode=True), nn.MaxPool2d(3, 1, 1), nn.MaxPool2d(2, 2, 0, 2), nn.MaxPool2d((5, 3), (2, 1), (2, 1)),
                                  nn.AvgPool2d(2), nn.AvgPool2d(3, 2, 1), nn.AvgPool2d(3, 2, 1, count_include_pad=False), nn.AvgPool2d(3, 2, ceil_mode=True), nn.AdaptiveAvgPool2d(1),
                                  nn.AdaptiveAvgPool2d((3, 4)), nn.AdaptiveMaxPool2d((3, 4)), nn.LPPool2d(2, 2)]):
            case(f"pool.{channels} {pool} between convolutions", nn.Sequential(nn.Conv2d(3, channels, 3), pool, nn.Conv2d(channels, 5, 1)), torch.randn(2, 3, 13, 16))
            if channels == 21:
                case(f"pool.{channels} {pool}", pool, torch.randn(2, channels, 13, 16))
    for pool in (nn.MaxPool1d(3, 2, 1), nn.AvgPool1d(4, 2), nn.AdaptiveAvgPool1d(5)):
        case(f"pool.{pool}", nn.Sequential(nn.Conv1d(4, 20, 3), pool), torch.randn(2, 4, 45))
    for pool in (nn.MaxPool3d(2), nn.MaxPool3d(3, 2, 1), nn.AvgPool3d(2), nn.AdaptiveAvgPool3d((2, 3, 1)), nn.AdaptiveMaxPool3d(2)):
        case(f"pool.{pool}", nn.Sequential(nn.Conv3d(2, 18, 3, padding=1), pool), torch.randn(1, 2, 6, 7, 9))
    case("pool.indices", nn.MaxPool2d(3, 2, 1, return_indices=True), torch.randn(2, 5, 13, 35))


class Up(nn.Module):
    def __init__(self, channels, options):
        super().__init__()
        self.a, self.b, self.options = nn.Conv2d(3, channels, 3, padding=1), nn.Conv2d(channels, 4, 1), options

    def forward(self, x):
        return self.b(F.interpolate(self.a(x), **self.options)), F.interpolate(x, **self.options)


def resampling(rng):
    for channels in (3, 16, 20):
        for options in (dict(scale_factor=2), dict(size=(20, 31)), dict(size=(5, 4)), dict(scale_factor=2, mode="bilinear"), dict(size=(17, 23), mode="bilinear", align_corners=True),
                        dict(size=(6, 5), mode="bilinear", antialias=True), dict(scale_factor=1.7, mode="bicubic"), dict(size=(13, 9), mode="nearest-exact"), dict(size=(5, 3), mode="area")):
            case(f"up.{channels} {options}", Up(channels, options), torch.randn(2, 3, 9, 11), trace=True)
    for pad in (nn.ZeroPad2d((1, 2, 3, 0)), nn.ConstantPad2d(2, 1.5), nn.ReflectionPad2d((1, 2, 2, 1)), nn.ReplicationPad2d(3), nn.CircularPad2d(1), nn.ZeroPad2d((-1, -1, 2, 2))):
        case(f"pad.{pad}", nn.Sequential(pad, nn.Conv2d(5, 20, 3), pad, nn.Conv2d(20, 3, 3)), torch.randn(2, 5, 9, 11))
    for name in ("pixel_shuffle(x, 2)", "pixel_unshuffle(x, 2)", "unfold(x, [3, 2])", "channel_shuffle(x, 4)"):
        text_case(f"shuffle.{name}", f"def f(x: Tensor):\n    return torch.nn.functional.{name}\n" if "unfold(x, [" not in name else "def f(x: Tensor):\n    return torch.nn.functional.unfold(x, [3, 2])\n", torch.randn(2, 16, 8, 10))
    text_case("grid.sample", "def f(x: Tensor, g: Tensor):\n    return torch.grid_sampler_2d(x, g, 0, 0, False)\n", torch.randn(2, 5, 9, 11), torch.rand(2, 7, 6, 2) * 2.4 - 1.2)
    text_case("up.bytes", "def f(x: Tensor):\n    return torch.nn.functional.interpolate(x, [13, 17], mode='bilinear', antialias=True)\n", torch.randint(0, 255, (1, 3, 29, 33), dtype=torch.uint8))


def reductions(rng):
    for shape in ((37,), (5, 33), (3, 17, 20), (2, 3, 5, 35)):
        for dim in [None, *range(len(shape))] + ([(0, 1), (0, len(shape) - 1), (1, len(shape) - 1)] if len(shape) > 2 else []):
            d = "" if dim is None else f", {list(dim) if isinstance(dim, tuple) else [dim]}"
            one = "" if dim is None or isinstance(dim, tuple) else f", {dim}"
            more = "" if dim is None or isinstance(dim, tuple) else f""",
            torch.max(x{one})[0], torch.min(x{one})[1], torch.argmax(x{one}), torch.cumsum(x{one}), torch.prod(x{one}), torch.all(x > -1.5{one}), torch.any(x > 1.5{one}),
            torch.cumprod(x{one}), torch.sort(x{one})[0], torch.sort(x{one})[1], torch.topk(x, 2{one})[0], torch.topk(x, 2{one})[1], torch.median(x{one})[0], torch.cummax(x{one})[0]"""
            text_case(f"reduce.{shape} {dim}", f"""def f(x: Tensor):
    return (torch.sum(x{d}), torch.mean(x{d or ', [0]'}), torch.amax(x{d or ', []'}), torch.amin(x{d or ', []'}), torch.logsumexp(x{d or ', [0]'}), torch.var(x{d or ', [0]'}), torch.std(x{d or ', [0]'}, unbiased=False),
            torch.norm(x) if {dim is None} else x, torch.ops.aten.linalg_vector_norm(x, 2.0{d}), torch.ops.aten.linalg_vector_norm(x, 1.0{d}), torch.sum(x.double(){d}), torch.sum((x * 9.0).int(){d}), torch.sum(x > 0{d}),
            torch.amax((x * 9.0).long(){d or ', []'}), torch.amin((x * 9.0).to(torch.uint8){d or ', []'}){more})
""", torch.randn(shape))
    text_case("reduce.views", "def f(x: Tensor):\n    return (torch.sum(x[:, ::2], [1]), torch.amax(x.t()[1:], [0]), torch.mean(x.transpose(0, 1), [1]), x.flip([1]).sum([0]), x.expand(3, 17, 40).sum([0, 2]))\n", torch.randn(17, 40))


UNARY = """exp log log2 log10 log1p expm1 tanh erf erfc sigmoid sin cos tan asin acos atan sinh cosh asinh acosh atanh sqrt rsqrt reciprocal abs neg sign floor ceil round trunc frac square
relu exp2 sigmoid digamma lgamma erfinv isnan isinf isfinite logical_not sgn""".split()
NN_UNARY = "gelu silu relu6 hardswish hardsigmoid mish elu selu celu leaky_relu softplus softsign logsigmoid tanhshrink hardtanh hardshrink softshrink".split()


def pointwise(rng):
    special = torch.tensor([float("nan"), float("inf"), -float("inf"), 0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 88.7, -88.0, 104.0, 1e-40, -1e-40, 3e38, -3e38, 1e-6, 20.0, -20.0, 9.0, 0.999999])
    x = torch.cat([special, torch.randn(80) * 3, torch.rand(43), torch.randn(40) * 50])
    for u in UNARY:
        bounded = "%2.0" if u in ("tan", "digamma", "lgamma") else ""
        arg = f"torch.fmod(x, {bounded[1:]})" if bounded else "x"
        text_case(f"unary.{u}", f"def f(x: Tensor):\n    y = torch.{u}({arg})\n    return (y, torch.{u}({arg} * 0.5 + 0.25), torch.{u}({arg}.double()))\n", x, tolerance=("each", 3e-5, 1e-6))
    for u in NN_UNARY:
        text_case(f"unary.{u}", f"def f(x: Tensor):\n    return (torch.nn.functional.{u}(x), torch.nn.functional.{u}(x * 2.0 - 1.0) * x + 0.5, torch.nn.functional.{u}(x.reshape(8, 23).t()))\n", x, tolerance=("each", 3e-5, 2e-6))
    text_case("chain.long", """def f(x: Tensor, y: Tensor):
    a = torch.tanh(x * y + 1.0) * torch.sigmoid(y) - torch.exp(-x * x)
    b = torch.where(a > y, a * 2.0, torch.sin(a) / (1.0 + y * y))
    c = torch.clamp(b, -0.75, 0.9) + torch.erf(a) * torch.cos(b)
    return (c, torch.relu(a + b) - c * 0.5, torch.sqrt(torch.abs(c)) + torch.maximum(a, b), torch.minimum(a, c).pow(2.0), torch.log1p(torch.abs(b)) ** 1.5)
""", torch.randn(7, 45), torch.randn(7, 45))
    text_case("chain.broadcast", """def f(x: Tensor, y: Tensor, z: Tensor):
    a = torch.tanh(x + y) * z
    b = (a - x.mean()) / (y.abs() + 1.0)
    return (a, b, a > b, torch.nn.functional.silu(a * b) + z, x.t() * 2.0 + y.reshape(-1, 1).t().t(), (x[:, ::2] + 1.0).exp())
""", torch.randn(19, 37), torch.randn(1, 37), torch.randn(19, 1))
    for width in (1, 15, 16, 17, 31, 64, 130):
        text_case(f"chain.{width}", "def f(x: Tensor, y: Tensor):\n    a = torch.tanh(x) + torch.sigmoid(y) * torch.nn.functional.gelu(x)\n    return (a, torch.nn.functional.silu(a) * y, torch.exp(a) - torch.log(y.abs() + 1.0))\n",
                  torch.randn(3, width), torch.randn(3, width))
    text_case("binary.all", """def f(x: Tensor, y: Tensor):
    return (x + y, x - y, x * y, x / y, torch.maximum(x, y), torch.minimum(x, y), torch.atan2(x, y), torch.fmod(x, y), torch.remainder(x, y), torch.floor_divide(x, y), torch.pow(x.abs(), y),
            torch.hypot(x, y), torch.copysign(x, y), x == y, x != y, x < y, x <= y, x > y, x >= y, torch.logical_and(x > 0, y > 0), torch.fmin(x, y), torch.fmax(x, y), torch.lerp(x, y, 0.3), torch.addcmul(x, x, y),
            torch.addcdiv(x, x, y + 9.0), torch.where(x > y, x, y), torch.nextafter(x, y), torch.logaddexp(x, y))
""", torch.cat([special[:7].repeat_interleave(7), torch.randn(60)]), torch.cat([special[:7].repeat(7), torch.randn(60)]), tolerance=("each", 3e-5, 1e-6))
    text_case("binary.integers", """def f(x: Tensor, y: Tensor):
    return (x + y, x - y, x * y, x / y, torch.floor_divide(x, y), torch.remainder(x, y), x & y, x | y, x ^ y, ~x, x == y, x < y, torch.maximum(x, y), x.clamp(-3, 4), x.abs(), x << 1, x >> 1, x.long() * y.long(), x.to(torch.int8) + y.to(torch.int8),
            x.to(torch.uint8) * y.to(torch.uint8), x.to(torch.int16) - y.to(torch.int16), x.to(torch.bool) & y.to(torch.bool), torch.where(x > y, x, y))
""", torch.randint(-9, 9, (77,), dtype=torch.int32), torch.randint(1, 9, (77,), dtype=torch.int32))
    values = torch.cat([special, torch.randn(60) * 100, torch.tensor([65504.0, 65520.0, 6e-8, 3e-8, 1e-7, 2.0 ** -14, 1 + 2.0 ** -11, 1 + 3 * 2.0 ** -11, 1 + 2.0 ** -8, 1 + 3 * 2.0 ** -8])])
    text_case("convert.floats", "def f(x: Tensor):\n    return (x.half(), x.half().float(), x.to(torch.bfloat16), x.to(torch.bfloat16).float(), x.double(), x.double().float(), x.half().to(torch.bfloat16), x.to(torch.bfloat16).half(), x.half() + 1.0, x.to(torch.bfloat16) * 2.0, x.to(torch.bool), x.half().double())\n", values)
    whole = torch.cat([torch.randn(70) * 60, torch.tensor([0.5, 1.5, 2.5, -0.5, -1.5, 127.0, -128.0])])
    text_case("convert.integers", "def f(x: Tensor):\n    return (x.int(), x.long(), x.to(torch.int8), x.to(torch.int16), x.abs().to(torch.uint8), x.int().float(), x.long().float(), x.abs().to(torch.uint8).float() / 255.0, x.to(torch.int8).float(), x.int().half(), x.int().double(), (x > 0).float())\n", whole)
    for perm in ((0, 2, 1, 3), (0, 3, 1, 2), (0, 2, 3, 1), (3, 2, 1, 0), (1, 0, 3, 2), (2, 3, 0, 1)):
        text_case(f"transpose.{perm}", f"""def f(x: Tensor):
    y = x.permute({list(perm)})
    return (y.contiguous(), y.double().contiguous(), (y * 9.0).to(torch.uint8).contiguous(), x.to(torch.uint8).permute({list(perm)}).contiguous(), x.half().permute({list(perm)}).contiguous(), x.double().permute({list(perm)}).contiguous(),
            y + 1.0, torch.relu(y).contiguous() * y, y.reshape(-1), x.transpose(-1, -2).contiguous())
""", torch.randn(2, 19, 17, 33))
    text_case("picture.bytes", "def f(x: Tensor):\n    return (x.permute(2, 0, 1).float().div(255.0) - 0.45) / 0.22\n", torch.randint(0, 256, (21, 37, 3), dtype=torch.uint8))


def indices(rng):
    text_case("index.all", """def f(x: Tensor, i: Tensor, m: Tensor):
    y = x.clone()
    y[:, 3] = 7.0
    y[i] = y[i] * 2.0
    z = x.clone()
    z[m] = -1.0
    return (x[i], torch.index_select(x, 1, i), torch.gather(x, 1, i.reshape(1, -1).expand(x.size(0), 9)), y, z, x.masked_fill(m, 0.5), x[m], torch.cat([x, x * 2.0], 1), torch.stack([x, x + 1.0], 2), x.roll([3], [1]), torch.flip(x, [0, 1]),
            torch.tril(x), torch.triu(x, 1), torch.nonzero(m), x.scatter_add(1, i.reshape(1, -1).expand(x.size(0), 9), x[:, :9]), torch.cdist(x, x + 0.5), torch.bucketize(x, torch.linspace(-2.0, 2.0, 9)), x.repeat(2, 3), torch.chunk(x, 3, 1)[1] + 1.0,
            torch.unique(i), torch.searchsorted(torch.linspace(-2.0, 2.0, 9), x), torch.nn.functional.one_hot(i, 17), torch.embedding(x, i), torch.cumsum(x, 1), torch.diff(x))
""", torch.randn(17, 23), torch.randint(0, 17, (9,)), torch.randn(17, 23) > 0.3)
    for n in (3, 16, 17, 100, 1000):
        text_case(f"sort.{n}", "def f(x: Tensor):\n    return (torch.sort(x)[0], torch.sort(x, descending=True)[1], torch.topk(x, 3)[0], torch.topk(x, 2, -1, False)[1], torch.argsort(x.double()), torch.sort((x * 9.0).int())[0], torch.kthvalue(x, 2)[0])\n", torch.randn(2, n))
    text_case("fft", "def f(x: Tensor):\n    return (torch.ops.aten.fft_rfft(x), torch.ops.aten.fft_irfft(torch.ops.aten.fft_rfft(x)), torch.stft(x, 16, 4, None, None, True, 'reflect', False, True, True))\n", torch.randn(3, 60))
    text_case("linalg", "def f(x: Tensor):\n    a = x @ x.t() + 3.0 * torch.eye(11)\n    return (torch.ops.aten.linalg_inv(a), torch.ops.aten.linalg_cholesky(a), torch.ops.aten.linalg_det(a / 20.0), torch.ops.aten.linalg_solve(a, x), torch.ops.aten.linalg_eigvalsh(a))\n", torch.randn(11, 11), tolerance=1e-3)


def recurrent(rng):
    for n in range(14):
        inputs, hidden = rng.choice([1, 5, 16, 24, 33]), rng.choice([1, 4, 7, 16, 17, 32, 40])
        kind, layers, both = rng.choice([nn.LSTM, nn.GRU, nn.RNN]), rng.choice([1, 1, 2]), rng.random() < 0.4

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.r = kind(inputs, hidden, layers, batch_first=n % 2 > 0, bidirectional=both)

            def forward(self, x):
                y = self.r(x)
                return y[0] * 1.0, y[1]
        batch, steps = rng.choice([1, 2, 5, 17, 33]), rng.randint(1, 9)
        case(f"recurrent.{n} {kind.__name__} {inputs} {hidden} x{layers} both {both} of {batch} {steps}", Net(), torch.randn(*((batch, steps) if n % 2 else (steps, batch)), inputs))


def attention(rng):
    for n in range(16):
        b, h, q, k, d = rng.choice([1, 2]), rng.choice([1, 3]), rng.choice([1, 3, 17, 32, 50]), rng.choice([1, 5, 16, 33, 70]), rng.choice([4, 8, 16, 20, 32, 64, 80])
        mask = ["", ", None, 0.0, True", ", m", ", m > 0.0"][n % 4]
        text_case(f"attention.{n} {(b, h, q, k, d)} {mask}", f"""def f(q: Tensor, k: Tensor, v: Tensor, m: Tensor):
    return (torch.ops.aten.scaled_dot_product_attention(q, k, v{mask}), torch.matmul(torch.softmax(torch.matmul(q, k.transpose(-2, -1)) / {d ** 0.5} + m, -1), v).transpose(1, 2).reshape({b}, {q}, {h * d}) + 1.0)
""", torch.randn(b, h, q, d), torch.randn(b, h, k, d), torch.randn(b, h, k, d), torch.randn(q, k).abs() if "> 0" in mask else torch.randn(q, k))
    case("attention.encoder", nn.TransformerEncoderLayer(48, 3, 96, batch_first=True, activation="gelu"), torch.randn(2, 13, 48), trace=True)
    case("attention.multihead", Multi(), torch.randn(11, 2, 40))


class Multi(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.MultiheadAttention(40, 5)

    def forward(self, x):
        y, w = self.a(x, x, x)
        return y, w


class Block(nn.Module):
    def __init__(self, cin, cout, stride):
        super().__init__()
        self.a = nn.Sequential(nn.Conv2d(cin, cout, 3, stride, 1, bias=False), settled(nn.BatchNorm2d(cout)), nn.ReLU(True), nn.Conv2d(cout, cout, 3, 1, 1, bias=False), settled(nn.BatchNorm2d(cout)))
        self.b = nn.Sequential(nn.Conv2d(cin, cout, 1, stride, bias=False), settled(nn.BatchNorm2d(cout))) if stride > 1 or cin != cout else nn.Identity()

    def forward(self, x):
        return torch.relu(self.a(x) + self.b(x))


class Inverted(nn.Module):
    def __init__(self, cin, cout, stride, grow):
        super().__init__()
        h = cin * grow
        self.a = nn.Sequential(nn.Conv2d(cin, h, 1, bias=False), settled(nn.BatchNorm2d(h)), nn.ReLU6(), nn.Conv2d(h, h, 3, stride, 1, groups=h, bias=False), settled(nn.BatchNorm2d(h)), nn.ReLU6(), nn.Conv2d(h, cout, 1, bias=False), settled(nn.BatchNorm2d(cout)))
        self.same = stride == 1 and cin == cout

    def forward(self, x):
        return x + self.a(x) if self.same else self.a(x)


class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b, self.c = nn.Conv2d(3, 16, 3, padding=1), nn.Conv2d(16, 40, 3, padding=1), nn.Conv2d(40, 20, 3, padding=2, dilation=2)
        self.up, self.out = nn.ConvTranspose2d(20, 16, 2, 2), nn.Conv2d(32, 4, 3, padding=1)

    def forward(self, x):
        s = torch.relu(self.a(x))
        y = F.silu(self.c(torch.relu(self.b(F.max_pool2d(s, 2)))))
        return torch.sigmoid(self.out(torch.cat([s, self.up(y)], 1)))


class ViT(nn.Module):
    def __init__(self):
        super().__init__()
        self.patch, self.cls, self.pos = nn.Conv2d(3, 48, 8, 8), nn.Parameter(torch.randn(1, 1, 48)), nn.Parameter(torch.randn(1, 17, 48))
        self.body = nn.ModuleList([nn.TransformerEncoderLayer(48, 3, 96, batch_first=True, activation="gelu", norm_first=True) for _ in range(2)])
        self.norm, self.head = nn.LayerNorm(48), nn.Linear(48, 10)

    def forward(self, x):
        x = self.patch(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls.expand(x.size(0), -1, -1), x], 1) + self.pos
        for layer in self.body:
            x = layer(x)
        return self.head(self.norm(x)[:, 0])


class Bert(nn.Module):
    def __init__(self):
        super().__init__()
        self.words, self.places, self.norm = nn.Embedding(50, 64), nn.Embedding(40, 64), nn.LayerNorm(64)
        self.q, self.k, self.v, self.o = (nn.Linear(64, 64) for _ in range(4))
        self.up, self.down, self.n1, self.n2 = nn.Linear(64, 128), nn.Linear(128, 64), nn.LayerNorm(64), nn.LayerNorm(64)

    def heads(self, x):
        return x.view(x.size(0), x.size(1), 4, 16).permute(0, 2, 1, 3)

    def forward(self, tokens):
        x = self.norm(self.words(tokens) + self.places(torch.arange(tokens.size(1))))
        a = torch.softmax(torch.matmul(self.heads(self.q(x)), self.heads(self.k(x)).transpose(-1, -2)) / 4.0, -1)
        a = torch.matmul(a, self.heads(self.v(x))).permute(0, 2, 1, 3).contiguous().view(x.shape)
        x = self.n1(x + self.o(a))
        return torch.tanh(self.n2(x + self.down(F.gelu(self.up(x)))))


def models(rng):
    stem = [nn.Conv2d(3, 16, 7, 2, 3, bias=False), settled(nn.BatchNorm2d(16)), nn.ReLU(True), nn.MaxPool2d(3, 2, 1)]
    case("model.resnet", nn.Sequential(*stem, Block(16, 16, 1), Block(16, 32, 2), Block(32, 64, 2), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10)), torch.randn(1, 3, 64, 64), tolerance=1e-4)
    case("model.mobilenet", nn.Sequential(nn.Conv2d(3, 16, 3, 2, 1, bias=False), settled(nn.BatchNorm2d(16)), nn.ReLU6(), Inverted(16, 16, 1, 1), Inverted(16, 24, 2, 6), Inverted(24, 24, 1, 6), Inverted(24, 32, 2, 6), nn.AdaptiveAvgPool2d(1),
                                          nn.Flatten(), nn.Linear(32, 10)), torch.randn(2, 3, 64, 64), tolerance=1e-4)
    case("model.vit", ViT(), torch.randn(1, 3, 32, 32), trace=True, tolerance=1e-4)
    case("model.bert", Bert(), torch.randint(0, 50, (2, 19)), tolerance=1e-4)
    case("model.unet", UNet(), torch.randn(1, 3, 22, 26), tolerance=1e-4)


class Long(nn.Module):
    def __init__(self):
        super().__init__()
        self.r = nn.LSTM(128, 160)

    def forward(self, x):
        y, _ = self.r(x)
        return y


def large(rng):
    """Enough for several blocks of the caches."""
    case("large.linear", nn.Sequential(nn.Linear(700, 500), nn.GELU(), nn.Linear(500, 129)), torch.randn(300, 700))
    case("large.linear of one row", nn.Sequential(nn.Linear(1024, 1000), nn.ReLU(), nn.Linear(1000, 700)), torch.randn(1, 1024))
    for n, (first, size) in enumerate([(nn.Conv2d(128, 160, 3, padding=1), 14), (nn.Conv2d(256, 64, 3, padding=1), 7), (nn.Conv2d(320, 256, 1), 20), (nn.Conv2d(96, 96, 5, padding=2, groups=96), 28),
                                       (nn.Conv2d(144, 96, 3, 2, 1), 21), (nn.Conv2d(64, 64, 3, padding=2, dilation=2), 33), (nn.Conv2d(3, 64, 7, 2, 3), 80), (nn.ConvTranspose2d(96, 48, 4, 2, 1), 17),
                                       (nn.Conv2d(512, 40, 3, padding=1), 4)]):
        case(f"large.{n} {first}", nn.Sequential(first, nn.SiLU(), nn.Conv2d(first.out_channels, 24, 1)), torch.randn(1, first.in_channels, size, size + n % 3), tolerance=5e-5)
    text_case("large.attention", "def f(q: Tensor, k: Tensor, v: Tensor):\n    return torch.ops.aten.scaled_dot_product_attention(q, k, v)\n", *(torch.randn(1, 4, 300, 64) for _ in range(3)))
    case("large.lstm", Long(), torch.randn(12, 3, 128))


def loops(rng):
    text_case("loop.numbers", """def f(n: int):
    a, b, c = 0, 1, 0.0
    xs: List[float] = []
    for i in range(n):
        a, b = b, (a + b) % 1000003
        c = c * 0.99 + float(b) / 7.0 - float(b % 7)
        if b % 3 == 0:
            xs.append(c)
    d = 0.0
    for x in xs:
        d += x * x
    return (a, b, c, d, len(xs), int(c * 3.0), int(c) // 7, -7 // 2, a << 2)
""", 4000)
    text_case("loop.lists", """def f(n: int):
    sieve = [True] * n
    count = 0
    for i in range(2, n):
        if sieve[i]:
            count += 1
            j = i * i
            while j < n:
                sieve[j] = False
                j += i
    w = [[0.0] * 8 for _ in range(8)]
    for k in range(60):
        for i in range(8):
            for j in range(8):
                w[i][j] = w[i][j] * 0.5 + float(i * j - k)
    return (count, w)
""", 3000)


GROUPS = [convolutions, products, norms, pooling, resampling, reductions, pointwise, indices, recurrent, attention, models, loops, large]
