#!/usr/bin/env python3
"""Prints the stripped size of libfacula.so, what it needs, and the longest source files. Fails above 8 MB."""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

LIMIT_MB = 8.0
LONG = 400
ALLOWED = {"libstdc++.so.6", "libm.so.6", "libgcc_s.so.1", "libc.so.6", "libz.so.1", "ld-linux-x86-64.so.2", "libpthread.so.0"}


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    build = root / (sys.argv[1] if len(sys.argv) > 1 else "build/release")
    ok = True
    library = build / "libfacula.so"
    if library.exists():
        with tempfile.TemporaryDirectory() as folder:
            stripped = pathlib.Path(folder) / "libfacula.so"
            shutil.copy(library.resolve(), stripped)
            subprocess.run(["strip", str(stripped)], check=True)
            size = stripped.stat().st_size / 1e6
        needs = re.findall(r"NEEDED.*\[(.*)\]", subprocess.run(["readelf", "-d", str(library)], capture_output=True, text=True, check=True).stdout)
        print(f"libfacula.so, stripped: {size:.2f} MB (limit {LIMIT_MB:.0f} MB); needs {', '.join(needs)}")
        extra = set(needs) - ALLOWED
        if extra:
            print("  not allowed: " + ", ".join(sorted(extra)))
        ok = size <= LIMIT_MB and not extra
    else:
        print(f"no {library.relative_to(root)}: run ./dev build first")
    lengths = {}
    for folder in ("src", "include", "cli", "python", "tools", "tests"):
        for path in (root / folder).glob("**/*"):
            if path.suffix in (".cpp", ".h", ".py"):
                lengths[path] = sum(1 for _ in path.open(errors="replace"))
    total = sum(lengths.values())
    rooms = {}
    for path, n in lengths.items():
        parts = path.relative_to(root).parts
        rooms.setdefault("/".join(parts[:2]) if parts[0] == "src" else parts[0], []).append(n)
    print(f"\n{'lines':>7} {'files':>6} {'median':>7}  room")
    for room, ns in sorted(rooms.items(), key=lambda r: -sum(r[1])):
        print(f"{sum(ns):7} {len(ns):6} {sorted(ns)[len(ns) // 2]:7}  {room}")
    print(f"{total:7} {len(lengths):6}          all\n\nlongest files:")
    for path, n in sorted(lengths.items(), key=lambda p: -p[1])[:12]:
        print(f"{n:7}  {path.relative_to(root)}")
    silent = [path for path, n in lengths.items() if n > LONG and "onger than most files" not in "".join(path.open(errors="replace").readlines()[:20])]
    if silent:
        print(f"\nlonger than {LONG} lines without a word on why (CONTRIBUTING.md, Style): " + ", ".join(str(p.relative_to(root)) for p in sorted(silent)))
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
