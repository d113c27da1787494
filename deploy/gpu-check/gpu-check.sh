#!/usr/bin/env bash
# Checks this machine's card with Darkroom's own engine, and writes all figures into one JSON file:
# ./gpu-check.sh [--tiny] [--bench] [--goldens FOLDER] [--libtorch FOLDER] [--jni FILE] [FILE.json]
# libtorch is taken from the folder, or from Python's torch; --jni is DJL's libdjl_torch.so where DJL brings none for that version.
# After the check, --bench runs all of the bench, and --goldens compares with the reference results in a folder, in float32 and bfloat16.
# --tiny is a try that needs no card.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

tiny=()
bench=
goldens=
libtorch=
jni=
file=gpu-check.json
while [ $# -gt 0 ]; do
  case $1 in
    --tiny) tiny=(tiny) ;;
    --bench) bench=yes ;;
    --goldens) goldens=$(realpath "${2:?--goldens wants a folder}") && shift ;;
    --jni) jni=$(realpath "${2:?--jni wants a file}") && shift ;;
    --libtorch) libtorch=${2:?--libtorch wants a folder} && shift ;;
    --help | -h) sed -n '2,6s/^# //p' "${BASH_SOURCE[0]}" && exit 0 ;;
    -*) echo "unknown argument $1; --help says which there are" >&2 && exit 2 ;;
    *) file=$1 ;;
  esac
  shift
done

if [ -z "$libtorch" ]; then
  libtorch=$(python3 -c 'import os, torch; print(os.path.dirname(torch.__file__))' 2>/dev/null) ||
    { echo "there is no torch in python3 here: name a folder with --libtorch" >&2 && exit 2; }
fi
[ -f "$libtorch/libtorch.so" ] || libtorch=$libtorch/lib
[ -f "$libtorch/libtorch.so" ] || { echo "there is no libtorch.so in $libtorch" >&2 && exit 2; }
libtorch=$(cd "$libtorch" && pwd)
flavor=cpu
[ ! -f "$libtorch/libtorch_cuda.so" ] || flavor=cu128

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# every library of the folder would be loaded, also those that want Python, a test or a kernel compiler
mkdir "$work/libtorch"
for library in "$libtorch"/*.so*; do
  case ${library##*/} in
    *python* | *_test.so | libshm.so | libcaffe2_nvrtc.so | libbackend_with_compiler.so | libaoti_custom_ops.so | *djl_torch.so | *jitbackend*) ;;
    *) ln -s "$library" "$work/libtorch/" ;;
  esac
done
[ -z "$jni" ] || cp "$jni" "$work/libtorch/libdjl_torch.so"
# Python's packages keep CUDA's libraries beside torch, and none under the plain name that DJL asks the number of cards by
beside=$(printf '%s:' "$libtorch"/../../nvidia/*/lib)
mkdir "$work/cuda"
for library in "$libtorch"/libcudart*.so* "$libtorch"/../../nvidia/*/lib/libcudart.so*; do
  [ ! -f "$library" ] || ln -sf "$library" "$work/cuda/libcudart.so"
done
version=$(sed -n "s/^__version__ = '\(.*\)'/\1/p" "$libtorch/../version.py" 2>/dev/null || true)
[ -n "$version" ] || version=$(cat "$libtorch/../build-version" 2>/dev/null || echo unknown)
case $version in
  2.7.1* | unknown) ;;
  *) [ -n "$jni" ] || { echo "libtorch is $version here, and DJL brings a library for 2.7.1 alone: name one that was built for it with --jni" >&2 && exit 2; } ;;
esac

export PYTORCH_LIBRARY_PATH=$work/libtorch PYTORCH_VERSION=2.7.1 PYTORCH_FLAVOR=$flavor DJL_CACHE_DIR=$work/cache
export LD_LIBRARY_PATH=$work/cuda:$work/libtorch:$libtorch:$beside${LD_LIBRARY_PATH:-}
export PYTORCH_TENSOREXPR=${PYTORCH_TENSOREXPR:-0} CUBLASLT_WORKSPACE_SIZE=${CUBLASLT_WORKSPACE_SIZE:-32768} GOMP_SPINCOUNT=${GOMP_SPINCOUNT:-20000}
export PYTORCH_CUDA_ALLOC_CONF=${PYTORCH_CUDA_ALLOC_CONF:-expandable_segments:True}

run() {
  "$here/java/bin/java" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -Dai.djl.offline=true -XX:+UseSerialGC \
    -Ddarkroom.home="$here" -Ddarkroom.libtorch="$version" -cp "$here/gpu-check.jar" "$@"
}

status=0
run dev.darkroom.gpu.GpuCheck "$file" "${tiny[@]}" ${bench:+unbenched} || status=$?
if [ "$status" -ne 2 ]; then
  run dev.darkroom.gpu.SamePictures "${tiny[@]}" >&2 || status=1
fi
if [ -n "$bench" ] && [ "$status" -ne 2 ]; then
  run dev.darkroom.gpu.GpuBench "${tiny[@]}" >"${file%.json}-bench.json" || status=$?
fi
if [ -n "$goldens" ] && [ "$status" -ne 2 ]; then
  device=cuda:0
  [ ${#tiny[@]} = 0 ] || device=cpu
  cd "$here"
  compare() { run -Ddarkroom.golden.device="$device" "$@" >&2 || status=1; }
  # convolutions of a card round float32 to TF32, which is coarser than what is compared
  NVIDIA_TF32_OVERRIDE=0 compare dev.darkroom.golden.GoldenMain "$goldens"
  for family in flux qwen; do
    compare -Ddarkroom.golden.dtype=BFLOAT16 dev.darkroom.golden.GoldenMain "$goldens" "$family"
  done
fi
exit "$status"
