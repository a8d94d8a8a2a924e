"""The table of whole models: scripted and traced by PyTorch, run by the facula program, compared with eager PyTorch.

    python tests/oracle/models_table.py --out docs/models.md [--only REGEX] [--max-params N]

Needs torch, torchvision and timm, and the program (`FACULA_PROGRAM`, default build/release/facula). The models stand in
models.txt. Weights are random from a fixed seed, then spread so that nothing in the model is idle: constants (biases, layer
scales, positions that start at zero) get noise, small weights become larger, and batch norms get the statistics
of a random batch. An error is the largest difference from PyTorch's output relative to that output's largest element; more
than 1e-4 counts as a failure.

Each model runs in a process of its own with bounds on time and memory. Rows of models that were not run this time stay.
"""
import argparse
import functools
import json
import pathlib
import re
import resource
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
TOLERANCE = 1e-4
COLUMNS = ("scripted", "scripted, no plan", "traced", "traced, no plan")
NOTES = """
Known differences that are rounding: keypointrcnn sizes a box's heatmap by rounding its height up, and one of 100 boxes is
106.0001 high here, 106 in PyTorch; all else of its output agrees.
"""
HEADER = "| suite | model | input | parameters | " + " | ".join(COLUMNS) + " |"


def read_list():
    """(suite, name, size) of every line of models.txt."""
    lines = (line.split("#")[0].split() for line in (HERE / "models.txt").read_text().splitlines())
    return [tuple(words) for words in lines if words]


# ---- in the child: one model -------------------------------------------------------------------------------------------------


@functools.cache
def import_torchvision():
    """Imports torchvision even where its compiled operators do not fit the installed torch: their schemas, and the two
    operators that the detectors need, are then defined here."""
    import torch
    library = torch.library.Library("torchvision", "FRAGMENT")
    try:
        torch.ops.torchvision.nms
        missing = False
    except AttributeError:
        missing = True
    if missing:
        roi = "Tensor input, Tensor rois, float spatial_scale, int pooled_height, int pooled_width"
        for schema in ["nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
                       "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
                       "box_iou_rotated(Tensor boxes1, Tensor boxes2) -> Tensor",
                       f"roi_align({roi}, int sampling_ratio, bool aligned) -> Tensor",
                       f"roi_pool({roi}) -> (Tensor, Tensor)", f"ps_roi_pool({roi}) -> (Tensor, Tensor)",
                       f"ps_roi_align({roi}, int sampling_ratio) -> (Tensor, Tensor)",
                       "deform_conv2d(Tensor input, Tensor weight, Tensor offset, Tensor mask, Tensor bias, int stride_h, "
                       "int stride_w, int pad_h, int pad_w, int dilation_h, int dilation_w, int groups, int offset_groups, "
                       "bool use_mask) -> Tensor"]:
            library.define(schema)
        for name in ["roi_align", "roi_pool", "ps_roi_align", "ps_roi_pool", "deform_conv2d"]:
            library.define(f"_{name}_backward(Tensor grad) -> Tensor")
    import torchvision
    if missing:
        for module in (torchvision.extension, sys.modules["torchvision.ops.roi_align"]):
            module._has_ops = has_operators
        library.impl("roi_align", roi_align, "CPU")
        library.impl("nms", nms, "CPU")
    return torchvision, library


def has_operators() -> bool:
    """Stands in for torchvision's check, in scripted code too."""
    return True


def nms(boxes, scores, threshold):
    """Greedy suppression, as torchvision's operator defines it."""
    import torch
    order = torch.sort(scores, descending=True, stable=True).indices
    kept = []
    while order.numel():
        best, order = order[0], order[1:]
        kept.append(best)
        low, high = torch.maximum(boxes[best, :2], boxes[order, :2]), torch.minimum(boxes[best, 2:], boxes[order, 2:])
        common = (high - low).clamp(min=0).prod(dim=1)
        areas = (boxes[:, 2:] - boxes[:, :2]).prod(dim=1)
        order = order[~(common / (areas[best] + areas[order] - common) > threshold)]
    return torch.stack(kept) if kept else torch.empty(0, dtype=torch.long)


def roi_align(pictures, rois, scale, height, width, ratio, aligned):
    """Means of bilinear samples in the cells of boxes. Samples more than a pixel outside are zero (torchvision's own
    version in Python, unlike its operator, takes them from the edge)."""
    import torch

    def samples(begin, length, cells, size):  # [cells, size]: how much of each pixel a cell takes, along one axis
        count = ratio if ratio > 0 else max(1, -int(-length // cells))
        at = begin + (torch.arange(cells * count, dtype=pictures.dtype) + 0.5) * length / (cells * count)
        near = (1 - (at.clamp(0, size - 1)[:, None] - torch.arange(size)).abs()).clamp(min=0)
        near[(at < -1) | (at > size)] = 0
        return near.view(cells, count, size).mean(1)

    out = pictures.new_zeros(len(rois), pictures.shape[1], height, width)
    for i, roi in enumerate(rois):
        left, top, right, bottom = roi[1:] * scale - (0.5 if aligned else 0)
        across, down = (right - left, bottom - top) if aligned else ((right - left).clamp(min=1), (bottom - top).clamp(min=1))
        rows, columns = samples(top, down, height, pictures.shape[2]), samples(left, across, width, pictures.shape[3])
        out[i] = rows @ pictures[int(roi[0])] @ columns.T
    return out


def build(suite, name, size):
    """The model in eval mode and a function that makes its inputs for a batch size."""
    import torch
    sides = [int(s) for s in size.split("x")]
    torchvision, library = import_torchvision()
    build.library = library  # its operators live as long as this object

    def pictures(n):
        return (torch.rand(n, 3, *(sides * 2 if len(sides) == 1 else sides)) * 2 - 1,)

    if suite == "timm":
        import timm
        fixed = timm.create_model(name, num_classes=10).default_cfg.get("fixed_input_size")
        options = {} if not fixed else {"img_size": sides[0]}
        try:
            return timm.create_model(name, num_classes=10, **options).eval(), pictures
        except TypeError:  # takes no img_size
            return timm.create_model(name, num_classes=10).eval(), pictures
    options = {"weights": None} | ({"init_weights": True} if name in ("googlenet", "inception_v3") else {})
    if suite == "det":
        options["weights_backbone"] = None
        if not name.startswith("ssd"):  # resized to 800 otherwise; and thresholds at which random weights see something
            low = {"score_thresh": 0.01} if name.startswith(("fcos", "retina")) else {"box_score_thresh": 0.005}
            options |= {"min_size": sides[0], "max_size": 2 * sides[0]} | low
        model = torchvision.models.get_model(name, **options)

        class Detector(torch.nn.Module):
            """One picture in, a dictionary of tensors out; scripted detectors return the losses too."""

            def __init__(self, model):
                super().__init__()
                self.model = model

            def forward(self, picture):
                # type: (torch.Tensor) -> dict[str, torch.Tensor]
                if torch.jit.is_scripting():
                    return self.model([picture])[1][0]
                return self.model([picture])[0]

        Detector.forward.__annotations__ = {"picture": torch.Tensor, "return": dict[str, torch.Tensor]}
        return Detector(model).eval(), lambda n: (torch.rand(3, sides[0], sides[0]),)
    if any(word in name for word in ("deeplab", "fcn", "lraspp")):
        options["weights_backbone"] = None
    model = torchvision.models.get_model(name, **options).eval()
    if name.startswith("raft"):
        return model, lambda n: (pictures(n)[0], pictures(n)[0])
    if len(sides) == 2:  # video: frames x side
        return model, lambda n: (torch.rand(n, 3, sides[0], sides[1], sides[1]) * 2 - 1,)
    return model, pictures


def liven(model, make_inputs):
    """Spreads what random initialisation leaves constant."""
    import torch
    for parameter in model.parameters():
        if parameter.numel() > 1 and bool((parameter == parameter.flatten()[0]).all()):
            constant = float(parameter.flatten()[0])
            if abs(constant) >= 0.5:
                parameter += torch.rand_like(parameter) * 0.4 - 0.2
            else:
                fan = parameter[0].numel() if parameter.dim() > 1 else 1
                parameter.copy_((torch.rand_like(parameter) * 0.6 - 0.3) / fan ** 0.5)
        elif parameter.dim() > 1:  # heads that start almost at zero would leave only their biases to compare
            least = 0.5 / parameter[0].numel() ** 0.5
            parameter *= max(1.0, least / float(parameter.std()))

    def calibrate(norm, given):
        # From what the norm is given in inference. Random networks give nearly the same features for every input; norms that
        # centre them fully would amplify rounding with every layer, which trained ones do not.
        x = given[0]
        if norm.running_mean is not None and x.dim() > 1:
            norm.running_mean.copy_(0.5 * x.mean([d for d in range(x.dim()) if d != 1]))
            centred = x - norm.running_mean.view(-1, *[1] * (x.dim() - 2))
            power = centred.square().mean([d for d in range(x.dim()) if d != 1])
            # No channel is spread by more than the others, and branches stay smaller than what they are added to.
            norm.running_var.copy_(4 * power.clamp(min=float(power.mean())))

    hooks = [m.register_forward_pre_hook(calibrate) for m in model.modules() if isinstance(m, torch.nn.modules.batchnorm._BatchNorm)]
    if hooks:
        model(*make_inputs(4))
    for hook in hooks:
        hook.remove()
    for name, parameter in model.named_parameters():
        if "bbox_" in name:  # a detector's boxes grow with exp() of these; trained ones are small
            parameter *= 0.02


def distance(got, expected):
    import numpy as np
    if len(got) != len(expected):  # None for auxiliary outputs, which only scripted models return
        got = [g for g in got if g.shape != () or np.isfinite(g)]
    if [g.shape for g in got] != [e.shape for e in expected]:
        return "shapes differ: " + ", ".join(str(g.shape) for g in got)[:60]
    worst = 0.0
    for g, e in zip(got, expected):
        if e.size:
            if not np.array_equal(np.isfinite(g), np.isfinite(e)):
                return "not finite where PyTorch is, or the other way round"
            scale = max(1e-6, float(np.max(np.abs(np.where(np.isfinite(e), e, 0)))))
            worst = max(worst, float(np.max(np.abs(np.where(np.isfinite(e), g - e, 0)))) / scale)
    return worst


def in_order_of(expected, got):
    """Detections that PyTorch ranks alike to the last digits may come in another order: rows of `got` (one array an output,
    boxes first by name) are put beside the nearest unused rows of `expected`."""
    import numpy as np
    if [g.shape for g in got] != [e.shape for e in expected]:
        return got
    scales = [max(1.0, float(np.abs(e).max(initial=0))) for e in expected]
    rows, wanted = (np.concatenate([a.reshape(len(a), -1) / scale for a, scale in zip(side, scales)], axis=1)
                    for side in (got, expected))
    free, order = np.ones(len(rows), dtype=bool), []
    for row in wanted:
        nearest = int(np.argmin(np.where(free, np.abs(rows - row).max(axis=1), np.inf)))
        free[nearest] = False
        order.append(nearest)
    return [g[order] for g in got]


def few_words(error):
    """The line of a message that says most."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    wanted = [line for line in lines if re.match(r"(\[?error|\w*Error|Unknown|unknown)", line)] or lines or ["failed"]
    return wanted[0][:120]


def run_one(suite, name, size, max_params, keep):
    """Prints a JSON object: parameters, and for each column the error (a number) or what went wrong (a text)."""
    import torch
    sys.path.insert(0, str(HERE))
    from against_torch import flatten_torch, run_facula
    torch.set_num_threads(1)
    torch.manual_seed(1)
    torch.set_grad_enabled(False)
    model, make_inputs = build(suite, name, size)
    out = {"params": sum(p.numel() for p in model.parameters())}
    if out["params"] > max_params:
        return print(json.dumps(out))
    liven(model, make_inputs)
    inputs = make_inputs(1)
    expected = flatten_torch(model(*inputs))
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(keep or folder)
        for form in ("scripted", "traced"):
            path = folder / f"{suite}-{name}-{form}.pt"
            try:
                if form == "scripted":
                    archive = torch.jit.script(model)
                else:
                    archive = torch.jit.trace(model, inputs, check_trace=False, strict=False)
                archive.save(str(path))
                del archive
            except Exception as error:  # noqa: BLE001  PyTorch itself cannot: not ours to judge
                out[form] = out[f"{form}, no plan"] = f"PyTorch: no archive ({type(error).__name__})"
                if keep:
                    print(error, file=sys.stderr)
                continue
            for column, extra in ((form, ()), (f"{form}, no plan", ("--no-plan",))):
                try:
                    got = run_facula(path, inputs, folder, extra=extra, timeout=120)
                    out[column] = distance(in_order_of(expected, got) if suite == "det" else got, expected)
                except Exception as error:  # noqa: BLE001  every failure is a cell of the table
                    if keep:
                        print(error, file=sys.stderr)
                    out[column] = few_words(error)
    return print(json.dumps(out))


# ---- in the parent: the table ------------------------------------------------------------------------------------------------


def cell(value):
    if isinstance(value, str):
        return value if value.startswith("PyTorch:") else "**" + value.replace("|", "\\|").replace("*", "\\*") + "**"
    return f"{value:.0e}" if value <= TOLERANCE else f"**{value:.0e}**"


def row(suite, name, size, result):
    cells = [suite, name, size, f"{result['params']:,}"] + [cell(result.get(c, "not run")) for c in COLUMNS]
    return "| " + " | ".join(cells) + " |"


def write_table(path, rows, order):
    """Rows in the order of the list, and what they add up to."""
    lines = [rows[key] for key in order if key in rows]
    forms = [c for line in lines for c in line.replace("\\|", "").split(" | ")[4:]]
    made = [c for c in forms if not c.startswith("PyTorch:")]
    equal = [c for c in made if not c.startswith("**")]
    path.write_text(f"""# Models compared with PyTorch

Generated by `python tests/oracle/models_table.py --out docs/models.md`; how is described at the head of that file.
Random weights, one input each. Numbers are the largest difference from eager PyTorch relative to the largest element
of its output; bold ones exceed {TOLERANCE:.0e} or did not run. "No plan" runs every operator by itself.

{len(lines)} models, {len(made)} runs of archives, {len(equal)} of them equal. Where PyTorch makes no archive or has no
result itself, a cell says so.
{NOTES}
{HEADER}
|{"---|" * 8}
""" + "\n".join(lines) + "\n")


def read_rows(path):
    rows = {}
    if path.exists():
        for line in path.read_text().splitlines():
            words = [w.strip() for w in line.split("|")]
            if len(words) > 4 and words[1] in ("tv", "det", "timm"):
                rows[(words[1], words[2])] = line
    return rows


def bound_memory(gigabytes):
    resource.setrlimit(resource.RLIMIT_DATA, (gigabytes << 30, gigabytes << 30))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("docs/models.md"))
    parser.add_argument("--only", default="", help="only models whose `suite name` this regular expression finds")
    parser.add_argument("--missing", action="store_true", help="only models without a row")
    parser.add_argument("--failing", action="store_true", help="only models whose row has a failure")
    parser.add_argument("--max-params", type=int, default=10**9)
    parser.add_argument("--limit", type=int, default=300, help="seconds a model")
    parser.add_argument("--memory", type=int, default=8, help="gigabytes a model")
    parser.add_argument("--keep", default="", help="leave the archives in this folder, and print messages in full")
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        bound_memory(options.memory)
        return run_one(*options.one, options.max_params, options.keep)
    rows, order = read_rows(options.out), []
    for suite, name, size in read_list():
        order.append((suite, name))
        old = rows.get((suite, name))
        wanted = re.search(options.only, f"{suite} {name}") and not (options.missing and old)
        if not wanted or (options.failing and old and "**" not in old):
            continue
        command = [sys.executable, __file__, "--one", suite, name, size, "--memory", str(options.memory),
                   "--max-params", str(options.max_params), "--keep", options.keep]
        try:
            child = subprocess.run(command, stdout=subprocess.PIPE, stderr=None if options.keep else subprocess.PIPE,
                                   text=True, timeout=options.limit)
            result = json.loads(child.stdout.splitlines()[-1]) if child.returncode == 0 else None
            problem = few_words((child.stderr or "failed").splitlines()[-1]) if result is None else ""
            if result is None:  # before the program's turn: its failures are cells
                result = {"params": 0} | {column: f"PyTorch: {problem}" for column in COLUMNS}
        except subprocess.TimeoutExpired:
            result = {"params": 0} | {column: f"took more than {options.limit} s" for column in COLUMNS}
        if len(result) == 1:
            continue
        rows[(suite, name)] = row(suite, name, size, result)
        print(rows[(suite, name)], flush=True)
        write_table(options.out, rows, order + [k for k in rows if k not in order])
    return None


if __name__ == "__main__":
    main()
