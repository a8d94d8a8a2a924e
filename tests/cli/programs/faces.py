from dataclasses import dataclass

import torch
import torch.nn as nn


@torch.jit.interface
class Scorer:
    def score(self, x: torch.Tensor) -> torch.Tensor:
        pass


@torch.jit.interface
class Block(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        pass


class Sum:
    def score(self, x: torch.Tensor) -> torch.Tensor:
        return x.sum()


@dataclass
class Options:
    scale: float = 2.0
    bias: int = 1

    def apply(self, x: torch.Tensor) -> torch.Tensor:
        return x * self.scale + self.bias


class Twice(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * 2


def scored(s: Scorer, x: torch.Tensor):
    return s.score(x)


class Net(nn.Module):
    block: Block

    def __init__(self):
        super().__init__()
        self.block = Twice()
        self.options = Options(bias=3)
        self.seen = []
        self.last = None

    def forward(self, x: torch.Tensor):
        self.seen.append(x.size(0))
        if self.last is None:
            self.last = x
        y = self.options.apply(self.block(x)) + self.last
        return y, scored(Sum(), y), self.seen, Options(1.5).scale
