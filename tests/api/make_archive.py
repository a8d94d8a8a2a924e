"""Makes tests/api/data/small.pt with PyTorch: a module with children, buffers, attributes and several methods."""
import pathlib
import sys
from typing import Dict, List, Optional, Tuple

import torch
from torch import Tensor, nn

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import neutral_paths  # noqa: E402, F401


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding=1)
        self.bn = nn.BatchNorm2d(4)
        self.drop = nn.Dropout(0.5)

    def forward(self, x):
        return self.drop(torch.relu(self.bn(self.conv(x))))


class Small(nn.Module):
    scale: float
    names: List[str]

    def __init__(self):
        super().__init__()
        self.block = Block()
        self.fc = nn.Linear(4, 2)
        self.register_buffer("mean", torch.tensor([0.1, 0.2, 0.3]).view(1, 3, 1, 1))
        self.scale = 2.0
        self.names = ["cat", "dog"]

    def forward(self, x):
        y = self.block((x - self.mean) * self.scale)
        return torch.softmax(self.fc(y.mean([2, 3])), 1)

    @torch.jit.export
    def parts(self, x, times: int = 1, add: Optional[Tensor] = None) -> Tuple[Tensor, Dict[str, Tensor], List[int]]:
        y = x * times
        if add is not None:
            y = y + add
        return y, {"out": y, "neg": -y}, list(y.shape)

    @torch.jit.export
    def label(self, i: int) -> str:
        if i >= len(self.names):
            raise RuntimeError(f"no name for class {i}")
        return self.names[i]


torch.manual_seed(1)
m = torch.jit.script(Small())
for p in m.parameters():  # sums of few binary digits: equal on every machine
    p.data = torch.round(p.data * 64) / 64
m.save(str(pathlib.Path(__file__).parent / "data" / "small.pt"), _extra_files={"labels.txt": "cat\ndog\n"})
