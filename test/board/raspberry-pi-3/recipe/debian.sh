#!/usr/bin/env bash
# A small arm64 Debian with systemd and Debian's Node, and the package of its kernel.
# Called by build.sh: makes $out/debian and $work/linux-image-*.deb.
# It is unpacked and never configured: the packages' own scripts would each need an emulated processor, which takes a
# quarter of an hour on a busy computer, and the host's kernel to know arm64 programs. What they would have done, and is
# needed, is done here from outside.
set -euo pipefail
cd "$work"
cat >kernel-hook <<'END'
#!/bin/sh -e
export APT_CONFIG="$MMDEBSTRAP_APT_CONFIG"
apt-get download -q "$(apt-cache depends linux-image-arm64 | awk '/Depends: linux-image/ { print $2 }')"
END
chmod +x kernel-hook
mmdebstrap --mode=root --architectures=arm64 --variant=extract --aptopt='Acquire::Languages "none"' \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' --include='?essential' \
  --include=systemd,systemd-sysv,udev,kmod,libnss-systemd,nodejs,passwd,i2c-tools,usr-is-merged,busybox-static \
  --extract-hook="$work/kernel-hook" "$release" "$out/debian"

cd "$out/debian"
cp usr/share/base-passwd/passwd.master etc/passwd
cp usr/share/base-passwd/group.master etc/group
sed 's/^\(passwd\|group\): .*/& systemd/' usr/share/libc-bin/nsswitch.conf >etc/nsswitch.conf
mkdir -p usr/local/sbin
: >etc/machine-id # a first boot makes one
cp -r --no-preserve=ownership "$recipe/guest/." .
cp "$recipe/../../recipe/guest/usr/local/sbin/board-shell" usr/local/sbin/
systemd-sysusers --root=.
systemctl --root=. mask apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer \
  e2scrub_reap.service fstrim.timer getty.target systemd-logind.service systemd-hwdb-update.service \
  systemd-networkd-wait-online.service
systemctl --root=. enable board-shell.service
