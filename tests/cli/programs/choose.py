import torch
import torch.nn as nn


class Net(nn.Module):
    def __init__(self, i: int = 1):
        super().__init__()
        self.i = i
        self.n = 1
        self.layers = nn.ModuleList([nn.Tanh(), nn.ReLU()])

    def forward(self, x):
        return self.layers[self.i](x), x.shape[:self.n]
