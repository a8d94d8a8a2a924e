"""Random programs, run by PyTorch eagerly and by Facula from the archive that PyTorch writes.

    .venv/bin/python tests/python/random_programs.py SEED COUNT [exact]     (FACULA_PLAN=off, FACULA_NATIVE=0: other ways to run)

The programs read and write views of their inputs and of each other, mix dtypes, broadcast, take zero-dimensional and empty tensors,
and are called with several shapes in turn; inputs that a program writes are compared, too. `exact`: only what gives the same numbers on
every machine, of small integers. test_random_programs.py runs some of those.
"""
import linecache
import random
import sys
import warnings
from typing import List

import torch

warnings.filterwarnings("ignore")

UNARY = ["torch.relu({0})", "torch.neg({0})", "{0}.abs()", "{0} * 2", "{0} + 1", "1 - {0}", "{0} / 3", "{0}.clamp(-1, 2)", "{0}.square()", "{0} * -1.5",
         "{0}.float()", "{0}.to(torch.float64)", "{0}.to(torch.int64)", "{0} > 0", "{0}.float().sigmoid()", "{0}.double().tanh()", "{0}.sign()",
         "torch.where({0} > 0, {0}, {0} * 2)", "torch.nn.functional.gelu({0}.float())", "torch.nn.functional.silu({0}.double())", "{0}.float().exp().clamp(max=50.0)",
         "{0}.to(torch.float16).float()", "{0}.to(torch.bfloat16)", "{0}.float().floor()", "{0}.to(torch.int32) // 2", "{0}.to(torch.int64) % 3", "{0}.logical_not()",
         "torch.nn.functional.leaky_relu({0}.float(), 0.1)", "torch.nn.functional.hardtanh({0}.float())", "{0}.float().softmax(-1)", "{0}.float().rsqrt().nan_to_num(0.0, 1.0, -1.0)"]
BINARY = ["{0} + {1}", "{0} * {1}", "{0} - {1}", "torch.maximum({0}, {1})", "torch.add({0}, {1}, alpha=2)", "{0} / ({1}.abs() + 1)", "{0} < {1}", "torch.where({0} > {1}, {0}, {1})",
          "{0} == {1}", "torch.min({0}, {1})", "{0}.float() + {1}.double()", "torch.sub({0}, {1}, alpha=3)", "torch.addcmul({0}.float(), {1}.float(), {0}.float())",
          "torch.lerp({0}.float(), {1}.float(), 0.3)", "torch.atan2({0}.float(), {1}.float())", "torch.pow({0}.float().abs() + 0.5, {1}.float().clamp(-2, 2))"]
VIEWS = ["{0}.t()", "{0}[0:1]", "{0}[-1:]", "{0}[:, 0:1]", "{0}.unsqueeze(0).squeeze(0)", "{0}.transpose(0, 1)", "{0}[::2]", "{0}[:, ::2]", "{0}.view({0}.size(0), -1)", "{0}.reshape(-1, 1)",
         "{0}.narrow(0, 0, 1)", "{0}.permute(1, 0)", "{0}.flatten().unsqueeze(0)", "{0}.expand({0}.size(0), {0}.size(1))", "{0}[None][0]", "{0}.contiguous()", "{0}.chunk(2, 0)[0]",
         "{0}.unbind(0)[0].unsqueeze(0)", "{0}.diagonal().unsqueeze(1)", "{0}.detach()", "{0}.view_as({0})", "{0}.select(1, 0).unsqueeze(-1)", "{0}.as_strided([1, 1], [1, 1])", "{0}.movedim(0, 1)"]
SHAPES = ["torch.cat([{0}, {0}], 0)", "torch.stack([{0}, {0} + 1], 0).sum(0)", "{0}.sum(0, keepdim=True)", "{0}.float().mean(1, keepdim=True)", "{0}.clone()", "{0}.flip(0)", "{0}.repeat(1, 2)",
          "{0}.amax(0, keepdim=True)", "{0}.cumsum(0)", "torch.matmul({0}.float(), {0}.float().t())", "{0}.sum().reshape(1, 1)", "{0}.float().prod(1, keepdim=True)", "{0}.roll(1, 0)",
          "torch.nn.functional.pad({0}, [1, 0])", "{0}.sort(0)[0]", "{0}.tril()", "{0}.index_select(0, torch.zeros(1, dtype=torch.int64))", "{0}.gather(0, torch.zeros_like({0}, dtype=torch.int64))",
          "torch.nn.functional.linear({0}.float(), {0}.float())", "{0}.float().var(1, keepdim=True, unbiased=False)", "{0}.masked_fill({0} > 0, 7)", "torch.nn.functional.layer_norm({0}.float(), [{0}.size(1)])"]
WRITES = ["{0}.add_({1})", "{0}.mul_(2)", "{0}[0] = {1}", "{0}[0:1] = 3", "{0}[:, 0:1].add_(1)", "{0}.relu_()", "{0}[1:].sub_(1)", "{0}.copy_({1})", "{0}.zero_()", "{0}.fill_(2)", "{0}.t().add_(1)",
          "{0}[{0} > 1] = 0", "{0}.view(-1)[0:2].mul_(-1)", "{0}.clamp_(-2, 2)", "{0}.select(0, 0).neg_()", "{0}.masked_fill_({0} < 0, 5)", "{0}.narrow(1, 0, 1).zero_()", "{0} += 1", "{0} *= {1}",
          "{0}[:] = {1}", "{0}[-1, 0] = 9", "{0}.transpose(0, 1)[0].add_(2)", "{0}.index_fill_(0, torch.zeros(1, dtype=torch.int64), 4)", "{0}.squeeze().add_(1)", "{0}.unsqueeze(0).mul_(3)",
          "torch.add({0}, 1, out={0})", "{0}.expand_as({0})[0].add_(1)", "{0}.flatten().mul_(2)", "{0}.reshape(-1).sub_(1)", "{0}.contiguous().add_(1)", "{0}.to({0}.dtype).add_(1)"]


INEXACT = ["sigmoid", "tanh", "gelu", "silu", "exp()", "softmax", "sqrt", "/ ", "float16", "lerp", "atan2", "pow", "mean", "matmul", "linear", "var(", "norm", "prod", "leaky", "1.5", "0.", "square"]


def generate(r, name, exact=False):
    """A function of (x, y, r, c, s): matrices of one shape, a row, a column, a number. Its text."""
    def choose(templates):
        return r.choice([t for t in templates if not exact or not any(word in t for word in INEXACT)])

    head = ["def %s(x, y, r, c, s):" % name, "    # type: (Tensor, Tensor, Tensor, Tensor, Tensor) -> List[Tensor]"]
    body, names, small = [], ["x", "y"], ["r", "c", "s"]
    depth = 1

    def emit(text):
        body.append("    " * depth + text)

    def one(count):
        nonlocal depth
        q = r.random()
        a, b = r.choice(names), r.choice(names + small)
        if q < .25:
            value = choose(UNARY).format(a)
        elif q < .45:
            value = choose(BINARY).format(a, b)
        elif q < .65:
            value = choose(VIEWS).format(a)
        elif q < .74:
            value = choose(SHAPES).format(a)
        elif q < .93 or depth > 2:
            emit(choose(WRITES).format(a, b))
            return
        else:
            before = len(names)
            emit(r.choice(["for i in range(3):", "if bool((%s > 0).any()):" % a, "if %s.size(0) > 2:" % a, "for i in range(%s.dim()):" % a]))
            depth += 1
            for _ in range(r.randint(1, 4)):
                one(count)
            # Written to one that stands outside.
            emit("%s = %s" % (r.choice(names[:before]), r.choice(names)))
            depth -= 1
            del names[before:]
            return
        fresh = "t%d" % len(body)
        emit("%s = %s" % (fresh, value))
        names.append(fresh)

    for _ in range(r.randint(4, 16)):
        one(0)
    kept = r.sample(names, min(len(names), 5))
    body.append("    return [" + ", ".join(kept) + "]")
    return "\n".join(head + body)


DTYPES = [torch.float32, torch.float32, torch.float32, torch.float64, torch.int64, torch.float16, torch.bfloat16, torch.int32, torch.uint8, torch.bool]


def make_inputs(r, seed, exact=False):
    g = torch.Generator().manual_seed(seed)
    h, w = r.choice([(3, 4), (3, 4), (2, 2), (1, 5), (17, 9), (0, 4), (3, 0), (64, 40)])
    dtype = r.choice([t for t in DTYPES if not exact or t.itemsize != 2])

    def tensor(*size):
        t = torch.randn(*size, generator=g) * 3
        if exact:
            t = t.round()
        return t.abs().to(dtype) if dtype == torch.uint8 else t.to(dtype)

    x = tensor(w, h).t() if r.random() < .3 else tensor(h, w)
    y = tensor(h, 2 * w)[:, ::2] if r.random() < .3 else tensor(h, w)
    q = r.random()
    if q < .1:
        y = x
    elif q < .2 and h > 0:
        base = tensor(h + 1, w)
        x, y = base[:-1], base[1:]
    s = torch.randn([], generator=g).round() if exact else torch.randn([], generator=g)
    return [x, y, tensor(w), tensor(h, 1), s.double() if r.random() < .3 else s]


def copy_inputs(inputs):
    """New tensors that share memory as the old ones do."""
    bases = {}
    out = []
    for t in inputs:
        key = t.untyped_storage().data_ptr() if t.numel() else id(t)
        if key not in bases:
            bases[key] = t.untyped_storage().clone()
        out.append(torch.empty(0, dtype=t.dtype).set_(bases[key], t.storage_offset(), t.size(), t.stride()))
    return out


def agree(a, b, half):
    if a.dtype != b.dtype or a.shape != b.shape:
        return False
    if not a.is_floating_point():
        # A half that was rounded otherwise may be another integer.
        return torch.equal(a, b) or (half and a.dtype != torch.bool and (a != b).float().mean() < .2 and ((a.double() - b.double()).abs() <= 1 + a.double().abs() * .05).all())
    tolerance = 4e-2 if half else 2e-5
    finite = a.double().nan_to_num(0, 0, 0).abs()
    return torch.allclose(a.double(), b.double(), rtol=tolerance, atol=tolerance * max(1.0, float(finite.max()) if a.numel() else 1.0), equal_nan=True)


def program(seed, name, exact=False):
    """Text, eager function, scripted function; None where PyTorch does not compile it."""
    text = generate(random.Random(seed), name, exact)
    file = "<random %s>" % name
    linecache.cache[file] = (len(text), None, [line + "\n" for line in text.split("\n")], file)
    scope = {"torch": torch, "List": List, "Tensor": torch.Tensor, "__name__": "random_programs"}
    exec(compile(text, file, "exec"), scope)
    try:
        return text, scope[name], torch.jit.script(scope[name])
    except Exception:
        return None


def as_scripted(scripted, inputs, got, half):
    try:
        return all(agree(a, b, half) for a, b in zip(scripted(*inputs), got))
    except Exception:
        return False


def x_is_half(inputs):
    return inputs[0].dtype in (torch.float16, torch.bfloat16)


def refuses(scripted, inputs):
    try:
        scripted(*inputs)
    except Exception:
        return True
    return False


def check(facula, path, seed, exact=False, calls=6):
    """What differs, as text; None where everything agrees. Second: the number of calls compared."""
    made = program(seed, "f%d" % seed, exact)
    if not made:
        return None, 0
    text, eager, scripted = made
    scripted.save(path)
    loaded = facula.load(path)
    r = random.Random(seed + 1000003)
    done = 0
    for call in range(calls):
        inputs = make_inputs(r, seed * 100 + call, exact)
        mine, theirs = copy_inputs(inputs), copy_inputs(inputs)
        try:
            wanted = eager(*theirs)
        except Exception as e:
            # What PyTorch's own compiled code makes of it is not asked; Facula may compute or refuse, but not crash.
            try:
                loaded(*mine)
            except Exception:
                pass
            continue
        # PyTorch's tails of 16 elements round halves where its vectors do not: with halves, results agree roughly.
        half = "16)" in text or x_is_half(inputs)
        try:
            got = loaded(*mine)
        except Exception as e:
            if refuses(scripted, copy_inputs(inputs)):  # y[0] = x with too many dimensions, for example
                continue
            return "seed %d call %d: %s\n%s\n%s" % (seed, call, e, text, [(t.dtype, t.shape, t.stride()) for t in inputs]), done
        done += 1
        got = [t if isinstance(t, torch.Tensor) else torch.from_dlpack(t) for t in got]
        for i, (a, b) in enumerate(zip(wanted + theirs, got + mine)):
            if not agree(a, b, half):
                if as_scripted(scripted, copy_inputs(inputs), got, half):  # PyTorch's compiler drops a write now and then
                    break
                what = "result %d" % i if i < len(wanted) else "input %d afterwards" % (i - len(wanted))
                return "seed %d call %d: %s differs: %s %s and %s %s\n%s\n%s\n%s\n%s" % (
                    seed, call, what, a.dtype, tuple(a.shape), b.dtype, tuple(b.shape), text, [(t.dtype, t.shape, t.stride()) for t in inputs], a.flatten()[:20], b.flatten()[:20]), done
    return None, done


if __name__ == "__main__":
    import os
    import tempfile

    import facula
    first, count, exact = int(sys.argv[1]), int(sys.argv[2]), "exact" in sys.argv
    path = os.path.join(tempfile.mkdtemp(), "program.pt")
    total = bad = 0
    for seed in range(first, first + count):
        difference, done = check(facula, path, seed, exact)
        total += done
        if difference:
            bad += 1
            print(difference, flush=True)
    print("%d calls compared, %d programs differ" % (total, bad))
