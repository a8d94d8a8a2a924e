"""What facula.script says about wrong programs that need live Python objects; tests/lang has all others."""
import pytest

facula = pytest.importorskip("facula")
torch = pytest.importorskip("torch")
nn, F = torch.nn, torch.nn.functional


def why(thing):
    with pytest.raises(Exception) as caught:
        compiled = facula.script(thing)
        compiled.graph  # methods other than forward compile when they are asked for
    return str(caught.value)


@facula.interface
class Layer(nn.Module):
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        pass


class Two(nn.Module):
    def forward(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return x + y


def test_modules_below_an_interface_are_not_known():
    class Net(nn.Module):
        layer: Layer

        def __init__(self):
            super().__init__()
            self.layer = nn.ReLU()

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            for m in self.modules():
                x = x + 1
            return x

    assert "() because module is an interface type. Please file issue" in why(Net())


def test_a_module_in_a_list_that_is_not_of_the_interface():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = nn.ModuleList([nn.ReLU(), Two()])

        def forward(self, x: torch.Tensor, i: int) -> torch.Tensor:
            layer: Layer = self.layers[i]
            return layer.forward(x)

    assert "Attribute 1 is not of annotated type" in why(Net())


def test_a_flag_that_selects_the_function_is_a_constant():
    def by_keyword(x: torch.Tensor, flag: bool):
        return F.max_pool2d(x, 2, return_indices=flag)

    def by_place(x: torch.Tensor, flag: bool):
        return F.max_pool2d(x, 2, 2, 0, 1, False, flag)

    assert "Keyword argument 'return_indices' for boolean dispatch at position was not constant" in why(by_keyword)
    assert "Argument for boolean dispatch at position 6 was not constant" in why(by_place)


def test_arguments_of_a_function_that_stays_in_python():
    @torch.jit.ignore
    def helper(x: torch.Tensor, n: int) -> torch.Tensor:
        return x * n

    def f(x: torch.Tensor):
        return helper(x, "a")

    # the diagnostic "host-function-arguments"
    assert "Expected a value of type 'int' for argument 'n' but instead found type 'str'" in why(f)
