#!/usr/bin/env bash
# An SD card with RingTMP on it, as it is after `dpkg --unpack`: the board itself configures the package.
#   card.sh IMAGE PACKAGE MODULES CARD    from build.sh's folder, the Debian package and this tree's node_modules
# The package has the sources of its native parts; they are compiled here, for arm64 and the same major version of Node.
set -euo pipefail
image=$1 package=$2 modules=$3 card=$4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cp -a "$image/debian" "$work/debian"
dpkg --root="$work/debian" --force-depends --unpack "$package"

installed=$work/debian/usr/lib/ringtmp/node_modules
prefix=$(dirname "$(dirname "$(readlink -f "$(command -v node)")")")
npm=$(readlink -f "$(command -v npm)")
mkdir "$work/node_modules"
for part in epoll i2c-bus nan; do cp -r "$modules/$part" "$work/node_modules/"; done
for part in epoll i2c-bus; do
  (cd "$work/node_modules/$part" &&
    CC=aarch64-linux-gnu-gcc CXX=aarch64-linux-gnu-g++ \
      node "${npm%/bin/*}/node_modules/node-gyp/bin/node-gyp.js" rebuild --arch=arm64 --nodedir="$prefix")
  install -D -t "$installed/$part/build/Release" "$work/node_modules/$part/build/Release/"*.node
done

# A card's size is a power of two: the emulated reader takes no other.
mke2fs -q -F -t ext4 -m 0 -d "$work/debian" "$card" 1G
