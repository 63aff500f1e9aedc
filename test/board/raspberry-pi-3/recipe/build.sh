#!/usr/bin/env bash
# The emulated Raspberry Pi 3 from nothing: Debian's arm64 kernel and what describes the board to it, an initrd that finds the
# SD card, and a small arm64 Debian with Debian's own Node.
#   build.sh FOLDER    makes FOLDER/vmlinuz, FOLDER/board.dtb, FOLDER/initrd.gz and FOLDER/debian
# Needs root, the packages of ../debian-packages and a Debian mirror. The release is the first whose Node serves.
set -euo pipefail
recipe=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1/work"
out=$(cd "$1" && pwd)
export recipe out release=trixie work=$out/work

"$recipe/debian.sh" >"$out/debian.log" 2>&1 || { tail -20 "$out/debian.log" >&2; exit 1; }
"$recipe/kernel.sh" >"$out/kernel.log" 2>&1 || { tail -20 "$out/kernel.log" >&2; exit 1; }
rm -rf "$work"
