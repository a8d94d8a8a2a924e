"""Writes an archive with a class, an enum and a named tuple in its program; run by test_modules.py."""
import enum
import sys
from typing import NamedTuple

import torch


class Colour(enum.Enum):
    RED = "r"
    BLUE = "b"


class Both(NamedTuple):
    a: int
    b: str


@torch.jit.script
class Pair:
    def __init__(self, x: int):
        self.x = x
        self.y = x + 1

    def total(self, k: int) -> int:
        return self.x + k * (self.y - self.x)  + 2


class M(torch.nn.Module):
    def forward(self, x):
        return x

    @torch.jit.export
    def make(self, n: int) -> Pair:
        return Pair(n)

    @torch.jit.export
    def use(self, p: Pair) -> int:
        return p.total(2)

    @torch.jit.export
    def colour(self, red: bool) -> Colour:
        if red:
            return Colour.RED
        return Colour.BLUE

    @torch.jit.export
    def is_red(self, c: Colour) -> bool:
        return c == Colour.RED

    @torch.jit.export
    def point(self) -> Both:
        return Both(1, "z")


torch.jit.save(torch.jit.script(M()), sys.argv[1])
