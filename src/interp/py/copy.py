class Error(Exception):
    pass


def copy(x):
    if hasattr(x, "__copy__"):
        return x.__copy__()
    if isinstance(x, (list, dict, set)) and type(x) in (list, dict, set):
        return x.copy()
    if isinstance(x, dict):
        y = type(x)()
        dict.update(y, x)
        y.__dict__.update(x.__dict__)
        return y
    if not hasattr(x, "__dict__") or isinstance(x, (type, str, int, float, tuple)) or callable(x) and hasattr(x, "__qualname__"):
        return x
    y = object.__new__(type(x))
    y.__dict__.update(x.__dict__)
    return y


def deepcopy(x, memo=None):
    if memo is None:
        memo = {}
    key = id(x)
    if x is None or isinstance(x, (bool, int, float, str, complex, type)) and not hasattr(x, "_name_"):
        return x
    if key in memo:
        return memo[key][0]
    y = _deepcopy(x, memo)
    memo[key] = (y, x)
    return y


def _deepcopy(x, memo):
    import torch
    if isinstance(x, torch.Tensor):
        y = x.detach().clone()
        if isinstance(x, torch.nn.Parameter):
            return torch.nn.Parameter(y, x.requires_grad)
        y.requires_grad = x.requires_grad
        return y
    if hasattr(x, "__deepcopy__"):
        return x.__deepcopy__(memo)
    if isinstance(x, tuple) and not hasattr(x, "_fields"):
        return type(x)([deepcopy(v, memo) for v in x]) if type(x) is not tuple else tuple([deepcopy(v, memo) for v in x])
    if isinstance(x, list):
        y = type(x)()
        memo[id(x)] = (y, x)
        for v in x:
            list.append(y, deepcopy(v, memo))
        return y
    if isinstance(x, dict):
        y = type(x)()
        memo[id(x)] = (y, x)
        for k, v in x.items():
            dict.__setitem__(y, deepcopy(k, memo), deepcopy(v, memo))
        if type(x) is not dict:
            for k, v in x.__dict__.items():
                y.__dict__[k] = v
        return y
    if isinstance(x, (set, frozenset)):
        return type(x)([deepcopy(v, memo) for v in x])
    if hasattr(x, "_name_") or hasattr(x, "__qualname__") or not hasattr(x, "__dict__"):
        return x
    y = object.__new__(type(x))
    memo[id(x)] = (y, x)
    for k, v in x.__dict__.items():
        y.__dict__[k] = deepcopy(v, memo)
    return y
