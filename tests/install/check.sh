#!/usr/bin/env bash
# Installs the build tree given as argument into a scratch folder and builds programs against it: CMake packages (facula,
# static, Torch), pkg-config (shared and static, no whole-archive flags), and the installed `facula` program.
set -euo pipefail
build=$(cd "$1" && pwd)
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
model=$here/../api/data/small.pt
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export CCACHE_DISABLE=1

cmake --install "$build" --prefix "$scratch/prefix" >"$scratch/install.log"
# Nothing of the source or build tree may be named by what is installed.
if grep -rlF -e "$build" -e "$(cd "$here/../.." && pwd)" "$scratch/prefix" --include='*.cmake' --include='*.pc' --include='*.h'; then
  echo "installed files name the build tree"; exit 1
fi
# The prefix is moved: packages must find themselves where they are.
mv "$scratch/prefix" "$scratch/moved"
prefix=$scratch/moved

expect() {  # expect NAME COMMAND...
  local name=$1 got
  shift
  got=$("$@" "$model")
  if [ "$got" != $'[1, 2] 0\nrefused' ]; then echo "$name: got '$got'"; exit 1; fi
  echo "ok: $name"
}

cmake -S "$here" -B "$scratch/cmake" -DCMAKE_PREFIX_PATH="$prefix" >"$scratch/cmake.log" || { cat "$scratch/cmake.log"; exit 1; }
cmake --build "$scratch/cmake" >"$scratch/cmake.log" || { cat "$scratch/cmake.log"; exit 1; }
expect "find_package(facula), shared" "$scratch/cmake/with_facula__facula"
expect "find_package(facula), static" "$scratch/cmake/with_facula__static"
expect "find_package(Torch)" "$scratch/cmake/with_torch"
if ldd "$scratch/cmake/with_facula__static" | grep -q libfacula; then echo "the static program needs libfacula.so"; exit 1; fi

pc=$(dirname "$(find "$prefix" -name facula.pc)")
export PKG_CONFIG_PATH=$pc
cxx=${CXX:-c++}
$cxx -std=c++17 "$here/program.cpp" -o "$scratch/shared" $(pkg-config --cflags --libs facula) -Wl,-rpath,"$(dirname "$pc")"
expect "pkg-config, shared" "$scratch/shared"
mkdir "$scratch/static-only"
cp "$(dirname "$pc")"/libfacula.a "$scratch/static-only"
$cxx -std=c++17 "$here/program.cpp" -o "$scratch/static" $(pkg-config --cflags facula) -L"$scratch/static-only" $(pkg-config --static --libs facula | sed 's/-L[^ ]*//')
expect "pkg-config, static" "$scratch/static"

"$prefix/bin/facula" run "$model" --method label --input 1 | grep -qx dog
echo "ok: the installed program"
