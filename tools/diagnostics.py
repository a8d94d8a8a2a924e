#!/usr/bin/env python3
"""Every diagnostic must be shown by a test: reads the `Diag` constants of src/ and looks for their messages in tests/.

A diagnostic is seen when its id, or a text that fits its message, stands in a file below tests/. Those that no test shows
yet are listed in tests/unseen_diagnostics.txt, which may only shrink: a new diagnostic needs a test, and one that is seen
must leave the list (`--prune` takes those out)."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
UNSEEN = ROOT / "tests/unseen_diagnostics.txt"
# Diag<types> kName{"id", "message" "continued"};
DECLARED = re.compile(r'\bDiag<[^{;()]*>\s+k\w+\s*\{\s*"([^"]+)"\s*,\s*((?:"(?:[^"\\]|\\.)*"\s*)+)\}')
STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')


def declared():
    out = {}
    for path in sorted((ROOT / "src").rglob("*")):
        if path.suffix not in (".cpp", ".h", ".def"):
            continue
        for name, strings in DECLARED.findall(path.read_text()):
            message = "".join(STRING.findall(strings))
            message = message.replace('\\"', '"').replace("\\n", "\n").replace("\\\\", "\\")
            out.setdefault(name, []).append((message, path.relative_to(ROOT)))
    return out


def main():
    tests = "\n".join(p.read_text(errors="ignore") for p in sorted((ROOT / "tests").rglob("*"))
                      if p.suffix in (".txt", ".py", ".cpp", ".h", ".ts", ".out") and p != UNSEEN)
    diagnostics = declared()
    if len(diagnostics) < 50:
        print(f"only {len(diagnostics)} diagnostics found in src/: has their declaration changed? (tools/diagnostics.py)")
        return 1
    unseen = set()
    for name, uses in diagnostics.items():
        for message, _ in uses:
            parts = re.split(r"\{[^}]*\}", message)
            literal = max(parts, key=len)
            pattern = "(?:.|\n){0,300}?".join(re.escape(p) for p in parts)
            says_enough = len("".join(parts).strip()) >= 8
            if f"[{name}]" in tests or (says_enough and literal in tests and re.search(pattern, tests)):
                break
        else:
            unseen.add(name)
    listed = {line.strip() for line in UNSEEN.read_text().splitlines() if line.strip() and not line.startswith("#")} if UNSEEN.exists() else set()
    if "--prune" in sys.argv:
        head = "# Diagnostics that no test shows yet (tools/diagnostics.py). This list only shrinks.\n"
        UNSEEN.write_text(head + "".join(f"{name}\n" for name in sorted(listed & unseen if UNSEEN.exists() else unseen)))
        listed &= unseen
    new, stale = sorted(unseen - listed), sorted(listed - unseen)
    for name in new:
        print(f"diagnostic [{name}] ({diagnostics[name][0][1]}) is shown by no test: add one to tests/lang")
    for name in stale:
        print(f"[{name}] is seen or gone: take it out of tests/unseen_diagnostics.txt (tools/diagnostics.py --prune)")
    print(f"{len(diagnostics)} diagnostics, {len(unseen)} not shown by a test")
    return 1 if new or stale else 0


if __name__ == "__main__":
    sys.exit(main())
