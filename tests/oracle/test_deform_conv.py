"""torchvision's deformable convolution, in an archive made by PyTorch. Its definition here is written with PyTorch's own sampling
of grids, so that torchvision need not be installed."""
import numpy as np
import pytest
import torch
import torch.nn.functional as F

from against_torch import run_facula

SIZES = ", ".join(f"SymInt {name}_{axis}" for name in ("stride", "pad", "dilation") for axis in "hw")


@pytest.fixture(scope="module", autouse=True)
def operator():
    """The operator as this file defines it, where torchvision has not brought its own; gone again after the tests."""
    with torch.library._scoped_library("torchvision", "FRAGMENT") as library:
        try:
            torch.ops.torchvision.deform_conv2d
        except AttributeError:
            library.define(f"deform_conv2d(Tensor input, Tensor weight, Tensor offset, Tensor mask, Tensor bias, {SIZES}, "
                           "SymInt groups, SymInt offset_groups, bool use_mask) -> Tensor")
        if not torch._C._dispatch_has_kernel_for_dispatch_key("torchvision::deform_conv2d", "CPU"):
            library.impl("deform_conv2d", reference, "CPU")
        yield


def reference(x, weight, offset, mask, bias, sh, sw, ph, pw, dh, dw, groups, offset_groups, use_mask):
    batch, channels, height, width = x.shape
    kh, kw = weight.shape[2:]
    oh, ow = offset.shape[2:]
    rows = torch.arange(oh)[:, None] * sh - ph
    columns = torch.arange(ow)[None, :] * sw - pw
    offset = offset.view(batch, offset_groups, kh * kw, 2, oh, ow)
    mask = mask.view(batch, offset_groups, kh * kw, oh, ow) if use_mask else torch.ones(batch, offset_groups, kh * kw, oh, ow, dtype=x.dtype)
    taps = []
    for k in range(kh * kw):
        parts = []
        for g, part in enumerate(x.chunk(offset_groups, 1)):
            y = rows + k // kw * dh + offset[:, g, k, 0]
            z = columns + k % kw * dw + offset[:, g, k, 1]
            # grid_sample's pixel centres with align_corners stand at -1 .. 1
            grid = torch.stack([2 * z / (width - 1) - 1, 2 * y / (height - 1) - 1], -1)
            parts.append(F.grid_sample(part, grid, align_corners=True) * mask[:, g, k, None])
        taps.append(torch.cat(parts, 1))
    columns = torch.stack(taps, 2).view(batch, groups, channels // groups * kh * kw, oh * ow)
    products = weight.view(groups, weight.shape[0] // groups, -1) @ columns
    return products.view(batch, -1, oh, ow) + bias[:, None, None]


class Deformed(torch.nn.Module):
    def __init__(self, stride, pad, dilation, groups, offset_groups, use_mask):
        super().__init__()
        self.stride, self.pad, self.dilation = stride, pad, dilation
        self.groups, self.offset_groups, self.use_mask = groups, offset_groups, use_mask

    def forward(self, x, weight, offset, mask, bias):
        return torch.ops.torchvision.deform_conv2d(x, weight, offset, mask, bias, self.stride[0], self.stride[1], self.pad[0], self.pad[1],
                                                   self.dilation[0], self.dilation[1], self.groups, self.offset_groups, self.use_mask)


@pytest.mark.parametrize("stride,pad,dilation,groups,offset_groups,use_mask,dtype", [
    ((1, 1), (1, 1), (1, 1), 1, 1, False, torch.float32),
    ((2, 1), (0, 2), (1, 2), 2, 1, True, torch.float32),
    ((1, 2), (3, 1), (2, 1), 1, 2, True, torch.float64),
    ((1, 1), (1, 1), (1, 1), 2, 4, True, torch.float64),
])
def test_deform_conv2d(tmp_path, stride, pad, dilation, groups, offset_groups, use_mask, dtype):
    torch.manual_seed(0)
    x, weight, bias = torch.randn(2, 4, 9, 8, dtype=dtype), torch.randn(6, 4 // groups, 3, 2, dtype=dtype), torch.randn(6, dtype=dtype)
    oh, ow = ((size + 2 * p - d * (k - 1) - 1) // s + 1 for size, p, d, k, s in zip((9, 8), pad, dilation, (3, 2), stride))
    offset = torch.randn(2, offset_groups * 12, oh, ow, dtype=dtype) * 3  # some far outside
    mask = torch.rand(2, offset_groups * 6, oh, ow, dtype=dtype)
    module = torch.jit.script(Deformed(stride, pad, dilation, groups, offset_groups, use_mask))
    module.save(str(tmp_path / "m.pt"))
    inputs = (x, weight, offset, mask, bias)
    expected = module(*inputs).numpy()
    for extra in ((), ("--no-plan",)):
        (got,) = run_facula(tmp_path / "m.pt", inputs, tmp_path, extra=extra)
        assert np.abs(got - expected).max() <= (1e-4 if dtype == torch.float32 else 1e-10) * np.abs(expected).max()
    # Without offsets it is a convolution.
    plain = F.conv2d(x, weight, bias, stride, pad, dilation, groups)
    (got,) = run_facula(tmp_path / "m.pt", (x, weight, offset * 0, mask * 0 + 1, bias), tmp_path)
    assert np.abs(got - plain.numpy()).max() <= (1e-4 if dtype == torch.float32 else 1e-10) * plain.abs().max().item()
