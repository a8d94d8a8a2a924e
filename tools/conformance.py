"""PyTorch's own TorchScript tests, run against the package; and the table of docs/conformance.md.

  tools/conformance.py run [--match REGEX] [--strict]
        runs the listed tests, compares with the expected failures, prints what is new; strict: fails where something is
  tools/conformance.py table                  rewrites docs/conformance.md from the last run

The runner and the list of tests live outside this repository, in ../shared/conformance (FACULA_SHARED names another
place). The suite is fetched from Debian's source package once, into build/conformance (FACULA_SUITE names another copy).
Where it cannot be fetched, the run is skipped with a sentence.
Expected failures are tests/conformance/expected_failures.txt: a pattern of test ids, a tab, and why, one a line.
"""
import argparse
import collections
import fnmatch
import json
import os
import re
import shlex
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SHARED = os.path.join(os.environ.get("FACULA_SHARED", os.path.join(ROOT, "..", "shared")), "conformance")
WORK = os.path.join(ROOT, "build", "conformance")
RESULTS = os.path.join(WORK, "results.jsonl")
EXPECTED = os.path.join(ROOT, "tests", "conformance", "expected_failures.txt")
PAGE = os.path.join(ROOT, "docs", "conformance.md")
GOOD = ("pass", "skip", "xfail")
# Tests of this class check gradients through compiled code.
NO_AUTOGRAD = "gradients: Facula has no autograd"


def shared_file(name):
    path = os.path.join(SHARED, name)
    if not os.path.exists(path):
        sys.exit("conformance: there is no {}: the runner of PyTorch's tests is not part of this repository "
                 "(FACULA_SHARED names the folder that holds conformance/)".format(os.path.normpath(path)))
    return path


def listed():
    """{test id: (class, [features])}"""
    out = {}
    with open(shared_file("open.txt")) as f:
        for line in f:
            if line.strip() and not line.startswith("#"):
                name, kind, features = (line.rstrip("\n").split("\t") + ["", ""])[:3]
                out[name] = (kind, [x for x in features.split(",") if x])
    return out


def suite():
    given = os.environ.get("FACULA_SUITE")
    if given:
        return given
    place = os.path.join(WORK, "suite")
    if not os.path.isdir(os.path.join(place, "test")):
        os.makedirs(WORK, exist_ok=True)
        log = os.path.join(WORK, "fetch.log")
        with open(log, "w") as f:
            done = subprocess.run([sys.executable, shared_file("run_conformance.py"), "fetch-suite", place], stdout=f, stderr=f)
        if done.returncode or not os.path.isdir(os.path.join(place, "test")):
            print("conformance: skipped, Debian's source package `pytorch` could not be fetched ({})".format(os.path.relpath(log, ROOT)))
            sys.exit(0)
    return place


def python_with_dynamo(same_examples):
    """torch's own test classes import torch._dynamo in each test's process, for seconds; this interpreter has it before the
    runner forks. Where the run decides something (CI), the tests that draw their examples at random draw the same each time:
    what a free run finds becomes a test of ours."""
    fixed = """
import hypothesis
hypothesis.settings.register_profile('same', derandomize=True, deadline=None)
hypothesis.settings.load_profile('same')""" if same_examples else ""
    path = os.path.join(WORK, "python")
    with open(path, "w") as f:
        f.write("""#!/bin/sh
exec {} -c "
import runpy, sys
import torch._dynamo{}
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name='__main__')" "$@"
""".format(shlex.quote(sys.executable), fixed))
    os.chmod(path, 0o755)
    return path


def expected():
    """[(pattern, reason)]"""
    out = []
    if os.path.exists(EXPECTED):
        with open(EXPECTED) as f:
            for line in f:
                if line.strip() and not line.startswith("#"):
                    pattern, _, reason = line.rstrip("\n").partition("\t")
                    out.append((pattern, reason.strip()))
    return out


def reason_of(test, kind, patterns):
    for pattern, reason in patterns:
        if fnmatch.fnmatchcase(test, pattern):
            return reason
    return NO_AUTOGRAD if kind == "autograd" else None


def results():
    if not os.path.exists(RESULTS):
        sys.exit("conformance: no results yet, run `./dev conformance` first")
    with open(RESULTS) as f:
        return {r["id"]: r for r in map(json.loads, f)}


def run(args):
    os.makedirs(WORK, exist_ok=True)
    tests = listed()
    chosen = [t for t in tests if not args.match or re.search(args.match, t)]
    if not chosen:
        sys.exit("conformance: no listed test matches {!r}".format(args.match))
    out = RESULTS if not args.match else os.path.join(WORK, "part.jsonl")
    place, python = suite(), python_with_dynamo(args.strict)
    env = dict(os.environ)
    env["PYTHONPATH"] = os.pathsep.join([os.path.join(ROOT, args.build, "python")] + env.get("PYTHONPATH", "").split(os.pathsep)).rstrip(os.pathsep)
    workers, parts = [], []
    for i in range(min(args.jobs, len(chosen))):
        plan, part = os.path.join(WORK, "list-{}.txt".format(i)), os.path.join(WORK, "part-{}.jsonl".format(i))
        with open(plan, "w") as f:
            f.writelines(t + "\n" for t in chosen[i::args.jobs])
        if os.path.exists(part):
            os.unlink(part)
        parts.append(part)
        workers.append(subprocess.Popen(
            [sys.executable, shared_file("run_conformance.py"), "run", "--suite", place, "--impl", "facula", "--list", plan, "--out", part,
             "--forward-only", "--quiet", "--python", python], env=env, stdout=subprocess.DEVNULL))
    for w in workers:
        w.wait()
    found = {}
    for part in parts:
        if os.path.exists(part):
            with open(part) as f:
                found.update((r["id"], r) for r in map(json.loads, f))
    with open(out, "w") as f:
        f.writelines(json.dumps(found[t]) + "\n" for t in chosen if t in found)
    patterns = expected()
    def is_new(t):
        status = found.get(t, {}).get("status")
        if status in GOOD:
            return False
        # No reason excuses a crash, a hang or a test that did not run.
        return status not in ("fail", "error") or not reason_of(t, tests[t][0], patterns)
    new = [t for t in chosen if is_new(t)]
    mended = [p for p, _ in patterns if not args.match
              and not any(fnmatch.fnmatchcase(t, p) and found.get(t, {}).get("status") not in GOOD for t in chosen)]
    for t in new:
        r = found.get(t, {"status": "missing"})
        print("unexpected {status}: {id}  {msg}".format(id=t, status=r["status"], msg=r.get("msg", "")))
    for p in mended:
        print("expected to fail, and does not any more: {}".format(p))
    shares(tests, found)
    print("{} unexpected, {} expected failures".format(len(new), sum(
        found.get(t, {}).get("status") not in GOOD for t in chosen) - len(new)))
    if args.strict and (new or mended):
        sys.exit(1)


def shares(tests, found):
    per = collections.OrderedDict()
    for t, (kind, _) in tests.items():
        if t in found:
            n = per.setdefault(kind, [0, 0])
            n[0] += found[t]["status"] in GOOD
            n[1] += 1
    for kind, (good, n) in sorted(per.items()):
        print("{:<12} {:>4} of {:>4}  {:5.1f} %".format(kind, good, n, 100 * good / n))
    return per


def table(_):
    tests, found, patterns = listed(), results(), expected()
    kinds, features = collections.Counter(), collections.defaultdict(lambda: [0, 0])
    good_kinds, failing = collections.Counter(), []
    for t, (kind, names) in tests.items():
        good = found.get(t, {}).get("status") in GOOD
        kinds[kind] += 1
        good_kinds[kind] += good
        if not good:
            failing.append((t, kind))
        if kind == "autograd":
            continue
        for name in names or ["(none)"]:
            features[name][0] += good
            features[name][1] += 1
    lines = ["# Conformance", "",
             "PyTorch 1.13.1's own TorchScript tests (`test/test_jit.py`, `test/jit/`), run against the Python package by",
             "`./dev conformance`. Generated from a run by `tools/conformance.py table`.", "",
             "| class | what it checks | tests | pass | |", "|---|---|---|---|---|"]
    what = {"behaviour": "results, errors and their texts, types, save and load, modules, tracing", "graph-text": "the printed graph or code",
            "autograd": "gradients through compiled code; run here without them (`--forward-only`), so what passes are the results"}
    for kind in ("behaviour", "graph-text", "autograd"):
        n = kinds[kind]
        if n:
            lines.append("| {} | {} | {} | {} | {:.1f} % |".format(kind, what[kind], n, good_kinds[kind], 100 * good_kinds[kind] / n))
    lines += ["", "## By feature", "", "Without the autograd class; a test that uses several features counts for each.", "",
              "| feature | tests | pass | |", "|---|---|---|---|"]
    for name, (good, n) in sorted(features.items(), key=lambda e: (-e[1][1], e[0])):
        lines.append("| {} | {} | {} | {:.0f} % |".format(name, n, good, 100 * good / n))
    lines += ["", "## What does not pass", ""]
    by_reason = collections.OrderedDict()
    for t, kind in failing:
        reason = reason_of(t, kind, patterns) or "not examined: " + (found.get(t, {}).get("msg", "") or "?")[:100].replace("|", "\\|").replace("`", "'")
        by_reason.setdefault(reason, []).append(t)
    lines += ["| tests | why | which |", "|---|---|---|"]
    for reason, ids in sorted(by_reason.items(), key=lambda e: -len(e[1])):
        names = ", ".join("`{}`".format(i.split("::")[-1]) for i in ids[:12]) + (" …" if len(ids) > 12 else "")
        lines.append("| {} | {} | {} |".format(len(ids), reason, names))
    with open(PAGE, "w") as f:
        f.write("\n".join(lines) + "\n")
    print("wrote", os.path.relpath(PAGE, ROOT))


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("command", choices=["run", "table"])
    p.add_argument("--match", help="only tests whose id matches this expression")
    p.add_argument("--build", default=os.environ.get("FACULA_BUILD", "build/release"))
    p.add_argument("--jobs", type=int, default=int(os.environ.get("FACULA_JOBS") or os.cpu_count() or 1))
    p.add_argument("--strict", action="store_true", help="fail where the outcome is not the expected one")
    args = p.parse_args()
    {"run": run, "table": table}[args.command](args)


if __name__ == "__main__":
    main()
