#!/usr/bin/env bash
# Builds the Debian package dist/ringtmp_<version>_all.deb from what `npm run build` has made. Reproducible: the same
# commit gives the same bytes (SOURCE_DATE_EPOCH; the commit's time unless told). Needs dpkg-deb and npm.
#   packaging/build-deb.sh [FOLDER]    where to put it; dist unless told
# DEB_COMPRESSION: as dpkg-deb's -Z takes it; xz unless told.
set -euo pipefail
cd "$(dirname "$0")/.."
target=$(realpath -m "${1:-dist}")
version=$(node -p 'require("./package.json").version')
: "${SOURCE_DATE_EPOCH:=$(git log -1 --format=%ct 2>/dev/null || stat -c %Y package.json)}"
export SOURCE_DATE_EPOCH

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree=$work/tree
program=$tree/usr/lib/ringtmp
mkdir -p "$program" "$tree/usr/bin" "$tree/DEBIAN"

# The program: what npm would publish, and the packages that it needs, without running anything of theirs.
npm pack --silent --ignore-scripts --pack-destination "$work" >/dev/null
tar -xzf "$work/ringtmp-$version.tgz" -C "$program" --strip-components=1
cp package-lock.json "$program/"
(cd "$program" && npm ci --silent --omit=dev --ignore-scripts --prefer-offline --no-audit --no-fund)
# Prebuilt, and so of one architecture; `packaging/native-parts` says how to add it.
rm -rf "$program/node_modules/koffi" "$program/node_modules/@koromix" "$program/package-lock.json"
install -m 755 packaging/native-parts -D "$program/packaging/native-parts"

# What the system takes.
install -m 644 -D -t "$tree/usr/lib/systemd/system" systemd/*.service
install -m 644 -D systemd/ringtmp.sysusers "$tree/usr/lib/sysusers.d/ringtmp.conf"
install -m 644 -D systemd/ringtmp.rules "$tree/usr/lib/udev/rules.d/60-ringtmp.rules"
install -m 644 -D LICENSE "$tree/usr/share/doc/ringtmp/copyright"
install -d "$tree/etc/ringtmp"
ln -s ../lib/ringtmp/dist/cli/main.js "$tree/usr/bin/ringtmp"

# The package's own.
installed_kib=$(du -sk --apparent-size "$tree" | cut -f1)
sed "s/@VERSION@/${version/-/\~}/; s/@INSTALLED_KIB@/$installed_kib/" packaging/debian/control >"$tree/DEBIAN/control"
install -m 755 -t "$tree/DEBIAN" packaging/debian/{postinst,prerm,postrm}
(cd "$tree" && find usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum) >"$tree/DEBIAN/md5sums"
chmod -R u=rwX,go=rX "$tree"
chmod 755 "$program/dist/cli/main.js"
find "$tree" -print0 | xargs -0 touch --no-dereference --date="@$SOURCE_DATE_EPOCH"

mkdir -p "$target"
dpkg-deb --root-owner-group "-Z${DEB_COMPRESSION:-xz}" --build "$tree" "$target/ringtmp_${version/-/\~}_all.deb"
