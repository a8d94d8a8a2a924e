"""The table of traced models: live PyTorch models traced by Facula (facula.trace), run by Facula, saved by Facula, loaded by both.

    PYTHONPATH=build/release/python python tests/oracle/traced_models.py --out docs/traced_models.md [--only REGEX]

Needs the Python package (./dev python), torch, torchvision, timm and, for the rows of suite hf, transformers. Models,
weights and the measure of an error are those of models_table.py; the rows of suite hf are small configurations that stand
in CONFIGURATIONS below. Columns: the error of the traced program on the example inputs, on another batch size, and
of the saved archive loaded by torch.jit.load and by facula.load (on the other batch size).

Each model runs in a process of its own with bounds on time and memory. Rows of models that were not run this time stay.
"""
import argparse
import io
import os
import pathlib
import re
import sys
import time
import warnings

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import models_table  # noqa: E402

COLUMNS = ("same inputs", "other batch", "saved, torch loads", "saved, Facula loads")
HEADER = "| suite | model | parameters | " + " | ".join(COLUMNS) + " | warnings | trace, s |"
SMALL = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64, "vocab_size": 99}
CONFIGURATIONS = {
    "Bert": SMALL, "Roberta": SMALL, "Electra": SMALL | {"embedding_size": 32},
    "DistilBert": {"dim": 32, "n_layers": 2, "n_heads": 4, "hidden_dim": 64, "vocab_size": 99},
    "GPT2": {"n_embd": 32, "n_layer": 2, "n_head": 4, "vocab_size": 99, "use_cache": False},
    "Albert": SMALL | {"embedding_size": 16}, "MPNet": SMALL,
    "Llama": SMALL | {"num_key_value_heads": 2, "use_cache": False},
    "ViT": {k: v for k, v in SMALL.items() if k != "vocab_size"} | {"image_size": 32, "patch_size": 8},
}


def models():
    """(suite, name, size)"""
    return models_table.read_list() + [("hf", name, "7") for name in CONFIGURATIONS]


def build(suite, name, size):
    if suite != "hf":
        return models_table.build(suite, name, size)
    import torch
    build.kept = models_table.import_torchvision()  # transformers imports it where it finds it
    import transformers
    config = getattr(transformers, name + "Config")(**CONFIGURATIONS[name])
    config.return_dict = False
    model = getattr(transformers, name + "Model")(config).eval()
    if name == "ViT":
        return model, lambda n: (torch.rand(n, 3, 32, 32),)

    def tokens(n):
        ids = torch.randint(0, 99, (n, 7))
        mask = torch.ones(n, 7, dtype=torch.long)
        mask[0, 5:] = 0
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


def run_one(suite, name, size, max_params):
    """A dict: parameters, warnings, seconds, and for each column an error or what went wrong."""
    import facula
    import torch
    torch.set_num_threads(1)
    torch.manual_seed(1)
    torch.set_grad_enabled(False)
    model, make_inputs = build(suite, name, size)
    out = {"params": sum(p.numel() for p in model.parameters())}
    if out["params"] > max_params:
        return out
    if suite != "hf":
        models_table.liven(model, make_inputs)
    # transformers decides by `batch_size != 1`, which a trace cannot keep: the example has two sequences.
    inputs, others = make_inputs(2 if suite == "hf" else 1), make_inputs(1 if suite == "det" else 3)
    expected, expected_others = (flatten(model(*i)) for i in (inputs, others))

    def column(key, run):
        try:
            run, given, wanted = run()
            got = flatten(run(*given))
            out[key] = models_table.distance(models_table.in_order_of(wanted, got) if suite == "det" else got, wanted)
        except Exception as error:  # noqa: BLE001  every failure is a cell of the table
            print(repr(error)[:2000], file=sys.stderr)
            out[key] = models_table.few_words(error)

    try:
        begin = time.perf_counter()
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            traced = facula.trace(model, inputs, check_trace=False, strict=False)
        out["seconds"] = time.perf_counter() - begin
        out["warnings"] = sum(issubclass(w.category, facula.TracerWarning) for w in seen)
    except Exception as error:  # noqa: BLE001
        import traceback
        traceback.print_exc()
        out |= {key: models_table.few_words(error) for key in COLUMNS}
        return out
    column(COLUMNS[0], lambda: (traced, inputs, expected))
    column(COLUMNS[1], lambda: (traced, others, expected_others))
    archive = io.BytesIO()
    try:
        traced.save(archive)
    except Exception as error:  # noqa: BLE001
        out |= {key: models_table.few_words(error) for key in COLUMNS[2:]}
        return out
    for key, load in ((COLUMNS[2], torch.jit.load), (COLUMNS[3], facula.load)):
        archive.seek(0)
        column(key, lambda: (load(archive), others, expected_others))
    return out


# ---- in the parent: the table ------------------------------------------------------------------------------------------------


def row(suite, name, result):
    cells = [suite, name, f"{result['params']:,}"] + [models_table.cell(result.get(c, "not run")) for c in COLUMNS]
    return "| " + " | ".join(cells) + f" | {result.get('warnings', '')} | {result.get('seconds', 0):.1f} |"


def write_table(path, rows, order):
    lines = [rows[key] for key in order if key in rows]
    cells = [c for line in lines for c in line.replace("\\|", "").split(" | ")[3:3 + len(COLUMNS)]]
    whole = sum("**" not in line for line in lines)
    path.write_text(f"""# Models traced by Facula

Generated by `python tests/oracle/traced_models.py --out docs/traced_models.md`; how is described at the head of that file.
Random weights. Numbers are the largest difference from eager PyTorch relative to the largest element of its output; bold
ones exceed {models_table.TOLERANCE:.0e} or did not run. "Warnings" counts places where a value became a constant.

{len(lines)} models, {len(cells)} runs, {sum(not c.startswith("**") for c in cells)} of them equal; {whole} models are equal in all columns.

{HEADER}
|{"---|" * 9}
""" + "\n".join(lines) + "\n")


def read_rows(path):
    rows = {}
    for line in path.read_text().splitlines() if path.exists() else ():
        words = [w.strip() for w in line.split("|")]
        if len(words) > 4 and words[1] in ("tv", "det", "timm", "hf"):
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
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("docs/traced_models.md"))
    parser.add_argument("--only", default="", help="only models whose `suite name` this regular expression finds")
    parser.add_argument("--missing", action="store_true", help="only models without a row")
    parser.add_argument("--failing", action="store_true", help="only models whose row has a failure")
    parser.add_argument("--max-params", type=int, default=10**9)
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
        if len(result) == 1:
            continue
        rows[(suite, name)] = row(suite, name, result)
        print(rows[(suite, name)], flush=True)
        write_table(options.out, rows, order)


if __name__ == "__main__":
    main()
