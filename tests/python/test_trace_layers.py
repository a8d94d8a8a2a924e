"""The layers of torch.nn: each is traced, run on the example and on another batch (and, where that may vary, other lengths),
saved, and loaded by PyTorch; all results must be PyTorch's."""
import io
import warnings

import pytest

torch = pytest.importorskip("torch")
facula = pytest.importorskip("facula")
nn = torch.nn

ANY = {  # element by element: any shape
    "ReLU": (), "ReLU6": (), "ELU": (0.7,), "CELU": (), "SELU": (), "GELU": (), "SiLU": (), "Mish": (), "Hardswish": (),
    "Hardsigmoid": (), "Hardtanh": (), "Hardshrink": (), "Softshrink": (), "Tanhshrink": (), "Tanh": (), "Sigmoid": (),
    "LogSigmoid": (), "Softplus": (), "Softsign": (), "LeakyReLU": (), "PReLU": (), "RReLU": (), "Threshold": (0.1, 0.5), "Softmin": (-1,),
    "Softmax": (-1,), "LogSoftmax": (-1,), "Identity": (), "Dropout": (), "AlphaDropout": (), "FeatureAlphaDropout": (), "GLU": (),
    "Flatten": (),
}
BY_RANK = {  # (arguments for rank 1, 2, 3) of layers with a number of dimensions in their name; 4 channels
    "Conv": (4, 6, 3), "ConvTranspose": (4, 6, 3), "BatchNorm": (4,), "InstanceNorm": (4,), "MaxPool": (2,), "AvgPool": (2,),
    "LPPool": (2, 2), "AdaptiveAvgPool": (2,), "AdaptiveMaxPool": (2,), "ReflectionPad": (1,), "ReplicationPad": (1,),
    "ConstantPad": (1, 0.5), "CircularPad": (1,), "ZeroPad": (1,), "Dropout": (),
}


def rand(*shape):
    return torch.rand(*shape) * 2 - 1


def layers():
    for name, args in ANY.items():
        yield name, getattr(nn, name)(*args), (rand(2, 4, 6),), (rand(3, 4, 6),)
    for name, args in BY_RANK.items():
        for rank in (1, 2, 3):
            if hasattr(nn, "%s%dd" % (name, rank)):
                yield ("%s%dd" % (name, rank), getattr(nn, "%s%dd" % (name, rank))(*args),
                       (rand(2, 4, *(8, 7, 6)[:rank]),), (rand(3, 4, *(10, 9, 8)[:rank]),))
    tokens = torch.randint(0, 9, (2, 5)), torch.randint(0, 9, (3, 7))
    yield "Linear", nn.Linear(4, 6), (rand(2, 4),), (rand(3, 2, 4),)
    yield "LayerNorm", nn.LayerNorm(4), (rand(2, 4),), (rand(3, 2, 4),)
    yield "RMSNorm", nn.RMSNorm(4), (rand(2, 4),), (rand(3, 2, 4),)
    yield "GroupNorm", nn.GroupNorm(2, 4), (rand(2, 4, 5),), (rand(3, 4, 7),)
    yield "LocalResponseNorm", nn.LocalResponseNorm(2), (rand(2, 4, 5, 5),), (rand(3, 4, 6, 7),)
    yield "Conv2d reflect", nn.Conv2d(4, 6, 3, padding=1, padding_mode="reflect"), (rand(2, 4, 5, 5),), (rand(3, 4, 6, 7),)
    yield "Conv2d same", nn.Conv2d(4, 6, 3, padding="same"), (rand(2, 4, 5, 5),), (rand(3, 4, 6, 7),)
    yield "Conv2d unbatched", nn.Conv2d(4, 6, 3), (rand(4, 5, 5),), (rand(4, 6, 7),)
    yield "PixelShuffle", nn.PixelShuffle(2), (rand(2, 4, 5, 5),), (rand(3, 8, 6, 7),)
    yield "PixelUnshuffle", nn.PixelUnshuffle(2), (rand(2, 4, 6, 6),), (rand(3, 8, 8, 6),)
    yield "ChannelShuffle", nn.ChannelShuffle(2), (rand(2, 4, 6, 6),), (rand(3, 8, 8, 6),)
    yield "Unfold", nn.Unfold(2), (rand(2, 4, 6, 6),), (rand(3, 4, 8, 6),)
    yield "Fold", nn.Fold((4, 4), 2), (rand(2, 4, 9),), (rand(3, 8, 9),)
    for mode, rank in (("nearest", 2), ("bilinear", 2), ("bicubic", 2), ("linear", 1), ("trilinear", 3)):
        yield ("Upsample " + mode, nn.Upsample(scale_factor=2, mode=mode), (rand(2, 4, *(4, 5, 3)[:rank]),),
               (rand(3, 2, *(5, 6, 4)[:rank]),))
    for name in ("RNN", "LSTM", "GRU"):
        yield name, getattr(nn, name)(4, 5, 2, bidirectional=True), (rand(3, 2, 4),), (rand(6, 3, 4),)
        yield name + "Cell", getattr(nn, name + "Cell")(4, 5), (rand(2, 4),), (rand(3, 4),)
    yield "Embedding", nn.Embedding(9, 4, padding_idx=1), tokens[:1], tokens[1:]
    yield "EmbeddingBag", nn.EmbeddingBag(9, 4), tokens[:1], tokens[1:]
    yield "MultiheadAttention", nn.MultiheadAttention(8, 2), (rand(3, 2, 8),) * 3, (rand(5, 4, 8),) * 3
    yield "TransformerEncoderLayer", nn.TransformerEncoderLayer(8, 2, 16), (rand(3, 2, 8),), (rand(5, 4, 8),)
    decoder = nn.TransformerDecoder(nn.TransformerDecoderLayer(8, 2, 16), 2)
    yield "TransformerDecoder", decoder, (rand(3, 2, 8), rand(4, 2, 8)), (rand(5, 4, 8), rand(2, 4, 8))
    yield "Bilinear", nn.Bilinear(4, 5, 3), (rand(2, 4), rand(2, 5)), (rand(3, 4), rand(3, 5))
    yield "CosineSimilarity", nn.CosineSimilarity(), (rand(2, 4), rand(2, 4)), (rand(3, 5), rand(3, 5))
    yield "PairwiseDistance", nn.PairwiseDistance(), (rand(2, 4), rand(2, 4)), (rand(3, 5), rand(3, 5))
    yield "Softmax2d", nn.Softmax2d(), (rand(2, 4, 5, 5),), (rand(3, 4, 6, 7),)
    yield "Unflatten", nn.Unflatten(1, (2, -1)), (rand(2, 4),), (rand(3, 6),)
    unpool = Unpool()
    yield "MaxUnpool2d", unpool, (rand(2, 4, 6, 6),), (rand(3, 4, 8, 8),)
    for name in ("L1Loss", "MSELoss", "SmoothL1Loss", "HuberLoss", "BCEWithLogitsLoss", "PoissonNLLLoss", "KLDivLoss"):
        yield name, getattr(nn, name)(), (rand(2, 4), torch.rand(2, 4)), (rand(3, 5), torch.rand(3, 5))
    yield "BCELoss", nn.BCELoss(), (torch.rand(2, 4), torch.rand(2, 4)), (torch.rand(3, 5), torch.rand(3, 5))
    yield "SoftMarginLoss", nn.SoftMarginLoss(), (rand(2, 4), rand(2, 4).sign()), (rand(3, 5), rand(3, 5).sign())
    classes = torch.tensor([1, 0]), torch.tensor([1, 0, 2])
    for name in ("CrossEntropyLoss", "NLLLoss", "MultiMarginLoss"):
        yield name, getattr(nn, name)(), (rand(2, 4), classes[0]), (rand(3, 5), classes[1])
    yield "TripletMarginLoss", nn.TripletMarginLoss(), (rand(2, 4), rand(2, 4), rand(2, 4)), (rand(3, 5), rand(3, 5), rand(3, 5))


class Unpool(nn.Module):
    def __init__(self):
        super().__init__()
        self.pool, self.unpool = nn.MaxPool2d(2, return_indices=True), nn.MaxUnpool2d(2)

    def forward(self, x):
        return self.unpool(*self.pool(x))


torch.manual_seed(7)
LAYERS = {name: rest for name, *rest in layers()}


def compare(got, want):
    if isinstance(want, (tuple, list)):
        assert len(got) == len(want)
        for g, w in zip(got, want):
            compare(g, w)
        return
    got = got if isinstance(got, torch.Tensor) else torch.from_dlpack(got)
    assert got.dtype == want.dtype
    torch.testing.assert_close(got, want.detach(), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", LAYERS)
def test_layer(name):
    module, example, other = LAYERS[name]
    module.eval()
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("error", facula.TracerWarning)
        traced = facula.trace(module, example)
        archive = io.BytesIO()
        traced.save(archive)
        archive.seek(0)
        loaded = torch.jit.load(archive)
        for inputs in (example, other):
            want = module(*inputs)
            compare(traced(*inputs), want)
            compare(loaded(*inputs), want)
