#!/usr/bin/env python3
"""Text tests of the `facula` program: what a command prints, to which stream, and its exit code.

  tests/cli/run.py PROGRAM [FILE...]     (all files of this folder without FILE)

  === what is tested
  $ facula run small.pt --input 3         arguments as a shell takes them; several commands run in order
  exit 0
  > a line of standard output             numbers may be written as {number}, anything as {any}
  ! a line of standard error

Commands run in a scratch folder that holds the files named in FILES below. FACULA_BLESS=1 rewrites exit codes and output;
lines that match with their {number} and {any} stay as they are. What a command prints with --json must be JSON."""
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
FILES = {
    "small.pt": ROOT / "tests/api/data/small.pt",
    "sample.pt": ROOT / "tests/archive/data/sample.pt",
    "saved.pth": ROOT / "tests/archive/data/saved.pth",
    "mobilenet.pt": ROOT / "examples/data/mobilenet_v2.pt",
    "cat.png": ROOT / "examples/data/chelsea.png",
    **{path.name: path for path in (HERE / "programs").glob("*.py")},
    "labels.txt": ROOT / "examples/data/imagenet_classes.txt",
}


def parse(path):
    cases = []
    for line in path.read_text().splitlines():
        if line.startswith("=== "):
            cases.append((line[4:], []))
        elif line.startswith("$ "):
            cases[-1][1].append((line[2:], []))
        elif line and cases and cases[-1][1]:
            cases[-1][1][-1][1].append(line)
    return cases


def matches(pattern, line):
    parts = re.split(r"(\{number\}|\{any\})", pattern)
    regex = "".join({"{number}": r"-?[0-9.]+(?:e[-+]?[0-9]+)?", "{any}": ".*"}.get(p, re.escape(p)) for p in parts)
    return re.fullmatch(regex, line) is not None


def answer(program, command, folder):
    words = shlex.split(command)
    assert words[0] == "facula", command
    done = subprocess.run([program, *words[1:]], cwd=folder, capture_output=True, text=True, timeout=300, stdin=subprocess.DEVNULL)
    lines = [f"exit {done.returncode}"]
    if "--json" in words:
        json.loads(done.stdout)
    for mark, text in ((">", done.stdout), ("!", done.stderr)):
        lines += [f"{mark} {line}".rstrip() for line in text.splitlines()]
    return lines


def teaching(program):
    """Help texts without an example: each command's shows one."""
    top = answer(program, "facula --help", HERE)
    commands = [line.split()[1] for line in top[top.index("> Subcommands:") + 1:top.index("> Examples:")] if len(line) > 1]
    assert len(commands) > 8, commands
    return [c for c in commands if not any(f"facula {c}" in line and "Usage" not in line or line.startswith("> Commands:")
                                           for line in answer(program, f"facula {c} --help", HERE))]


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    bless = os.environ.get("FACULA_BLESS")
    failures = count = 0
    for command in teaching(program):
        failures += 1
        print(f"facula {command} --help shows no example")
    for path in [pathlib.Path(p) for p in sys.argv[2:]] or sorted(HERE.glob("*.txt")):
        blessed = []
        for title, commands in parse(path):
            with tempfile.TemporaryDirectory() as folder:
                for name, source in FILES.items():
                    os.symlink(source, os.path.join(folder, name))
                pathlib.Path(folder, "broken.pt").write_bytes(FILES["small.pt"].read_bytes()[:9000])
                pathlib.Path(folder, "empty.pt").write_bytes(b"")
                blessed.append(f"=== {title}")
                for command, expected in commands:
                    count += 1
                    got = answer(program, command, folder)
                    same = len(got) == len(expected) and all(matches(e, g) for e, g in zip(expected, got))
                    kept = [next((e for e in expected if matches(e, g)), g) for g in got]
                    blessed += [f"$ {command}", *kept]
                    if not same and not bless:
                        failures += 1
                        print(f"{path.name}: {title}\n$ {command}")
                        print("expected:", *expected, "got:", *got, f"again: tests/cli/run.py {sys.argv[1]} {path}", sep="\n  ")
                blessed.append("")
        if bless:
            path.write_text("\n".join(blessed))
    print(f"{count} commands, {failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
