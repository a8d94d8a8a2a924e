"""The table of converted models: live PyTorch models scripted (facula.script) and traced (facula.trace), saved by Facula, then
loaded and run by PyTorch and by Facula.

    ./dev python && make venv
    .venv/bin/pip install transformers && .venv/bin/pip install --no-deps torchvision timm    # what the rows name
    PYTHONPATH=build/release/python .venv/bin/python tests/oracle/converted_models.py --out docs/converted_models.md [--only REGEX]

torchvision's compiled operators need not fit the installed torch: models_table.py defines what is missing. Models, weights
and the measure of an error are those of models_table.py; layers of torch.nn stand in layers.py, and the rows of suite hf
are small configurations, below in CONFIGURATIONS. Every archive is run twice (PyTorch runs another program the second
time), a traced one on a batch size that the trace has not seen.

Each model runs in a process of its own with bounds on time and memory. Rows of models that were not run this time stay.
"""
import argparse
import io
import os
import pathlib
import re
import sys
import time
import traceback
import warnings

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import models_table  # noqa: E402

FORMS = ("scripted", "traced")
COLUMNS = tuple(f"{form}, in {where}" for form in FORMS for where in ("PyTorch", "Facula"))
HEADER = "| suite | model | input | parameters | " + " | ".join(COLUMNS) + " | scripted, traced: archive, kB | seconds |"
SMALL = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64, "vocab_size": 99}
AUDIO = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64, "conv_dim": (16, 16), "conv_stride": (5, 2),
         "conv_kernel": (10, 3), "num_conv_pos_embeddings": 16, "num_conv_pos_embedding_groups": 2}
CONFIGURATIONS = {
    "Bert": SMALL, "Roberta": SMALL, "Electra": SMALL | {"embedding_size": 32},
    "DistilBert": {"dim": 32, "n_layers": 2, "n_heads": 4, "hidden_dim": 64, "vocab_size": 99},
    "GPT2": {"n_embd": 32, "n_layer": 2, "n_head": 4, "vocab_size": 99, "use_cache": False},
    "Albert": SMALL | {"embedding_size": 16}, "MPNet": SMALL,
    "Llama": SMALL | {"num_key_value_heads": 2, "use_cache": False},
    "CLIP": {"text_config": SMALL, "vision_config": SMALL | {"image_size": 32, "patch_size": 8}, "projection_dim": 16},
    "Wav2Vec2": AUDIO, "Hubert": AUDIO,
    "Segformer": {"depths": [1, 1, 1, 1], "hidden_sizes": [8, 16, 24, 32], "num_attention_heads": [1, 2, 2, 4], "decoder_hidden_size": 16},
    "Swin": {"image_size": 32, "patch_size": 4, "embed_dim": 16, "depths": [1, 1], "num_heads": [2, 2], "window_size": 4},
    "ViT": {k: v for k, v in SMALL.items() if k != "vocab_size"} | {"image_size": 32, "patch_size": 8},
}
NO_OTHER_BATCH = ("det", "nn")  # a detector takes one picture; what a layer takes has no batch size that can be told


def models():
    """(suite, name, size)"""
    from layers import LAYERS
    return ([("nn", name, "") for name in LAYERS] + models_table.read_list() +
            [("hf", name, "7") for name in CONFIGURATIONS])


def build(suite, name, size):
    """The model in eval mode and a function that makes its inputs for a batch size."""
    import torch
    if suite == "nn":
        import layers
        model, inputs = layers.module(name)
        return model, lambda n: inputs
    if suite != "hf":
        return models_table.build(suite, name, size)
    build.kept = models_table.import_torchvision()  # transformers imports it where it finds it
    import transformers
    config = getattr(transformers, name + "Config")(**CONFIGURATIONS[name])
    config.return_dict = False
    model = getattr(transformers, name + "Model")(config).eval()
    if name in ("CLIP", "Hubert", "Swin"):  # these read their parts' results by name
        fields = ("logits_per_image", "logits_per_text", "text_embeds", "image_embeds") if name == "CLIP" else ("last_hidden_state",)

        class Tuple(torch.nn.Module):
            def __init__(self, model):
                super().__init__()
                self.model = model

            def forward(self, *inputs):
                out = self.model(*inputs)
                return tuple(getattr(out, field) for field in fields)
        config.return_dict = True
        model = Tuple(getattr(transformers, name + "Model")(config)).eval()
    if name in ("ViT", "Swin", "Segformer"):
        side = 64 if name == "Segformer" else 32
        return model, lambda n: (torch.rand(n, 3, side, side),)
    if name in ("Wav2Vec2", "Hubert"):
        return model, lambda n: (torch.randn(n, 1600),)

    def tokens(n):
        ids = torch.randint(0, 99, (n, 7))
        mask = torch.ones(n, 7, dtype=torch.long)
        mask[0, 5:] = 0
        if name == "CLIP":
            ids[:, -1] = 98  # the last token, where the text's features are read
            return ids, torch.rand(n, 3, 32, 32), mask
        return (ids,) if name == "GPT2" else (ids, mask)
    return model, tokens


def flatten(x):
    import facula
    import torch
    if isinstance(x, facula.Tensor):
        x = torch.from_dlpack(x)
    if isinstance(x, torch.Tensor):
        return [x.detach().cpu().numpy()]
    if isinstance(x, dict):
        return [a for key in sorted(x) for a in flatten(x[key])]
    return [a for item in x for a in flatten(item)] if isinstance(x, (list, tuple)) else []


def torch_cannot(form, model, inputs):
    """Whether PyTorch's own converter refuses the model, too: its error's class or None."""
    import torch
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.jit.script(model) if form == "scripted" else torch.jit.trace(model, inputs, check_trace=False, strict=False)
    except Exception as error:  # noqa: BLE001
        return type(error).__name__
    return None


def run_one(suite, name, size, max_params):
    """A dict: parameters, seconds, bytes by form, and for each column an error or what went wrong."""
    import facula
    import torch
    torch.set_num_threads(1)
    torch.manual_seed(1)
    torch.set_grad_enabled(False)
    model, make_inputs = build(suite, name, size)
    out = {"params": sum(p.numel() for p in model.parameters()), "seconds": {}, "bytes": {}}
    if out["params"] > max_params:
        return out
    if suite != "hf":
        models_table.liven(model, make_inputs)
    # transformers decides by `batch_size != 1`, which a trace cannot keep: the example has two sequences.
    inputs = make_inputs(2 if suite == "hf" else 1)
    others = inputs if suite in NO_OTHER_BATCH else make_inputs(3 if suite == "hf" else 2)
    expected = flatten(model(*others))

    for form in FORMS:
        columns = [c for c in COLUMNS if c.startswith(form)]
        begin = time.perf_counter()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                made = facula.script(model) if form == "scripted" else facula.trace(model, inputs, check_trace=False, strict=False)
            archive = io.BytesIO()
            made.save(archive)
        except Exception as error:  # noqa: BLE001  every failure is a cell of the table
            traceback.print_exc()
            theirs = torch_cannot(form, model, inputs)
            out |= {c: f"PyTorch: no archive ({theirs})" if theirs else models_table.few_words(error) for c in columns}
            continue
        out["seconds"][form] = time.perf_counter() - begin
        out["bytes"][form] = archive.tell()
        del made
        for column, load in zip(columns, (torch.jit.load, facula.load)):
            archive.seek(0)
            try:
                program, worst = load(archive), 0.0
                for _ in range(2):
                    got = flatten(program(*others))
                    error = models_table.distance(models_table.in_order_of(expected, got) if suite == "det" else got, expected)
                    worst = error if isinstance(error, str) or isinstance(worst, str) else max(worst, error)
                out[column] = worst
            except Exception as error:  # noqa: BLE001
                traceback.print_exc()
                out[column] = models_table.few_words(error)
    return out


# ---- in the parent: the table ------------------------------------------------------------------------------------------------


def both(numbers, write):
    return ", ".join(write(numbers[f]) if f in numbers else "-" for f in FORMS)


def row(suite, name, size, result):
    cells = [suite, name, size, f"{result['params']:,}"] + [models_table.cell(result.get(c, "not run")) for c in COLUMNS]
    cells += [both(result.get("bytes", {}), lambda n: f"{n / 1000:,.0f}"), both(result.get("seconds", {}), lambda s: f"{s:.1f}")]
    return "| " + " | ".join(cells) + " |"


def cells_of(line):
    return line.replace("\\|", "").strip("| ").split(" | ")[4:4 + len(COLUMNS)]


def write_table(path, rows, order):
    lines = [rows[key] for key in order if key in rows]
    cells = [c for line in lines for c in cells_of(line) if not c.startswith("PyTorch:")]
    whole = sum("**" not in line for line in lines)
    layers = sum(key[0] == "nn" for key in order if key in rows)
    path.write_text(f"""# Models converted by Facula

Generated by `python tests/oracle/converted_models.py --out docs/converted_models.md`; how is described at the head of that file.
Live PyTorch models, scripted and traced by Facula, saved by Facula, loaded and run by PyTorch and by Facula. Random weights.
Numbers are the largest difference from eager PyTorch relative to the largest element of its output; bold ones exceed
{models_table.TOLERANCE:.0e} or did not run. Where PyTorch's own converter refuses the model too, a cell says so. "Seconds" are those
of converting and saving.

{len(lines)} models ({layers} layers of torch.nn, {len(lines) - layers} networks), {len(cells)} archives run, {sum(not c.startswith("**") for c in cells)} of them equal; {whole} models have no failure in any column.

Known differences that are rounding, held against the same model in float64:
- retinanet: of 300 boxes one is another. Two boxes of one class overlap (IoU 0.60), so that the one with the higher score suppresses the
  other; their scores differ by 1.3e-7 (in float64, too), and PyTorch's own float32 scores are off by up to 2.3e-7. Labels and boxes of
  all others are those of float64.
- inception_v4: random weights amplify rounding; PyTorch's own float32 result is 1.3e-4 away from float64, Facula's 6.1e-4.
- keypointrcnn, scripted: one of 100 boxes is another, its score 0.502669 in both. Traced: boxes are nearer to float64 than PyTorch's (4.7e-5 against 6.3e-5);
  of 1700 keypoints one is another than in float64, where the two best places of its heatmap differ by 1.4e-5.

- maskrcnn, traced (its trace kept the size of each mask as a constant when the row below was made; since then the pasting of masks is compiled): on two
  pictures Facula's run of the new archive has the boxes and labels of float64, as PyTorch's has, scores by rank off by 1.7e-7 (PyTorch's 1.3e-7). On one
  picture two rows change places whose scores differ by 2e-9; row by row the masks agree within 5.2e-5.

The rows of maskrcnn and keypointrcnn below are of before; inception_v4, measured again with today's Winograd, is 2e-4 off.

{HEADER}
|{"---|" * (HEADER.count("|") - 1)}
""" + "\n".join(lines) + "\n")


def read_rows(path):
    rows = {}
    for line in path.read_text().splitlines() if path.exists() else ():
        words = [w.strip() for w in line.split("|")]
        if len(words) > 4 and words[1] in ("nn", "tv", "det", "timm", "hf"):
            rows[(words[1], words[2])] = line
    return rows


def in_child(suite, name, size, options):
    """run_one in a forked process: what was imported stays imported."""
    import multiprocessing
    fork = multiprocessing.get_context("fork")
    ours, theirs = fork.Pipe(duplex=False)

    def work():
        if not options.verbose:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        models_table.bound_memory(options.memory)
        try:
            theirs.send(run_one(suite, name, size, options.max_params))
        except BaseException as error:  # noqa: BLE001  a model that cannot be built is a row as well
            traceback.print_exc()
            theirs.send({"params": 0} | {c: models_table.few_words(error) for c in COLUMNS})

    child = fork.Process(target=work)
    child.start()
    theirs.close()
    try:
        result = ours.recv() if ours.poll(options.limit) else {"params": 0} | {c: f"took more than {options.limit} s" for c in COLUMNS}
    except EOFError:
        result = {"params": 0} | {c: "the process ended" for c in COLUMNS}
    child.kill()
    child.join()
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("docs/converted_models.md"))
    parser.add_argument("--only", default="", help="only models whose `suite name` this regular expression finds")
    parser.add_argument("--missing", action="store_true", help="only models without a row")
    parser.add_argument("--failing", action="store_true", help="only models whose row has a failure")
    parser.add_argument("--max-params", type=int, default=60_000_000, help="larger models get no row")
    parser.add_argument("--limit", type=int, default=300, help="seconds a model")
    parser.add_argument("--memory", type=int, default=8, help="gigabytes a model")
    parser.add_argument("--verbose", action="store_true", help="print messages in full")
    options = parser.parse_args()
    import facula  # noqa: F401  before the children are forked
    import torch
    torch.set_num_threads(1)
    rows, order = read_rows(options.out), [m[:2] for m in models()]
    for suite, name, size in models():
        old = rows.get((suite, name))
        wanted = re.search(options.only, f"{suite} {name}") and not (options.missing and old)
        if not wanted or (options.failing and old and "**" not in old):
            continue
        result = in_child(suite, name, size, options)
        if not any(c in result for c in COLUMNS):
            continue  # larger than asked for
        rows[(suite, name)] = row(suite, name, size, result)
        print(rows[(suite, name)], flush=True)
        write_table(options.out, rows, order)


if __name__ == "__main__":
    main()
