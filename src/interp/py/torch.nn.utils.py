def clip_grad_norm_(*args, **kwargs):
    pass


clip_grad_value_ = clip_grad_norm_


# Re-parametrised weights have the parameters of PyTorch's, so that state dicts fit. A compiled program has the plain weight:
# bake() computes it when the state dict is there.
def _note(module, name, make, parts):
    module.__dict__.setdefault("__facula_bake__", {})[name] = (make, parts)
    module.__dict__[name] = make()  # a plain tensor until then, as in PyTorch


def weight_norm(module, name="weight", dim=0):
    import torch
    from torch.nn.parameter import Parameter
    dim = -1 if dim is None else dim
    weight = module._parameters.pop(name)
    g, v = name + "_g", name + "_v"
    module.register_parameter(g, Parameter(torch.norm_except_dim(weight, 2, dim)))
    module.register_parameter(v, Parameter(weight))
    _note(module, name, lambda: torch._weight_norm(module._parameters[v], module._parameters[g], dim), [(module._parameters, g), (module._parameters, v)])
    return module


def _as_matrix(weight, dim):
    if dim != 0:
        weight = weight.permute(dim, *[d for d in range(weight.dim()) if d != dim])
    return weight.reshape(weight.size(0), -1)


def _over_sigma(weight, u, v, dim):
    import torch
    return weight / torch.dot(u, torch.mv(_as_matrix(weight, dim), v))


def _spectral_dim(module, dim):
    return dim if dim is not None else 1 if type(module).__name__.startswith("ConvTranspose") else 0


def _directions(weight, dim, eps):
    import torch
    matrix = _as_matrix(weight, dim)
    drawn = [torch.randn(n) for n in matrix.shape]
    return [t / t.norm().clamp_min(eps) for t in drawn]


def spectral_norm(module, name="weight", n_power_iterations=1, eps=1e-12, dim=None):
    from torch.nn.parameter import Parameter
    dim = _spectral_dim(module, dim)
    weight = module._parameters.pop(name)
    original, left, right = name + "_orig", name + "_u", name + "_v"
    module.register_parameter(original, Parameter(weight))
    u, v = _directions(weight, dim, eps)
    module.register_buffer(left, u)
    module.register_buffer(right, v)
    _note(module, name, lambda: _over_sigma(module._parameters[original], module._buffers[left], module._buffers[right], dim),
          [(module._parameters, original), (module._buffers, left), (module._buffers, right)])
    return module


def _bake_one(module, name):
    from torch.nn.parameter import Parameter
    make, parts = module.__dict__["__facula_bake__"].pop(name)
    weight = make()
    module.__dict__.pop(name, None)
    for table, key in parts:
        table.pop(key, None)
    module._parameters[name] = Parameter(weight)


def bake(module):
    for m in module.modules():
        for name in list(m.__dict__.get("__facula_bake__", {})):
            _bake_one(m, name)
        m.__dict__.pop("__facula_bake__", None)


def remove_weight_norm(module, name="weight"):
    if name not in module.__dict__.get("__facula_bake__", {}):
        raise ValueError(f"weight_norm of '{name}' not found in {module}")
    _bake_one(module, name)
    return module


def remove_spectral_norm(module, name="weight"):
    return remove_weight_norm(module, name)


def parameters_to_vector(parameters):
    import torch
    return torch.cat([p.view(-1) for p in parameters])


def skip_init(cls, *args, **kwargs):
    kwargs.pop("device", None)
    return cls(*args, **kwargs)


def fuse_conv_bn_eval(conv, bn):
    raise NotImplementedError("fuse_conv_bn_eval is not needed: Facula folds batch norms by itself")


from torch.nn.utils import rnn, parametrizations
