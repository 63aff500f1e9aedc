#!/usr/bin/env bash
# A small Debian with systemd, with this computer's Node, and with what lets the host in.
# Called by build.sh: makes $work/debian.
set -euo pipefail
cd "$work"
release=$(. /etc/os-release && echo "$VERSION_CODENAME")
mmdebstrap --variant=minbase --aptopt='Acquire::Languages "none"' \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' \
  --include=systemd,systemd-sysv,udev,dbus,kmod,i2c-tools,iproute2,procps,libstdc++6 "$release" debian

# As a package, because ours depends on it; addons that were compiled for it here work there.
mkdir -p node/DEBIAN node/usr/bin
cp "$(node -p process.execPath)" node/usr/bin/node
cat >node/DEBIAN/control <<END
Package: nodejs
Version: $(node -p process.versions.node)
Architecture: $(dpkg --print-architecture)
Maintainer: the virtual board of RingTMP
Depends: libc6, libstdc++6
Description: Node.js of the computer that made this board
END
dpkg-deb --build --root-owner-group -Znone node node.deb
dpkg --root=debian -i node.deb

cp -r --no-preserve=ownership "$recipe/guest/." debian/
mkdir -p debian/boot/firmware debian/mnt/share
: >debian/etc/machine-id # a first boot makes one
# Nobody logs in, and nothing is to run now and then: an emulated processor starts each service slowly.
systemctl --root=debian mask apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer \
  e2scrub_reap.service fstrim.timer getty.target systemd-logind.service systemd-hwdb-update.service
systemctl --root=debian enable systemd-networkd.service systemd-networkd-wait-online.service board-chips.service
