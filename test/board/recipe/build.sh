#!/usr/bin/env bash
# The virtual board from nothing: Debian's kernel with simulated I2C and GPIO, Debian with systemd, and what starts them.
#   build.sh FOLDER    makes FOLDER/vmlinuz, FOLDER/initrd.gz and FOLDER/root.img
# Needs root, the packages of ../debian-packages and a Debian mirror. The release is the host's, so that what was compiled
# here runs there.
set -euo pipefail
recipe=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1/work"
out=$(cd "$1" && pwd)
export recipe work=$out/work

headers=$(dpkg-query -W -f '${Depends}' linux-headers-amd64)
kernel=$(grep -o 'linux-headers-[^ ,]*' <<<"$headers" | head -1)
export kernel=${kernel#linux-headers-}

# Each waits for the mirror most of the time.
"$recipe/kernel.sh" >"$out/kernel.log" 2>&1 &
building=$!
"$recipe/debian.sh" >"$out/debian.log" 2>&1 || { tail -20 "$out/debian.log" >&2; exit 1; }
wait "$building" || { tail -20 "$out/kernel.log" >&2; exit 1; }
"$recipe/disk.sh" "$out"
rm -rf "$work"
