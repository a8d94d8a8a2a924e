# As in torch.nn.utils, with the parameters where parametrizations keep them: module.parametrizations.<name>.original…
import torch
from torch.nn.parameter import Parameter
from torch.nn.utils import _as_matrix, _directions, _note, _over_sigma, _spectral_dim


class ParametrizationList(torch.nn.Module):
    pass


class _SpectralNorm(torch.nn.Module):
    pass


def _place(module, name):
    if "parametrizations" not in module._modules:
        module.parametrizations = torch.nn.ModuleDict()
    place = ParametrizationList()
    module.parametrizations[name] = place
    return place


def weight_norm(module, name="weight", dim=0):
    dim = -1 if dim is None else dim
    weight = module._parameters.pop(name)
    place = _place(module, name)
    place.original0 = Parameter(torch.norm_except_dim(weight, 2, dim))
    place.original1 = Parameter(weight)
    _note(module, name, lambda: torch._weight_norm(place.original1, place.original0, dim), [(module._modules, "parametrizations")])
    return module


def spectral_norm(module, name="weight", n_power_iterations=1, eps=1e-12, dim=None):
    dim = _spectral_dim(module, dim)
    weight = module._parameters.pop(name)
    place = _place(module, name)
    place.original = Parameter(weight)
    norm = _SpectralNorm()
    u, v = _directions(weight, dim, eps)
    norm.register_buffer("_u", u)
    norm.register_buffer("_v", v)
    place.add_module("0", norm)
    _note(module, name, lambda: _over_sigma(place.original, norm._u, norm._v, dim), [(module._modules, "parametrizations")])
    return module


def orthogonal(module, name="weight", *args, **kwargs):
    raise NotImplementedError("parametrizations.orthogonal is not available; use a state dict of the plain weights")
