"""facula.trace beyond single programs: modules, warnings, checks, compiled callees, tasks, messages.
Longer than most files: many small programs, each beside its test."""
import io
import re
import threading
import warnings

import pytest

torch = pytest.importorskip("torch")
facula = pytest.importorskip("facula")
nn, F = torch.nn, torch.nn.functional


def equal(got, want):
    torch.testing.assert_close(torch.from_dlpack(got), want.detach(), rtol=1e-4, atol=1e-5)


def warned(program, *inputs, **options):
    """The TracerWarnings of a trace: (text, file, line)."""
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        facula.trace(program, inputs, check_trace=False, **options)
    return [(str(w.message), w.filename, w.lineno) for w in seen if issubclass(w.category, facula.TracerWarning)]


# --- modules ---------------------------------------------------------------------------------------------------------
class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(4, 4)
        self.act = nn.ReLU()

    def forward(self, x):
        return self.act(self.linear(x)), x.size(0)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = Block(), Block()
        self.second.linear.weight = self.first.linear.weight
        self.register_buffer("scale", torch.full((4,), 2.0))
        self.nothing = None

    def forward(self, x):
        y, n = self.first(x)
        z, _ = self.first(y)
        w, _ = self.second(z)
        return w * self.scale / n

    def only_first(self, x):
        return self.first(x)[0]


def test_hierarchy_is_kept():
    net = Net()
    traced = facula.trace(net, torch.rand(2, 4))
    assert [n for n, _ in traced.named_parameters()] == [n for n, _ in net.named_parameters(remove_duplicate=False)]
    assert [n for n, _ in traced.named_buffers()] == ["scale"]
    assert traced.first._method_names() == ["forward", "forward1"]
    assert traced.first.linear.original_name == "Linear"
    text = str(traced.graph)
    assert text.count("prim::CallMethod") == 3 and 'name="forward1"' in text and "aten::linear" not in text
    assert "aten::linear" in str(traced.inlined_graph)
    x = torch.rand(5, 4)
    equal(traced(x), net(x))
    equal(traced.first(x)[0] if isinstance(traced.first(x), tuple) else traced.first(x), net.first(x)[0])


def test_shared_parameters_are_shared():
    net = Net()
    traced = facula.trace(net, torch.rand(2, 4))
    archive = io.BytesIO()
    traced.save(archive)
    archive.seek(0)
    loaded = torch.jit.load(archive)
    assert loaded.first.linear.weight.data_ptr() == loaded.second.linear.weight.data_ptr()
    x = torch.rand(3, 4)
    torch.testing.assert_close(loaded(x), net(x))


def test_one_module_in_two_places():
    class Twice(nn.Module):
        def __init__(self):
            super().__init__()
            self.a = nn.Linear(3, 3)
            self.b = self.a

        def forward(self, x):
            return self.b(self.a(x))
    net, x = Twice(), torch.rand(2, 3)
    traced = facula.trace(net, x)
    equal(traced(x), net(x))
    assert traced.a._address == traced.b._address


def test_values_cross_modules_unseen_by_python():
    class Inner(nn.Module):
        def forward(self, x):
            self.kept = x * 3      # read by the outer module, not returned
            return x + 1

    class Outer(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = Inner()
            self.weight = nn.Parameter(torch.rand(2))

        def forward(self, x):
            return self.inner(x) * self.weight + self.inner.kept
    net, x = Outer(), torch.rand(5, 2)
    equal(facula.trace(net, torch.rand(3, 2))(x), net(x))


def test_parameter_of_another_module():
    class Uses(nn.Module):
        def __init__(self, other):
            super().__init__()
            self.__dict__["other"] = other

        def forward(self, x):
            return x @ self.other.weight

    class Outer(nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding = nn.Linear(3, 3)
            self.head = Uses(self.embedding)

        def forward(self, x):
            return self.head(self.embedding(x))
    net, x = Outer(), torch.rand(2, 3)
    traced = facula.trace(net, x)
    equal(traced(x), net(x))
    assert "head" in str(traced.graph)


def test_several_methods():
    net = Net()
    traced = facula.trace_module(net, {"forward": torch.rand(2, 4), "only_first": torch.rand(1, 4)})
    assert traced._method_names() == ["forward", "only_first"]
    x = torch.rand(7, 4)
    equal(traced(x), net(x))
    equal(traced.only_first(x), net.only_first(x))


def test_forward_of_a_module_and_messages_for_others():
    net = Net()
    equal(facula.trace(net.forward, torch.rand(2, 4))(torch.ones(3, 4)), net(torch.ones(3, 4)))
    with pytest.raises(AttributeError, match="trace doesn't support compiling individual module's functions"):
        facula.trace(net.only_first, torch.rand(2, 4))
    with pytest.raises(AttributeError, match="expected torch.nn.Module as the first argument"):
        facula.trace_module(lambda x: x, {"forward": torch.rand(2)})


def test_buffers_change_in_place():
    class Counter(nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("count", torch.zeros(1))

        def forward(self, x):
            self.count.add_(1)
            return x * self.count
    traced = facula.trace(Counter(), torch.rand(2), check_trace=False)
    before = float(torch.from_dlpack(traced.count))
    traced(torch.ones(2))
    assert float(torch.from_dlpack(traced.count)) == before + 1


def test_assigned_buffer_is_reported():
    class Assigns(nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("last", torch.zeros(1))

        def forward(self, x):
            self.last = x.sum()
            return x
    (text, _, _), = warned(Assigns(), torch.rand(2))
    assert "buffer 'last' of Assigns was assigned while tracing" in text


def test_training_mode_is_kept():
    class M(nn.Module):
        def __init__(self):
            super().__init__()
            self.dropout = nn.Dropout()

        def forward(self, x):
            return self.dropout(x)
    m = M()
    assert facula.trace(m, torch.rand(2), check_trace=False).training is True
    traced = facula.trace(m.eval(), torch.rand(2))
    assert traced.training is False and traced.dropout.training is False
    equal(traced(torch.ones(3)), torch.ones(3))


# --- inputs and outputs ------------------------------------------------------------------------------------------------
def test_inputs_by_name():
    traced = facula.trace(lambda x, y: x - y, example_kwarg_inputs={"y": torch.ones(2), "x": torch.zeros(2)})
    equal(traced(y=torch.ones(1), x=torch.zeros(1)), -torch.ones(1))
    with pytest.raises(NameError, match="'z' is not in forward"):
        facula.trace(Net(), example_kwarg_inputs={"z": torch.rand(2, 4)})


def test_one_tensor_twice():
    x = torch.rand(2)
    traced = facula.trace(lambda a, b: a - 2 * b, (x, x))
    equal(traced(torch.ones(2), torch.zeros(2)), torch.ones(2))


@pytest.mark.parametrize("program, text", [
    (lambda x: 1, "Only tensors, lists, tuples of tensors, or dictionary of tensors can be output from traced functions"),
    (lambda x: [1, 2], "Only tensors.+can be output from traced functions"),
    (lambda x: [[x], [x]], "Only tensors.+can be output from traced functions"),
    (lambda x: None, "didn't return any values"),
    (lambda x: {"a": x}, "Encountering a dict at the output of the tracer might cause the trace to be incorrect"),
    (lambda x: torch.from_numpy(__import__("numpy").ones(2)), "did not have observable data dependence with trace inputs"),
])
def test_results_that_cannot_be(program, text):
    with pytest.raises(RuntimeError, match=text):
        facula.trace(program, torch.rand(2), check_trace=False)


def test_containers_when_not_strict():
    traced = facula.trace(lambda x: {"a": x, "b": x + 1}, torch.rand(2), strict=False)
    got = traced(torch.ones(2))
    assert list(got) == ["a", "b"]
    (text, _, _), = warned(lambda x: [x, x + 1], torch.rand(2))
    assert text.startswith("Encountering a list at the output of the tracer might cause the trace to be incorrect")
    assert not warned(lambda x: [x, x + 1], torch.rand(2), strict=False)


def test_inputs_that_cannot_be():
    with pytest.raises(RuntimeError, match=re.escape("Type 'Tuple[int]' cannot be traced")):
        facula.trace(lambda x: x, (1,))
    with pytest.raises(RuntimeError, match="consistent"):
        facula.trace(lambda x: x[0], ([torch.rand(2), (torch.rand(2),)],))


def test_missing_keys_are_errors():
    traced = facula.trace(lambda d: d["x"] * 2, ({"x": torch.ones(1)},))
    with pytest.raises(Exception, match="x"):
        traced({"y": torch.ones(1)})
    equal(traced({"x": torch.ones(1), "y": torch.ones(1)}), torch.full((1,), 2.0))


# --- what becomes a constant ---------------------------------------------------------------------------------------------
DATAFLOW = "We can't record the data flow of Python values, so this value will be treated as a constant in the future"


@pytest.mark.parametrize("program, text", [
    (lambda x: x * 2 if x.sum() > 0 else x, "Converting a tensor to a Python boolean"),
    (lambda x: x * int(x.sum()), "Converting a tensor to a Python integer"),
    (lambda x: x * float(x.sum()), "Converting a tensor to a Python float"),
    (lambda x: x * x.sum().item(), "Converting a tensor to a Python number"),
    (lambda x: x * x.tolist()[0], "Converting a tensor to a Python list"),
    (lambda x: x * x.numpy()[0].item(), "Converting a tensor to a NumPy array"),
    (lambda x: sum(x * i for i in range(x.size(0))), "Converting a tensor to a Python index"),
    (lambda x: x * 2 if x.size(0) > 1 else x, "Converting a tensor to a Python boolean"),
    (lambda x: x * int(x.size(0)), "Converting a tensor to a Python integer"),
    (lambda x: x * len(x), "Using len to get tensor shape might cause the trace to be incorrect"),
    (lambda x: [a * 2 for a in x][0], "Iterating over a tensor might cause the trace to be incorrect"),
    (lambda x: x + torch.tensor([1.0, 2.0]), "torch.tensor results are registered as constants in the trace"),
    (lambda x: x + x.data, "Reading .data cuts a tensor off from the trace"),
])
def test_constants_are_reported(program, text):
    found = warned(program, torch.ones(2))
    line = program.__code__.co_firstlineno
    assert [w for w in found if w[0].startswith(text) and w[1:] == (__file__, line)], found


def test_writing_to_a_captured_tensor_is_reported():
    captured = torch.zeros(2)

    def program(x):
        captured.add_(x)
        return captured * 2
    (text, file, line), = warned(program, torch.ones(2))
    assert "changes a tensor that is not an input, parameter or result" in text
    assert (file, line) == (__file__, program.__code__.co_firstlineno + 1)


def test_library_checks_do_not_warn():
    assert not warned(nn.Sequential(nn.BatchNorm2d(3), nn.MaxPool2d(2)).eval(), torch.rand(1, 3, 4, 4))


def test_device_of_an_input_stays_an_input():
    traced = facula.trace(lambda x, y: x.to(y.device) + torch.ones(2, device=y.device), (torch.rand(2), torch.rand(3)))
    assert str(traced.graph).count("prim::device(%y)") == 2


def test_tensor_with_gradient_is_no_constant():
    weight = torch.rand(2, requires_grad=True)
    with pytest.raises(RuntimeError, match="Cannot insert a Tensor that requires grad as a constant"):
        facula.trace(lambda x: x * weight, torch.rand(2))


# --- checks --------------------------------------------------------------------------------------------------------------
def test_check_finds_constants_that_differ():
    with pytest.raises(facula.TracingCheckError, match="Tensor-valued Constant nodes differed in value"), \
            warnings.catch_warnings():
        warnings.simplefilter("ignore")
        facula.trace(lambda x: x + x.data, torch.rand(3), check_inputs=[(torch.rand(3),)])


def test_check_finds_graphs_that_differ():
    def program(x):
        for _ in range(x.size(0)):
            x = torch.neg(x)
        return x
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(facula.TracingCheckError, match="Graphs differed across invocations!") as caught:
            facula.trace(program, torch.rand(3, 4), check_inputs=[torch.rand(4, 4)])
    assert "First diverging operator" in str(caught.value) and "x = torch.neg(x)" in str(caught.value)


def test_check_reports_random_programs():
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        facula.trace(lambda x: torch.dropout(x, 0.5, True), torch.ones(50))
    texts = [str(w.message) for w in seen if issubclass(w.category, facula.TracerWarning)]
    assert any("Output nr 1. of the traced function does not match the corresponding output of the Python function" in t
               for t in texts)
    assert any("Trace had nondeterministic nodes" in t and "aten::dropout" in t for t in texts)


# --- compiled callees, tasks -----------------------------------------------------------------------------------------------
UNIT = """
def pick(x: Tensor, flag: Tensor) -> Tensor:
    if bool(flag.sum() > 0):
        return x
    else:
        return -x
def both(x: Tensor, n: int) -> Tuple[Tensor, List[Tensor]]:
    return x * n, [x, x + n]
def maybe(x: Optional[Tensor]) -> Tensor:
    if x is None:
        return torch.zeros([1])
    return x
def count(x: Tensor) -> int:
    return x.size(0) * 2
"""


def test_compiled_function_keeps_its_control_flow():
    pick = facula.CompilationUnit(UNIT).pick
    traced = facula.trace(lambda x, flag: pick(x * 2, flag) + 1, (torch.rand(3), torch.ones(2)))
    assert "prim::CallFunction" in str(traced.graph) and 'name="pick"' in str(traced.graph)
    equal(traced(torch.ones(3), torch.zeros(2)), -torch.ones(3))
    equal(traced(torch.ones(3), torch.ones(2)), torch.full((3,), 3.0))


def test_results_of_compiled_functions_go_on():
    unit = facula.CompilationUnit(UNIT)

    def program(x):
        a, items = unit.both(x, x.size(0))
        return a + items[0] * items[1], unit.maybe(None), unit.maybe(x), x.view(unit.count(x) // 2)
    x = torch.ones(4)
    got = facula.trace(program, torch.rand(3))(x)
    equal(got[0], x * 4 + x * (x + 4))
    equal(got[1], torch.zeros(1))
    equal(got[3], x)


def test_traced_function_in_a_traced_function():
    inner = facula.trace(lambda x: torch.neg(x), torch.rand(3))
    outer = facula.trace(lambda x: inner(x) + 1, torch.rand(3))
    assert "prim::CallFunction" in str(outer.graph)
    equal(outer(torch.ones(2)), torch.zeros(2))


def test_compiled_module_in_a_traced_module():
    class Outer(nn.Module):
        def __init__(self, inner):
            super().__init__()
            self.inner = inner
            self.weight = nn.Parameter(torch.rand(4))

        def forward(self, x):
            return self.inner(x) * self.weight
    net = Net()
    outer = Outer(facula.trace(net, torch.rand(2, 4)))
    traced = facula.trace(outer, torch.rand(2, 4), check_trace=False)
    x = torch.rand(3, 4)
    equal(traced(x), net(x) * outer.weight)
    assert 'prim::CallMethod[name="forward"](%inner' in str(traced.graph)


def test_compiled_module_must_be_registered():
    inner = facula.trace(Net(), torch.rand(2, 4))
    with pytest.raises(RuntimeError, match="must be registered as submodules of the thing being traced"):
        facula.trace(lambda x: inner(x), torch.rand(2, 4))


def test_compiled_module_is_returned_as_it_is():
    traced = facula.trace(Net(), torch.rand(2, 4))
    with pytest.warns(UserWarning, match="tracing it is a no-op"):
        assert facula.trace(traced, torch.rand(2, 4)) is traced


def test_compiled_function_is_called():
    pick = facula.CompilationUnit(UNIT).pick
    traced = facula.trace(pick, (torch.rand(3), torch.ones(2)))
    equal(traced(torch.ones(3), torch.zeros(2)), -torch.ones(3))


def test_fork_and_wait():
    def body(x):
        return x.neg(), x + 1

    def program(x):
        task = facula.fork(body, x * 2)
        a, b = facula.wait(task)
        return a + b * x
    traced = facula.trace(program, torch.rand(3))
    assert "prim::fork" in str(traced.graph) and "aten::wait" in str(traced.graph)
    x = torch.rand(5)
    equal(traced(x), -2 * x + (2 * x + 1) * x)
    archive = io.BytesIO()
    traced.save(archive)
    archive.seek(0)
    torch.testing.assert_close(torch.jit.load(archive)(x), -2 * x + (2 * x + 1) * x)


def test_what_leaks_from_a_fork_is_no_result():
    leaked = []

    def body(x):
        leaked.append(x + 1)
        return x + 1

    def program(x):
        facula.wait(facula.fork(body, x))
        return leaked[0]
    with pytest.raises(RuntimeError, match="did not have observable data dependence with trace inputs"):
        facula.trace(program, torch.rand(3), check_trace=False)


# --- state and text --------------------------------------------------------------------------------------------------------
def test_is_tracing():
    seen = []

    def program(x):
        seen.append(facula.is_tracing())
        return x + 1
    facula.trace(program, torch.rand(2), check_trace=False)
    assert seen == [True] and not facula.is_tracing()


def test_a_failed_trace_leaves_nothing_behind():
    def program(x):
        raise KeyError("mine")
    with pytest.raises(KeyError, match="mine"):
        facula.trace(program, torch.rand(2))
    assert not facula.is_tracing()
    x = torch.rand(2)
    assert type(x.size(0)) is int
    equal(facula.trace(lambda x: x + 1, x)(x), x + 1)


def test_traces_do_not_nest():
    with pytest.raises(RuntimeError, match="Tracing can't be nested"):
        facula.trace(lambda x: facula.trace(lambda y: y + 1, x)(x), torch.rand(2))


def test_names_and_places():
    def program(first, second):
        middle = first * 2
        return middle + second
    traced = facula.trace(program, (torch.rand(2), torch.rand(2)))
    text = str(traced.graph)
    assert "graph(%first : Tensor," in text and "%middle : Tensor = aten::mul(%first" in text
    assert "%s:%d:0" % (__file__, program.__code__.co_firstlineno + 1) in text
    assert traced.name == "program"
    assert [a.name for a in traced.schema.arguments] == ["first", "second"]


def test_layers_look_as_in_pytorch():
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Linear(4, 2)).eval()
    traced = facula.trace(net, torch.rand(1, 3, 6, 6))
    text = str(traced.inlined_graph)
    assert "aten::_convolution(" in text and "aten::linear(" in text and 'prim::GetAttr[name="weight"]' in text


def test_nothing_dead_is_left():
    def program(x):
        x.sum() * 3
        x.size(0)
        return x + 1
    text = str(facula.trace(program, torch.rand(2)).graph)
    assert "aten::sum" not in text and "aten::size" not in text


def test_disabled(monkeypatch):
    monkeypatch.setenv("FACULA_JIT", "0")
    program = lambda x: x + 1  # noqa: E731
    assert facula.trace(program, torch.rand(2)) is program


# --- programs on facula.Tensor -----------------------------------------------------------------------------------------------
def test_facula_tensors():
    def program(x, y):
        z = (x + y * 2).relu()
        return z.view(z.size(0) * z.shape[1]).sum() + z[0, 1:].sum()
    a, b = facula.tensor([[1.0, -9.0], [3.0, 4.0]]), facula.tensor([[1.0, 1.0], [1.0, 1.0]])
    traced = facula.trace(program, (a, b))
    assert "aten::relu" in str(traced.graph) and "aten::size" in str(traced.graph)
    a, b = (facula.tensor([[float(i + j) for j in range(3)] for i in range(4)]) for _ in range(2))
    assert traced(a, b).tolist() == program(a, b).tolist()


def test_facula_tensors_in_place_and_lists():
    def program(x):
        y = x * 1
        y.add_(2)
        a, b = y.split(1, 0)
        return facula.cat([b, a], 0), y
    traced = facula.trace(program, facula.tensor([[1.0], [2.0]]))
    got = traced(facula.tensor([[5.0, 6.0], [7.0, 8.0]]))
    assert got[0].tolist() == [[9.0, 10.0], [7.0, 8.0]]


def test_facula_tensors_warn():
    with pytest.warns(facula.TracerWarning, match="Converting a tensor to a Python number"):
        facula.trace(lambda x: x * x.sum().item(), facula.tensor([1.0]), check_trace=False)
    with pytest.warns(facula.TracerWarning, match="Converting a tensor to a Python boolean"):
        facula.trace(lambda x: x if x.size(0) > 1 else -x, facula.tensor([1.0]), check_trace=False)
    assert type(facula.tensor([1.0]).size(0)) is int


# --- surroundings ------------------------------------------------------------------------------------------------------------
def test_libraries_hear_that_they_are_traced():
    traced = facula.trace(lambda x: x * 2 if torch.jit.is_tracing() else x, torch.rand(2), check_trace=False)
    equal(traced(torch.ones(2)), torch.full((2,), 2.0))
    assert not torch.jit.is_tracing()


def test_torch_answers_for_its_tracer():
    before = torch._C._get_tracing_state, torch._C._is_tracing, torch.stack, torch.jit._trace.script
    seen = []

    def program(x):
        seen.append((bool(torch._C._get_tracing_state()), torch._C._is_tracing(), torch.jit.is_tracing()))
        other = threading.Thread(target=lambda: seen.append((bool(torch._C._get_tracing_state()), torch._C._is_tracing())))
        other.start()
        other.join()
        if x.dim() == 2:
            raise KeyError("mine")
        return x + 1
    facula.trace(program, torch.rand(2), check_trace=False)
    with pytest.raises(KeyError):
        facula.trace(program, torch.rand(2, 2), check_trace=False)
    assert seen == [(True, True, True), (False, False)] * 2
    assert not torch._C._get_tracing_state() and not torch.jit.is_tracing()
    assert before == (torch._C._get_tracing_state, torch._C._is_tracing, torch.stack, torch.jit._trace.script)


@torch.jit._script_if_tracing
def _rows_until_negative(x):
    n = 0
    for i in range(x.size(0)):
        if bool(x[i].sum() < 0):
            break
        n += 1
    return torch.stack([x[:n].sum(), x[n:].sum()])


def test_functions_that_torch_scripts_while_tracing_keep_their_control_flow():
    x = torch.ones(4, 2)
    traced = facula.trace(lambda x: _rows_until_negative(x) * 2, x)
    for i in range(4):
        y = torch.ones(5, 2)
        y[i] = -1
        equal(traced(y), _rows_until_negative(y) * 2)


def test_sizes_that_are_stacked_stay_symbolic():
    traced = facula.trace(lambda x: torch.max(torch.stack([x.shape[0], x.shape[1]]).to(torch.float32)), torch.rand(2, 3),
                          check_trace=False)   # sizes are no tensors when the program runs untraced
    equal(traced(torch.rand(7, 3)), torch.tensor(7.0))


def test_a_computed_scale_of_interpolate_stays_computed():
    def program(x, scale):
        return F.interpolate(x, scale_factor=scale, recompute_scale_factor=True)
    traced = facula.trace(lambda x, s: program(x, s), (torch.rand(1, 1, 4, 4), torch.tensor(1.5)))
    for n, s in ((4, 1.5), (5, 2.0), (6, 0.5)):
        x = torch.rand(1, 1, n, n)
        equal(traced(x, torch.tensor(s)), program(x, s))


def test_autocast_is_part_of_the_program():
    linear = nn.Linear(3, 4)

    class M(nn.Module):
        def __init__(self):
            super().__init__()
            self.linear = linear

        def forward(self, x):
            with torch.autocast("cpu", dtype=torch.bfloat16):
                return self.linear(x).view(x.size(0) * 2, -1)
    traced = facula.trace(M(), torch.rand(2, 3), check_trace=False)
    x = torch.rand(5, 3)
    got = torch.from_dlpack(traced(x))
    assert got.dtype == torch.bfloat16
    torch.testing.assert_close(got, M()(x), rtol=0.05, atol=0.05)


def test_operators_that_facula_has_not_are_reported():
    library = torch.library.Library("facula_test", "DEF")
    library.define("twice(Tensor x) -> Tensor")
    library.impl("twice", lambda x: x * 2, "CPU")
    (text, _, _), = warned(lambda x: torch.ops.facula_test.twice(x), torch.rand(2))
    assert text.startswith("Facula has no operator facula_test::twice")
    del library


def test_out_of_place():
    with pytest.warns(facula.TracerWarning, match="live references to the data region being modified"):
        facula.trace(lambda x: x.view(-1).add_(1), torch.rand(2, 2), _force_outplace=True, check_trace=False)
    traced = facula.trace(lambda x: torch.empty(x.shape).fill_(7) * x, torch.rand(2), _force_outplace=True)
    assert "aten::full_like" in str(traced.graph)
    equal(traced(torch.ones(3)), torch.full((3,), 7.0))


# --- with facula.script --------------------------------------------------------------------------------------------------------
def test_scripted_function_in_a_trace():
    @facula.script
    def pick(x, n: int):
        if x.sum() > 0:
            y = x * n
        else:
            y = -x
        return y
    traced = facula.trace(lambda x: pick(x + 1, x.size(0)), torch.rand(3))
    equal(traced(torch.ones(2)), torch.full((2,), 4.0))
    equal(traced(torch.full((2,), -2.0)), torch.ones(2))


def scaled(x, n):
    # type: (Tensor, int) -> Tensor
    for _ in range(n):
        x = x * 2
    return x


def test_script_if_tracing():
    loop = facula.script_if_tracing(scaled)
    equal(facula.trace(lambda x: loop(x, x.size(0)), torch.ones(1))(torch.ones(3)), torch.full((3,), 8.0))
    assert isinstance(loop(torch.ones(2), 1), torch.Tensor)


def test_scripted_module_in_a_traced_one_and_back():
    class Gate(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(torch.ones(2))

        def forward(self, x):
            if x.sum() > 0:
                return x * self.weight
            else:
                return x - self.weight

    class Outer(nn.Module):
        def __init__(self, gate):
            super().__init__()
            self.gate = gate
            self.linear = nn.Linear(2, 2)

        def forward(self, x):
            return self.gate(self.linear(x)) + 1
    gate = Gate()
    outer = Outer(facula.script(gate))
    traced = facula.trace(outer, torch.rand(1, 2), check_trace=False)
    for x in (torch.full((1, 2), 5.0), torch.full((1, 2), -5.0)):
        equal(traced(x), gate(outer.linear(x)) + 1)

    class Scripted(nn.Module):
        def __init__(self, part):
            super().__init__()
            self.part = part

        def forward(self, x, n: int):
            for _ in range(n):
                x = self.part(x)
            return x
    net = nn.Sequential(nn.Linear(2, 2), nn.Tanh())
    whole = facula.script(Scripted(facula.trace(net, torch.rand(1, 2))))
    x = torch.rand(3, 2)
    equal(whole(x, 2), net(net(x)))
    archive = io.BytesIO()
    whole.save(archive)
    archive.seek(0)
    torch.testing.assert_close(torch.jit.load(archive)(x, 3), net(net(net(x))))


class Exports(nn.Module):
    def __init__(self):
        super().__init__()
        self.step = 2

    @torch.jit.export
    def add_step(self, x):
        return x + self.step

    def forward(self, x):
        return (lambda a: a * 2)(x)


def test_exported_methods_are_compiled():
    traced = facula.trace(nn.Sequential(Exports()), torch.rand(2))
    assert set(traced._get("0")._method_names()) == {"add_step", "forward"}
    equal(traced._get("0").add_step(torch.ones(2)), torch.full((2,), 3.0))
    equal(facula.trace(Exports(), torch.rand(2))(torch.ones(2)), torch.full((2,), 2.0))
