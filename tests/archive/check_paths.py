"""The archives that are kept name no folder of the machine that made them: their debug records hold relative names
(tests/neutral_paths.py)."""
import pathlib
import re
import sys
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = ("tests/archive/data", "tests/api/data", "examples/data", "fuzz/corpus")
ABSOLUTE = re.compile(rb"(?<![\w.\-])/[\w.\-]+/[\w./\-]*\.py")


def blobs(path):
    data = path.read_bytes()
    yield path.name, data
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            try:
                yield name, archive.read(name)
            except (zipfile.BadZipFile, NotImplementedError, OSError):
                pass  # damaged on purpose


def main():
    files = [f for folder in FOLDERS for f in sorted((ROOT / folder).rglob("*")) if f.is_file() and f.suffix not in (".py", ".md")]
    bad = {(str(f.relative_to(ROOT)), m.decode()) for f in files for _, data in blobs(f) for m in ABSOLUTE.findall(data)}
    for name, found in sorted(bad):
        print(f"{name}: names {found}; make it anew after `import neutral_paths`")
    print(f"{len(files)} files, {len(bad)} absolute names")
    return 1 if bad or len(files) < 20 else 0


if __name__ == "__main__":
    sys.exit(main())
