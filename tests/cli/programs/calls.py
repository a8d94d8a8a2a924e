import torch.nn as nn
import helpers


class Net(nn.Module):
    def forward(self, x):
        return helpers.nested(x)
