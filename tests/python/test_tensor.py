"""facula.Tensor by itself, and beside torch and NumPy."""
import copy
import math
import pickle

import facula
import numpy as np
import pytest


def same(ours, theirs):
    theirs = theirs.detach()
    assert str(ours.dtype).split(".")[1] == str(theirs.dtype).split(".")[1]
    assert tuple(ours.shape) == tuple(theirs.shape)
    np.testing.assert_array_equal(ours.numpy(), theirs.numpy())


@pytest.mark.parametrize("data", [1, 2.5, True, 1 + 2j, [1, 2], [[1, 2.5], [3, 4]], [[True], [False]], [], [[]], [[1, 2j]]])
def test_tensor_takes_the_dtype_and_shape_torch_gives(torch, data):
    same(facula.tensor(data), torch.tensor(data))


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "bfloat16", "int8", "uint8", "int64", "bool", "complex64"])
def test_dtypes_and_repr(torch, dtype):
    ours = facula.tensor([[0, 1], [2, 3]], dtype=getattr(facula, dtype))
    theirs = torch.tensor([[0, 1], [2, 3]], dtype=getattr(torch, dtype))
    assert repr(ours) == repr(theirs).replace("torch.", "facula.") or repr(ours) == repr(theirs)
    assert ours.dtype == theirs.dtype and ours.tolist() == theirs.tolist()


def test_errors_of_construction():
    with pytest.raises(ValueError, match="expected sequence of length 2 at dim 1"):
        facula.tensor([[1, 2], [3]])
    with pytest.raises(TypeError):
        facula.tensor(["a"])


KEYS = [0, -1, slice(None), slice(1, None), slice(None, None, 2), None, Ellipsis, (0, 1), (slice(None), 1), (Ellipsis, 0),
        (None, 0), ([0, 1],), [1, 0], (slice(None), [2, 0]), ([0, 1], [1, 2]), True, False, (0, Ellipsis, None), (slice(0, 1), [0, 2], 1)]


@pytest.mark.parametrize("key", KEYS, ids=repr)
def test_indexing(torch, key):
    theirs = torch.arange(24.).reshape(2, 3, 4)
    ours = facula.from_dlpack(theirs.clone())
    same(ours[key], theirs[key])
    ours[key] = -1.5
    theirs[key] = -1.5
    same(ours, theirs)


def test_masks_and_tensor_indices(torch):
    theirs = torch.arange(12.).reshape(3, 4)
    ours = facula.from_dlpack(theirs.clone())
    same(ours[ours > 5], theirs[theirs > 5])
    same(ours[facula.tensor([0, 2])], theirs[torch.tensor([0, 2])])
    same(ours[facula.tensor([True, False, True])], theirs[torch.tensor([True, False, True])])
    same(ours[facula.tensor(1)], theirs[torch.tensor(1)])
    ours[ours > 5] = 0
    theirs[theirs > 5] = 0
    same(ours, theirs)
    ours[:, 1] = facula.tensor([7., 8., 9.])
    theirs[:, 1] = torch.tensor([7., 8., 9.])
    same(ours, theirs)


def test_views_share_memory():
    t = facula.zeros(2, 3)
    t[0][1] = 5
    assert t.tolist() == [[0, 5, 0], [0, 0, 0]]
    with pytest.raises(IndexError):
        t[2]
    with pytest.raises(IndexError, match="too many indices for tensor of dimension 2"):
        t[0, 0, 0]


@pytest.mark.parametrize("text", [
    "a + b", "a - b", "a * b", "a / b", "a // b", "a % b", "a ** b", "a @ b", "a + 1", "1 + a", "1 - a", "2 * a", "2 / a",
    "2 // a", "2 % a", "2 ** a", "-a", "+a", "abs(a - b)", "a == b", "a != b", "a < 1", "a <= b", "a > b", "a >= 1.5", "a.T",
    "i & 3", "i | 1", "i ^ i", "~i", "i << 1", "i >> 1", "1 << i", "a + i", "i / 2", "i // 2", "a.sum()", "a.sum(1)",
    "a.sum(dim=0, keepdim=True)", "a.mean(axis=1)", "a.max()", "a.argmax(1)", "a.view(4)", "a.view(-1, 1)", "a.reshape((1, 4))",
    "a.permute(1, 0)", "a.to(f64)", "a.double()", "a.long()", "a.clamp(min=1)", "a.transpose(0, 1)", "a.unsqueeze(0)",
    "a.expand(2, 2, 2)", "a.repeat(1, 2)", "a.pow(2)", "a.type_as(i)", "a.flatten()", "a.norm()"])
def test_arithmetic_is_torchs(torch, text):
    a, b, i = [[1., 2.], [3., 4.]], [[2., 2.], [0.5, 1.]], [[1, 2], [3, 4]]
    ours = eval(text, {"a": facula.tensor(a), "b": facula.tensor(b), "i": facula.tensor(i), "f64": facula.float64, "abs": abs})
    theirs = eval(text, {"a": torch.tensor(a), "b": torch.tensor(b), "i": torch.tensor(i), "f64": torch.float64, "abs": abs})
    same(ours, theirs)


def test_several_results_and_functions(torch):
    a = [[3., 1.], [2., 4.]]
    for ours, theirs in zip(facula.tensor(a).max(dim=1), torch.tensor(a).max(dim=1)):
        same(ours, theirs)
    same(facula.cat([facula.tensor(a), facula.tensor(a)], dim=1), torch.cat([torch.tensor(a)] * 2, dim=1))
    same(facula.arange(3), torch.arange(3))
    same(facula.full((2, 2), 7), torch.full((2, 2), 7))
    same(facula.where(facula.tensor(a) > 2, facula.tensor(a), facula.tensor(0.)), torch.where(torch.tensor(a) > 2, torch.tensor(a), torch.tensor(0.)))
    assert [t.tolist() for t in facula.split(facula.arange(5), 2)] == [[0, 1], [2, 3], [4]]


def test_in_place_gives_the_same_object():
    t = facula.ones(2)
    assert t.add_(1) is t
    u = t
    u += 1
    assert u is t and t.tolist() == [3, 3]


def test_wrong_arguments_name_the_candidates():
    with pytest.raises(TypeError, match=r"sum\(\) received an invalid combination of arguments[\s\S]*aten::sum"):
        facula.ones(2).sum(nonsense=1)
    with pytest.raises(AttributeError):
        facula.ones(2).no_such_method
    with pytest.raises(RuntimeError):
        facula.ones(2) + facula.ones(3)


def test_python_protocols():
    t = facula.tensor([[1, 2], [3, 4]])
    assert len(t) == 2 and [r.tolist() for r in t] == [[1, 2], [3, 4]] and 3 in t and 9 not in t
    assert int(t[0, 1]) == 2 and float(t[1, 1]) == 4.0 and [10, 20][t[0, 0]] == 20 and bool(t[0, 0])
    with pytest.raises(RuntimeError, match="Boolean value of Tensor with more than one value is ambiguous"):
        bool(t)
    with pytest.raises(TypeError):
        len(facula.tensor(1))
    assert f"{facula.tensor(1.5):.2f}" == "1.50"
    assert (t == None) is False and hash(t) == hash(t)  # noqa: E711
    assert copy.deepcopy(t).tolist() == t.tolist() and pickle.loads(pickle.dumps(t)).tolist() == t.tolist()
    b = facula.tensor([1.5, 2.5], dtype=facula.bfloat16)
    assert pickle.loads(pickle.dumps(b)).dtype == facula.bfloat16


def test_numpy_shares_memory():
    a = np.arange(6.).reshape(2, 3)
    t = facula.from_numpy(a)
    t += 1
    assert a[0, 0] == 1.0
    assert t.numpy().__array_interface__["data"][0] == a.__array_interface__["data"][0]
    assert np.asarray(t).sum() == a.sum() and np.add(t, 1).shape == (2, 3)
    # What cannot be lent is copied.
    assert facula.from_dlpack(a[::-1]).tolist() == a[::-1].tolist()
    a.flags.writeable = False
    assert facula.from_dlpack(a).tolist() == a.tolist()
    with pytest.raises(ValueError):
        facula.from_numpy(a)


def test_torch_shares_memory(torch):
    x = torch.zeros(2, 3).t()
    t = facula.from_dlpack(x)
    assert t.stride() == x.stride() and t.data_ptr() == x.data_ptr()
    t[0, 0] = 7
    assert x[0, 0] == 7
    y = torch.from_dlpack(t)
    y[1, 1] = 8
    assert t[1, 1] == 8 and x[1, 1] == 8
    assert isinstance(torch.add(t, 1), torch.Tensor) and isinstance(x + t, torch.Tensor) and isinstance(t + x, facula.Tensor)
    p = torch.nn.Parameter(torch.ones(2))
    assert facula.from_dlpack(p).requires_grad
    assert facula.from_dlpack(torch.tensor([1 + 2j]).conj()).tolist() == [1 - 2j]


def test_memory_lives_as_long_as_somebody_uses_it(torch):
    import gc
    t = facula.from_dlpack(torch.arange(1000.))
    a = facula.arange(1000).numpy()
    gc.collect()
    junk = [torch.ones(1000) for _ in range(50)]
    assert t.sum().item() == 499500 and a.sum() == 499500 and len(junk) == 50


def test_random_numbers_are_torchs(torch):
    facula.manual_seed(3)
    torch.manual_seed(3)
    same(facula.rand(4), torch.rand(4))
    np.testing.assert_allclose(facula.randn(20).numpy(), torch.randn(20).numpy(), rtol=1e-6)
    g, h = facula.Generator().manual_seed(5), torch.Generator().manual_seed(5)
    same(facula.rand(4, generator=g), torch.rand(4, generator=h))


def test_dtype_and_device_objects(torch):
    assert facula.float32 == torch.float32 and facula.long is facula.int64 and facula.float32 != facula.float64
    assert repr(facula.float32) == "facula.float32" and facula.float32.is_floating_point and facula.int8.itemsize == 1
    assert facula.device("cuda:1").index == 1 and facula.device("cpu") == torch.device("cpu")
    assert repr(facula.device("cuda", 1)) == repr(torch.device("cuda", 1))
    assert facula.zeros(2, dtype=torch.float64).dtype == facula.float64 and facula.zeros(2, dtype=np.float32).dtype == facula.float32


def test_special_floats(torch):
    data = [float("inf"), float("-inf"), float("nan"), 1e-8, 123456.0]
    assert repr(facula.tensor(data)) == repr(torch.tensor(data))
    assert math.isnan(facula.tensor(float("nan")).item())
