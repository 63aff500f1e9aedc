#!/usr/bin/env bash
# Debian's kernel and its modules, and two that Debian leaves out, built from Debian's source: gpio-mockup, and ina2xx, the
# kernel's own driver of power sensors.
# Called by build.sh: makes $work/kernel.
set -euo pipefail
cd "$work"
apt-get download -q "linux-image-$kernel" || {
  echo "linux-image-$kernel is not to be had: bring the headers up to date (apt-get install linux-headers-amd64)" >&2
  exit 1
}
mkdir -p kernel extra
dpkg-deb -x linux-image-*.deb kernel

# What gpio-mockup needs for interrupts, irq_sim, is left out as well.
source=$(ls /usr/src/linux-source-*.tar.xz | tail -1)
name=$(basename "$source" .tar.xz)
tar -xJf "$source" -C extra --transform 's|.*/||' --occurrence=1 \
  "$name"/drivers/gpio/{gpio-mockup.c,gpiolib.h} "$name/drivers/hwmon/ina2xx.c" "$name/kernel/irq/irq_sim.c"
cd extra
# Not exported to modules; this one is, and does the same.
sed -i 's/handle_simple_irq(irq_to_desc(irqnum));/generic_handle_irq_safe(irqnum);/' irq_sim.c
mv gpio-mockup.c core.c
printf 'obj-m := ina2xx.o gpio-mockup.o\ngpio-mockup-y := core.o irq_sim.o\n' >Kbuild
make -s -C "/usr/src/linux-headers-$kernel" M="$PWD" modules
strip --strip-debug ./*.ko
install -D -t "../kernel/lib/modules/$kernel/extra" ./*.ko
depmod -b ../kernel "$kernel"
