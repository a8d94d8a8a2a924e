"""Layers of torch.nn with inputs: what is constructed (after `nn.`) and what it is called with."""
import torch
from torch import nn

X1, X2, X3 = torch.rand(2, 4, 10), torch.rand(2, 4, 9, 8), torch.rand(1, 4, 5, 6, 7)
V = torch.rand(3, 8)
ONE = lambda *shape: [torch.rand(*shape)]  # noqa: E731
LAYERS = {
    "Identity()": [V], "Linear(8, 5)": [V], "Linear(8, 5, bias=False)": [V], "Bilinear(8, 8, 3)": [V, V],
    "Conv1d(4, 6, 3, padding=1)": [X1], "Conv1d(4, 6, 3, padding='same', dilation=2)": [X1],
    "Conv2d(4, 6, (3, 2), stride=2, padding=(1, 0), bias=False)": [X2], "Conv2d(4, 8, 3, groups=2, dilation=2, padding='valid')": [X2],
    "Conv2d(4, 4, 3, padding=1, padding_mode='reflect')": [X2], "Conv2d(4, 4, 3, padding=(1, 2), padding_mode='circular')": [X2],
    "Conv3d(4, 2, 3, padding=1)": [X3], "ConvTranspose1d(4, 3, 3, stride=2)": [X1],
    "ConvTranspose2d(4, 3, 3, stride=2, padding=1, output_padding=1)": [X2], "ConvTranspose3d(4, 2, 2, stride=2)": [X3],
    "BatchNorm1d(4)": [X1], "BatchNorm2d(4)": [X2], "BatchNorm2d(4, affine=False)": [X2], "BatchNorm2d(4, track_running_stats=False)": [X2],
    "BatchNorm2d(4, momentum=None)": [X2], "BatchNorm3d(4)": [X3], "InstanceNorm1d(4)": [X1],
    "InstanceNorm2d(4, affine=True, track_running_stats=True)": [X2], "InstanceNorm3d(4)": [X3],
    "GroupNorm(2, 4)": [X2], "LayerNorm(8)": [V], "LayerNorm([9, 8], elementwise_affine=False)": [X2], "RMSNorm(8)": [V],
    "LocalResponseNorm(2)": [X2],
    "MaxPool1d(2)": [X1], "MaxPool2d(3, stride=2, padding=1, ceil_mode=True)": [X2], "MaxPool3d(2)": [X3],
    "MaxPool2d(2, return_indices=True)": [X2], "AvgPool1d(2)": [X1], "AvgPool2d(3, 2, 1, count_include_pad=False)": [X2], "AvgPool3d(2)": [X3],
    "AdaptiveAvgPool1d(3)": [X1], "AdaptiveAvgPool2d((2, 3))": [X2], "AdaptiveAvgPool2d((None, 3))": [X2], "AdaptiveAvgPool3d(2)": [X3],
    "AdaptiveMaxPool1d(3)": [X1], "AdaptiveMaxPool2d(2)": [X2], "AdaptiveMaxPool3d(2)": [X3], "LPPool1d(2, 3)": [X1], "LPPool2d(2, 2)": [X2],
    "ReLU()": [V], "ReLU(inplace=True)": [V], "ReLU6()": [V * 9], "Sigmoid()": [V], "Tanh()": [V], "SiLU()": [V], "Mish()": [V],
    "Hardswish()": [V], "Hardsigmoid()": [V], "Hardtanh(-0.2, 0.7)": [V], "ELU(0.5)": [-V], "CELU()": [-V], "SELU()": [-V], "GLU()": [V],
    "GELU()": [V], "GELU(approximate='tanh')": [V], "Hardshrink()": [V], "Softshrink()": [V], "Tanhshrink()": [V], "Softsign()": [V],
    "LeakyReLU(0.2)": [-V], "LogSigmoid()": [V], "Softplus()": [V], "Threshold(0.5, 2.0)": [V], "PReLU()": [-V], "PReLU(4)": [-X2],
    "RReLU()": [-V], "Softmax(1)": [V], "Softmax(dim=-1)": [V], "LogSoftmax(1)": [V], "Softmin(1)": [V], "Softmax2d()": [X2],
    "Embedding(10, 3)": [torch.randint(0, 10, (2, 4))], "Embedding(10, 3, padding_idx=2)": [torch.randint(0, 10, (2, 4))],
    "EmbeddingBag(10, 3, mode='sum')": [torch.randint(0, 10, (2, 4))],
    "Dropout(0.3)": [V], "Dropout2d()": [X2], "AlphaDropout()": [V],
    "Upsample(scale_factor=2)": [X2], "Upsample(size=(5, 7), mode='bilinear', align_corners=True)": [X2],
    "Upsample(scale_factor=2, mode='bicubic')": [X2], "UpsamplingNearest2d(scale_factor=2)": [X2], "UpsamplingBilinear2d(size=(4, 4))": [X2],
    "PixelShuffle(2)": [X2], "PixelUnshuffle(2)": ONE(1, 2, 4, 6), "ChannelShuffle(2)": [X2],
    "ConstantPad1d(2, 3.5)": [X1], "ConstantPad2d((1, 2, 0, 1), -1.0)": [X2], "ZeroPad2d(1)": [X2], "ReflectionPad1d(2)": [X1],
    "ReflectionPad2d((1, 2, 2, 1))": [X2], "ReplicationPad2d(2)": [X2], "ReplicationPad3d(1)": [X3], "CircularPad2d(1)": [X2],
    "Flatten()": [X2], "Flatten(0, 2)": [X2], "Unflatten(1, (2, 4))": [V], "Fold((4, 5), (2, 2))": ONE(1, 8, 12), "Unfold((2, 3), padding=1)": [X2],
    "CosineSimilarity()": [V, V + 1], "PairwiseDistance()": [V, V + 1],
    "LSTM(8, 5)": ONE(4, 3, 8), "LSTM(8, 5, num_layers=2, batch_first=True, bidirectional=True)": ONE(4, 3, 8), "LSTM(8, 6, proj_size=3)": ONE(4, 3, 8),
    "GRU(8, 5, 2)": ONE(4, 3, 8), "GRU(8, 5, bias=False)": ONE(4, 8), "RNN(8, 5)": ONE(4, 3, 8), "RNN(8, 5, nonlinearity='relu')": ONE(4, 3, 8),
    "LSTMCell(8, 5)": [V], "GRUCell(8, 5)": [V], "RNNCell(8, 5)": [V],
    "MultiheadAttention(8, 2)": [torch.rand(5, 3, 8)] * 3, "MultiheadAttention(8, 2, batch_first=True, add_zero_attn=True)": [torch.rand(3, 5, 8)] * 3,
    "MultiheadAttention(8, 2, kdim=6, vdim=4)": [torch.rand(5, 3, 8), torch.rand(5, 3, 6), torch.rand(5, 3, 4)],
    "TransformerEncoderLayer(8, 2, 16)": ONE(5, 3, 8), "TransformerEncoderLayer(8, 2, 16, batch_first=True, norm_first=True, activation='gelu')": ONE(3, 5, 8),
    "TransformerDecoderLayer(8, 2, 16)": [torch.rand(5, 3, 8), torch.rand(4, 3, 8)],
    "TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16), 2, nn.LayerNorm(8))": ONE(5, 3, 8),
    "Transformer(8, 2, 1, 1, 16)": [torch.rand(5, 3, 8), torch.rand(4, 3, 8)],
    "L1Loss()": [V, V * 2], "MSELoss(reduction='sum')": [V, V * 2], "SmoothL1Loss()": [V, V * 3], "HuberLoss()": [V, V * 3],
    "CrossEntropyLoss()": [V, torch.tensor([1, 0, 7])], "NLLLoss()": [V, torch.tensor([1, 0, 7])], "BCEWithLogitsLoss()": [V, V], "BCELoss()": [V, V],
    "KLDivLoss(reduction='batchmean')": [V, V],
    "Sequential(nn.Linear(8, 4), nn.ReLU(), nn.Linear(4, 2))": [V],
}


# A layer is part of a module: those with several signatures of `forward` (nn.LSTM) cannot be called as a compiled module.
class Layer1(nn.Module):
    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, a):
        return self.layer(a)


class Layer2(Layer1):
    def forward(self, a, b):
        return self.layer(a, b)


class Layer3(Layer1):
    def forward(self, a, b, c):
        return self.layer(a, b, c)


def module(name):
    """A module in eval mode around the layer, and its inputs."""
    layer = eval("torch.nn." + name, {"torch": torch, "nn": nn})
    return (Layer1, Layer2, Layer3)[len(LAYERS[name]) - 1](layer).eval(), tuple(LAYERS[name])
