#!/usr/bin/env bash
# Debian's arm64 kernel, as it is: the board's modules into its Debian, and an initrd with those that find the SD card.
# Called by build.sh, after debian.sh: makes vmlinuz, board.dtb and initrd.gz.
set -euo pipefail
cd "$work"
dpkg-deb -x linux-image-*.deb kernel
[ -e kernel/lib ] || ln -s usr/lib kernel/lib
kernel=$(basename kernel/lib/modules/*)
depmod -b kernel "$kernel"

# The files of modules and of all that they need, in the order in which they are loaded.
files_of() {
  local each depends=""
  for each in "$@"; do
    depends+=$(modprobe -d "$work/kernel" -S "$kernel" --show-depends "$each")$'\n' || return
  done
  awk '$1 == "insmod" && !seen[$2]++ { print $2 }' <<<"$depends"
}

disk="bcm2835 sdhci-iproc ext4"
files=$(files_of $disk i2c-bcm2835 i2c-dev autofs4)
modules=$out/debian/usr/lib/modules/$kernel
for file in $files; do install -D -m 644 "$file" "$modules/${file#"$work/kernel/lib/modules/$kernel/"}"; done
cp "kernel/lib/modules/$kernel"/modules.{order,builtin,builtin.modinfo} "$modules/"
depmod -b "$out/debian" "$kernel"

mkdir -p initrd/{bin,modules,disk}
cp "$out/debian/usr/bin/busybox" initrd/bin/
cp "$recipe/initrd-init" initrd/init
for file in $(files_of $disk); do
  name=$(basename "$file" .xz)
  xz -dc "$file" >"initrd/modules/$name"
  echo "$name" >>initrd/modules/order
done
(cd initrd && find . | cpio -o -H newc --quiet | gzip -1) >"$out/initrd.gz"
cp "kernel/boot/vmlinuz-$kernel" "$out/vmlinuz"
cp "kernel/usr/lib/linux-image-$kernel/broadcom/bcm2837-rpi-3-b.dtb" "$out/board.dtb"
