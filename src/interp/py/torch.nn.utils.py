from torch.nn.utils import rnn, parametrizations


def clip_grad_norm_(*args, **kwargs):
    pass


clip_grad_value_ = clip_grad_norm_


def weight_norm(module, name="weight", dim=0):
    raise NotImplementedError("weight_norm: use a state dict of the plain weights (remove_weight_norm)")


spectral_norm = weight_norm


def remove_weight_norm(module, name="weight"):
    return module


def parameters_to_vector(parameters):
    import torch
    return torch.cat([p.view(-1) for p in parameters])


def skip_init(cls, *args, **kwargs):
    kwargs.pop("device", None)
    return cls(*args, **kwargs)


def fuse_conv_bn_eval(conv, bn):
    raise NotImplementedError("fuse_conv_bn_eval is not needed: Facula folds batch norms by itself")
