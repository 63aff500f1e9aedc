#!/usr/bin/env bash
# Joins kernel and Debian: a disk with the modules that the board needs, and an initrd with those that find the disk.
# Called by build.sh: makes vmlinuz, initrd.gz and root.img in the folder given.
set -euo pipefail
out=$1
cd "$work"

# The files of modules and of all that they need, in the order in which they are loaded.
files_of() {
  local each depends=""
  for each in "$@"; do
    depends+=$(modprobe -d "$work/kernel" -S "$kernel" --show-depends "$each")$'\n' || return
  done
  awk '$1 == "insmod" && !seen[$2]++ { print $2 }' <<<"$depends"
}

files=$(files_of virtio_pci virtio_blk virtio_net virtio_console ext4 vfat nls_cp437 nls_ascii nls_utf8 9p 9pnet_virtio \
  autofs4 i2c-dev i2c-stub ina2xx gpio-mockup)
for file in $files; do install -D -m 644 "$file" "debian${file#"$work/kernel"}"; done
cp "kernel/lib/modules/$kernel"/modules.{order,builtin,builtin.modinfo} "debian/lib/modules/$kernel/"
depmod -b debian "$kernel"

mkdir -p initrd/{bin,modules,disk}
cp /bin/busybox initrd/bin/
cp "$recipe/initrd-init" initrd/init
files=$(files_of virtio_pci virtio_blk crc32c_generic ext4)
for file in $files; do
  cp "$file" initrd/modules/
  basename "$file" >>initrd/modules/order
done
(cd initrd && find . | cpio -o -H newc --quiet | gzip -1) >"$out/initrd.gz"

cp "kernel/boot/vmlinuz-$kernel" "$out/vmlinuz"
mke2fs -q -F -t ext4 -m 0 -d debian "$out/root.img" 1G
