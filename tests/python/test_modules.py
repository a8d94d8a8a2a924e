"""Modules from archives: they feel like torch.nn.Module, and stay what they were through save and load."""
import copy
import io
import os
import pickle
import subprocess
import sys
import warnings

import facula
import numpy as np
import pytest

nn = pytest.importorskip("torch").nn


class Small(nn.Module):
    def __init__(self):
        super().__init__()
        import torch
        self.body = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.ReLU())
        self.scale = nn.Parameter(torch.full((4,), 2.0))
        self.register_buffer("seen", torch.zeros(1))
        self.names = ["a", "b"]
        self.n = 3

    def forward(self, x):
        return self.body(x) * self.scale * 2

    def bump(self, by: int) -> int:
        self.n += by
        return self.n


def make():
    import torch
    torch.manual_seed(0)
    m = Small().eval()
    m.bump = torch.jit.export(Small.bump).__get__(m)
    return m


class WithExport(Small):
    pass


def exported():
    import torch
    WithExport.bump = torch.jit.export(Small.bump)
    torch.manual_seed(0)
    return WithExport().eval()


@pytest.fixture
def loaded(torch, archive):
    path, scripted = archive(exported())
    return facula.load(path), scripted


def test_outputs_are_torchs(torch, loaded):
    m, scripted = loaded
    x = torch.randn(5, 3)
    np.testing.assert_allclose(m(x).numpy(), scripted(x).detach().numpy(), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(m(x.numpy()).numpy(), m.forward(facula.from_dlpack(x)).numpy())


def test_members(loaded):
    m, scripted = loaded
    assert [n for n, _ in m.named_parameters()] == [n for n, _ in scripted.named_parameters()]
    assert [n for n, _ in m.named_buffers()] == [n for n, _ in scripted.named_buffers()]
    assert [n for n, _ in m.named_modules()] == [n for n, _ in scripted.named_modules()]
    assert list(m.state_dict()) == list(scripted.state_dict())
    assert [n for n, _ in m.named_parameters(recurse=False)] == ["scale"]
    assert m.scale.requires_grad and not m.seen.requires_grad
    assert m.body is m.body and dict(m.named_children())["body"] is m.body
    assert len(m.body) == 3 and m.body[0].original_name == "Linear" and [c.original_name for c in m.body][-1] == "ReLU"
    assert m.original_name == "WithExport" and "original_name=WithExport" in repr(m)
    assert {"scale", "body", "forward", "bump", "state_dict", "n"} <= set(dir(m))
    assert m.get_submodule("body.1") is m.body[1] and m.get_parameter("body.0.weight").shape == (4, 3)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        m.nothing


def test_attributes_are_read_and_written(loaded):
    m, _ = loaded
    assert m.n == 3 and m.bump(2) == 5 and m.n == 5 and m.names == ["a", "b"]
    m.n = 10
    assert m.bump(1) == 11
    with pytest.raises(RuntimeError, match="Could not cast attribute 'n' to type int"):
        m.n = "s"
    m.python_only = {"x"}
    assert m.python_only == {"x"}
    m.scale = facula.zeros(4)
    assert m(facula.ones(1, 3)).abs().sum().item() == 0 and m.scale.requires_grad is False


def test_single_numbers_changed_in_place_are_seen(torch, tmp_path):
    """Chains of element-wise operators hold the number of a 0-dim tensor, integers that a trace holds as tensors become integers."""
    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("shift", torch.tensor(0.5, dtype=torch.float64))
            self.register_buffer("rows", torch.tensor(2))
            self.register_buffer("parts", torch.tensor(2))

        def forward(self, x):
            part = torch.div(x.shape[1], self.parts, rounding_mode="trunc")
            return torch.relu(x + self.shift) * x, x.reshape(-1)[:x.shape[0] * self.rows], x[:, :part]

    net, x = Net(), torch.randn(3, 8)
    torch.jit.trace(net, x, check_trace=False).save(str(tmp_path / "m.pt"))
    m = facula.load(tmp_path / "m.pt")
    for changes in ({}, {"shift": -1.0}, {"rows": 4}, {"parts": 3}, {"shift": 0.25, "rows": 1, "parts": -4}):
        for name, value in changes.items():
            getattr(net, name).fill_(value)
            getattr(m, name).fill_(value)
        for _ in range(3):  # compiled, planned, from the plan
            for got, expected in zip(m(x), net(x)):
                np.testing.assert_allclose(got.numpy(), expected.numpy(), rtol=1e-6)


def test_weights_changed_in_place_are_seen(torch, loaded):
    """The first call folds `scale * 2` and packs the linear layer; both must be made anew when the bytes change."""
    m, scripted = loaded
    x = torch.randn(5, 3)

    def agree():
        np.testing.assert_allclose(m(x).numpy(), scripted(x).detach().numpy(), rtol=1e-5, atol=1e-6)
    agree()
    with torch.no_grad():
        m.scale.fill_(5.0)
        scripted.scale.fill_(5.0)
        agree()
        m.body[0].weight.fill_(0.5)
        dict(scripted.named_parameters())["body.0.weight"].fill_(0.5)
        agree()
        # through torch, on the same memory
        torch.from_dlpack(m.scale).fill_(7.0)
        scripted.scale.fill_(7.0)
        agree()
        lent = torch.from_dlpack(m.body[0].weight)
        for value in (0.1, 0.2):
            lent.fill_(value)
            dict(scripted.named_parameters())["body.0.weight"].fill_(value)
            agree()
        # a torch tensor set as a parameter is shared, too
        mine = torch.ones(4)
        m.scale = mine
        scripted.scale.data = mine.clone()
        agree()
        mine.mul_(3)
        scripted.scale.mul_(3)
        agree()
        mine.data[0] = 11
        scripted.scale[0] = 11
        agree()


def test_train_and_to(torch, loaded):
    m, scripted = loaded
    assert m.training is False and m.train().training is True and m.body[1].training is True
    m.eval()
    assert m.double().scale.dtype == facula.float64
    x = torch.randn(2, 3, dtype=torch.float64)
    np.testing.assert_allclose(m(x).numpy(), scripted.double()(x).detach().numpy(), rtol=1e-10)
    assert m.to(torch.float32).scale.dtype == facula.float32 and m.to("cpu") is m
    with pytest.raises(RuntimeError):
        m.to("cuda:0")


def test_state_dict(torch, loaded):
    m, scripted = loaded
    other = exported()
    with torch.no_grad():
        for p in other.parameters():
            p.mul_(1.5)
    x = torch.randn(4, 3)
    m(x)
    m.load_state_dict(other.state_dict())
    np.testing.assert_allclose(m(x).numpy(), other(x).detach().numpy(), rtol=1e-5, atol=1e-6)
    with pytest.raises(RuntimeError, match=r'Missing key\(s\) in state_dict: "scale"'):
        m.load_state_dict({k: v for k, v in other.state_dict().items() if k != "scale"})
    assert m.load_state_dict({"zzz": facula.ones(1)}, strict=False).unexpected_keys == ["zzz"]
    with pytest.raises(RuntimeError, match="size mismatch for scale"):
        m.load_state_dict(dict(other.state_dict(), scale=torch.ones(5)))


def test_copies(loaded):
    m, _ = loaded
    deep, shallow = copy.deepcopy(m), copy.copy(m)
    m.scale.fill_(0)
    assert deep.scale.sum().item() == 8 and shallow.scale.sum().item() == 0
    again = pickle.loads(pickle.dumps(deep))
    x = facula.ones(2, 3)
    assert again(x).tolist() == deep(x).tolist()


def test_save_and_load(torch, loaded, tmp_path):
    m, scripted = loaded
    x = torch.randn(2, 3)
    path, buffer = str(tmp_path / "again.pt"), io.BytesIO()
    m.save(path, _extra_files={"notes.txt": "hello", "raw": b"\x00\xff"})
    facula.save(m, buffer)
    files = {"notes.txt": "", "raw": ""}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = torch.jit.load(path)
    for again in (facula.load(path, _extra_files=files), facula.load(io.BytesIO(buffer.getvalue())), theirs):
        np.testing.assert_allclose(np.asarray(again(x).detach()), m(x).numpy(), rtol=1e-5, atol=1e-6)
    assert files == {"notes.txt": b"hello", "raw": b"\x00\xff"}
    assert m.save_to_buffer() == facula.load(io.BytesIO(m.save_to_buffer())).save_to_buffer()
    assert "return torch.mul" in m.code and "forward" in m._method_names()
    with pytest.warns(UserWarning, match="saved in training mode"):
        copy.deepcopy(m).train().save(path)
    assert [m.bump(1), facula.load(path).n] == [4, 3]


def test_load_errors(tmp_path):
    with pytest.raises(ValueError, match="does not exist"):
        facula.load(str(tmp_path / "none.pt"))
    with pytest.raises(ValueError, match="is a directory"):
        facula.load(str(tmp_path))
    with pytest.raises(facula.ArchiveError):
        facula.load(io.BytesIO(b"no archive"))


def test_operators_of_a_module(loaded):
    m, _ = loaded
    assert {"aten::linear", "aten::relu"} <= set(facula.export_opnames(m))


def test_freeze(loaded):
    m, _ = loaded
    x = facula.ones(2, 3)
    frozen = facula.freeze(m)
    before = m(x).tolist()
    m.scale.fill_(0)
    assert frozen(x).tolist() == before and m(x).abs().sum().item() == 0
    with pytest.raises(RuntimeError, match="eval mode"):
        facula.freeze(m.train())


def test_precision(torch, archive):
    torch.manual_seed(3)
    net = torch.nn.Sequential(torch.nn.Linear(256, 512), torch.nn.ReLU(), torch.nn.Linear(512, 128)).eval()
    x = torch.randn(16, 256)
    with torch.no_grad():
        expected = net(x)
    m, x = facula.load(archive(net)[0]), facula.as_tensor(x)

    def error(y):
        return float((torch.from_dlpack(y) - expected).abs().max() / expected.abs().max())
    assert facula.get_precision(m) == "float32" and error(m(x)) < 1e-5
    frozen = facula.freeze(m, precision="int8-dynamic")
    assert facula.get_precision(frozen) == "int8-dynamic" and facula.get_precision(m) == "float32"
    assert error(frozen(x)) < 0.03
    facula.set_precision(m, "bf16-emulated")
    assert 1e-5 < error(m(x)) < 0.02
    facula.set_precision(m, "float32")
    assert error(m(x)) < 1e-5
    with pytest.raises(RuntimeError, match="no precision `int9`"):
        facula.set_precision(m, "int9")


class Hooked(nn.Module):
    def forward(self, x):
        return x + 1


def test_hooks_run_inside_the_call(torch, archive):
    from typing import Tuple

    def before(self, inputs: Tuple[torch.Tensor]) -> Tuple[torch.Tensor]:
        return (inputs[0] * 2,)

    def after(self, inputs: Tuple[torch.Tensor], result: torch.Tensor) -> torch.Tensor:
        return result + inputs[0]
    module = Hooked()
    module.register_forward_pre_hook(before)
    module.register_forward_hook(after)
    path, scripted = archive(module)
    m = facula.load(path)
    assert m(facula.ones(1)).tolist() == scripted(torch.ones(1)).tolist() == [5.0]
    assert m.forward(facula.ones(1)).tolist() == scripted.forward(torch.ones(1)).tolist() == [2.0]


def test_objects_of_classes(torch, tmp_path):
    """An archive's own classes come out as objects whose methods run compiled."""
    source = os.path.join(os.path.dirname(__file__), "class_archive.py")
    path = str(tmp_path / "c.pt")
    subprocess.run([sys.executable, "-W", "ignore", source, path], check=True)
    m = facula.load(path)
    pair = m.make(3)
    assert type(pair).__name__ == "RecursiveScriptClass" and pair.x == 3 and pair.total(2) == 7
    assert m.use(pair) == 7
    assert m.colour(True).name == "RED" and m.is_red(m.colour(True)) and m.point()._fields == ("a", "b")


def test_no_torch_needed():
    """A fresh process loads and runs an archive, and torch is never imported."""
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    code = ("import sys, facula; m = facula.load(%r); y = m(facula.zeros(1, 3, 32, 32)); assert y.shape == (1, 1000); "
            "assert 'torch' not in sys.modules and 'numpy' not in sys.modules"
            % os.path.join(root, "examples", "data", "mobilenet_v2.pt"))
    env = dict(os.environ, PYTHONPATH=os.path.dirname(os.path.dirname(facula.__file__)))
    subprocess.run([sys.executable, "-c", code], check=True, env=env)


def test_freeze_keeps_what_is_needed(torch, loaded, tmp_path):
    m, scripted = loaded
    x = torch.randn(3, 3)
    frozen = facula.freeze(m, ["bump"])
    np.testing.assert_allclose(frozen(x).numpy(), m(x).numpy(), rtol=1e-5, atol=1e-6)
    assert sorted(frozen._method_names()) == ["bump", "forward"] and list(frozen.children()) == [] and list(frozen.parameters()) == []
    assert frozen.bump(2) == 5 and frozen.n == 5 and not hasattr(frozen, "names")
    assert "GetAttr" not in str(frozen.graph)
    path = str(tmp_path / "frozen.pt")
    frozen.save(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = torch.jit.load(path)
    np.testing.assert_allclose(theirs(x).numpy(), m(x).numpy(), rtol=1e-5, atol=1e-6)
    assert facula.load(path).bump(1) == 6
    kept = facula.freeze(m, ["scale"])
    before = kept(x).numpy()
    kept.scale = facula.zeros(4)
    assert np.abs(before).sum() > 0 and kept(x).abs().sum().item() == 0
    with pytest.raises(RuntimeError, match="Unknown name: nothing"):
        facula.freeze(m, ["nothing"])


def test_a_sub_module_of_a_torch_module(torch, loaded):
    m, scripted = loaded
    x = torch.randn(3, 3)
    net = nn.Sequential(nn.Identity(), facula.torch_module(m)).eval()
    np.testing.assert_allclose(net(x).numpy(), scripted(x).detach().numpy(), rtol=1e-5, atol=1e-6)
    assert set(net.state_dict()) == {"1." + k for k in scripted.state_dict()}
    with torch.no_grad():
        net[1].scale.mul_(2)
    np.testing.assert_allclose(net(x).numpy(), 2 * scripted(x).detach().numpy(), rtol=1e-5, atol=1e-6)
    assert net.double()(x.double()).dtype == torch.float64 and m.scale.dtype == facula.float64
    assert net.train()[1].compiled.training is True


@pytest.mark.parametrize("norm", [False, True])
def test_transformer_encoder_with_padding(norm, tmp_path):
    import torch
    torch.manual_seed(0)
    m = nn.TransformerEncoder(nn.TransformerEncoderLayer(16, 2, 32, batch_first=True), 2, nn.LayerNorm(16) if norm else None).eval()
    x, mask = torch.randn(3, 5, 16), torch.arange(5) >= torch.tensor([[5], [3], [4]])
    scattered = mask.roll(1, 1)
    calls = [{}, {"src_key_padding_mask": mask}, {"src_key_padding_mask": scattered}, {"mask": torch.eye(5).bool().logical_not()}]
    calls[3]["mask"][:, 0] = False
    ours = facula.script(m)
    ours.save(tmp_path / "encoder.pt")
    theirs = torch.jit.load(tmp_path / "encoder.pt")
    with torch.no_grad():
        for call in calls:  # PyTorch's padded positions come back as zeros, before the norm
            wanted = m(x, **call)
            assert torch.allclose(torch.as_tensor(ours(x, **call)), wanted, atol=1e-5, equal_nan=True)
            assert torch.allclose(theirs(x, **call), wanted, atol=1e-5, equal_nan=True)
