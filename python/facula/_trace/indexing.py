"""x[...] and x[...] = y as PyTorch's tracer writes them: select, slice, unsqueeze, index, index_put_, copy_.

torch's own indexing leaves out slices that happen to take everything; a trace must not, for other inputs are longer.
"""
from __future__ import annotations

import torch

from . import places, sizes

_ALL = 9223372036854775807
aten = torch.ops.aten


def _is_bool_array(x):
    return isinstance(x, (list, tuple)) and x and all(isinstance(i, bool) for i in x)


def _as_items(front, index):
    if isinstance(index, tuple):
        return list(index)
    if isinstance(index, list):
        # A short list with slices or tensors in it is an index for several dimensions (NumPy's old rule).
        if len(index) < 32 and any(isinstance(i, (torch.Tensor, slice, list, tuple)) or i is None or i is Ellipsis
                                   for i in index):
            return list(index)
    return [index]


def _tensor_of_list(front, x, like):
    places.warn("torch.tensor" + places.CONSTRUCTOR) if any(front.is_traced(i) for i in x) else None
    with front.unseen():
        return torch.tensor([sizes.concrete(i) for i in x] if not isinstance(x[0] if x else 0, (list, tuple)) else x,
                            device=like.device, dtype=None if x else torch.int64)


def _is_number(x):
    return isinstance(x, int) and not isinstance(x, bool) or sizes.symbol_of(x) is not None


def _consumed(front, items):
    count = 0
    for i in items:
        if i is None or i is Ellipsis or isinstance(i, bool):
            continue
        if isinstance(i, torch.Tensor):
            with front.unseen():
                count += max(i.dim(), 1) if i.dtype in (torch.bool, torch.uint8) else 1
                if i.dtype in (torch.bool, torch.uint8) and i.dim() == 0:
                    count -= 1
        else:
            count += 1
    return count


def _basic(front, x, items):
    """Applies numbers, slices, None and Ellipsis; gives the view and the tensors per dimension that are left."""
    with front.unseen():
        rank = x.dim()
    left = rank - _consumed(front, items)
    if left < 0:
        raise IndexError("too many indices for tensor of dimension %d" % rank)
    dim, tensors = 0, {}
    for item in items:
        if item is Ellipsis:
            dim += left
            left = 0
        elif item is None:
            x = aten.unsqueeze.default(x, dim)
            dim += 1
        elif isinstance(item, bool):
            x = aten.unsqueeze.default(x, dim)
            with front.unseen():
                tensors[dim] = torch.tensor([0] if item else [], dtype=torch.int64, device=x.device)
            dim += 1
        elif _is_number(item):
            with front.unseen():
                size, at = x.size(dim), sizes.concrete(item)
            if not -size <= at < size:
                raise IndexError("index %d is out of bounds for dimension %d with size %d" % (at, dim, size))
            x = aten.select.int(x, dim, item)
        elif isinstance(item, slice):
            step = 1 if item.step is None else item.step
            if sizes.concrete(step) <= 0:
                raise ValueError("step must be greater than zero")
            start, stop = (_bound(front, b) for b in (item.start, item.stop))
            x = aten.slice.Tensor(x, dim, 0 if start is None else start, _ALL if stop is None else stop, step)
            dim += 1
        elif isinstance(item, torch.Tensor):
            with front.unseen():
                index_rank, is_mask = item.dim(), item.dtype in (torch.bool, torch.uint8)
                integral = not item.dtype.is_floating_point and not item.dtype.is_complex
            if not integral:
                raise IndexError("tensors used as indices must be long, int, byte or bool tensors")
            if index_rank == 0 and not is_mask and not front.is_traced(item):
                with front.unseen():
                    number = int(item)
                x = aten.select.int(x, dim, number)
                continue
            if index_rank == 0 and is_mask:
                x = aten.unsqueeze.default(x, dim)
                item = aten.unsqueeze.default(item, 0)
            tensors[dim] = item
            dim += max(index_rank, 1) if is_mask else 1
        elif isinstance(item, (list, tuple, range)):
            item = list(item)
            if any(isinstance(i, torch.Tensor) for i in item):
                tensors[dim] = torch.stack([i if isinstance(i, torch.Tensor) else torch.tensor(i) for i in item])
            else:
                tensors[dim] = _tensor_of_list(front, item, x)
            dim += 1
        elif hasattr(item, "__array__"):
            with front.unseen():
                tensors[dim] = torch.as_tensor(item)
            dim += 1
        elif hasattr(item, "__index__"):
            x = aten.select.int(x, dim, item.__index__())
        else:
            raise TypeError("only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices"
                            " (got %s)" % type(item).__name__)
    return x, tensors


def _bound(front, b):
    """A slice's bound may be a 0-dim tensor: it stays an input."""
    if isinstance(b, torch.Tensor):
        with front.unseen():
            number = int(b)
        if front.is_traced(b):
            (val,) = front.recorder.op("aten::Int", "Tensor", [front.tensor(b)], ["int"])
            return sizes.traced(front.recorder, val, number)
        return number
    if b is None or _is_number(b):
        return b
    return b.__index__()


def _index_list(tensors):
    indices = [None] * (max(tensors) + 1)
    for dim, t in tensors.items():
        indices[dim] = t
    return indices


def get(front, x, index):
    items = _as_items(front, index)
    y, tensors = _basic(front, x, items)
    if tensors:
        return aten.index.Tensor(y, _index_list(_spread_masks(front, tensors)))
    if y is x:   # x[...]: a fresh view
        return aten.alias.default(x)
    return y


def _spread_masks(front, tensors):
    """A mask of several dimensions stands once and takes the dimensions behind it."""
    spread, shift = {}, 0
    for dim in sorted(tensors):
        t = tensors[dim]
        spread[dim - shift] = t
        with front.unseen():
            if t.dtype in (torch.bool, torch.uint8) and t.dim() > 1:
                shift += t.dim() - 1
    return spread


def put(front, x, index, value):
    items = _as_items(front, index)
    y, tensors = _basic(front, x, items)
    if not isinstance(value, torch.Tensor):
        if sizes.symbol_of(value) is not None:
            value = sizes.as_tensor(value)
        else:
            with front.unseen():
                value = torch.tensor(value, dtype=x.dtype, device=x.device)
    if not tensors:
        with front.unseen():
            shape, target = list(value.shape), list(y.shape)
        while len(shape) > len(target) and shape[0] == 1:   # leading dimensions of size 1 are dropped, as in NumPy
            value, shape = aten.squeeze.dim(value, 0), shape[1:]
        aten.copy_.default(y, value)
        return
    indices = _index_list(_spread_masks(front, tensors))
    with front.unseen():
        if value.device != y.device and value.dim() == 0:
            value = value.to(y.device)
        result_shape = list(y[tuple(slice(None) if i is None else i for i in indices)].shape)
        shape = list(value.shape)
    if shape != result_shape:
        kept = list(shape)
        while len(kept) > len(result_shape) and kept[0] == 1:
            kept = kept[1:]
        if kept != shape:
            from .torch_functions import size_of
            dropped = len(shape) - len(kept)
            value = aten.view.default(value, [size_of(front, value, i + dropped) for i in range(len(kept))])
    aten.index_put_.default(y, indices, value)
