#!/bin/sh
# check_packages.sh DEB: tries the package in bare systems of Debian 12 and 13 (debootstrap), as root.
#
# In each: the package of the version before is installed, and the service's command makes a store.
# Then DEB is installed over it: the same command migrates the store, everybody keeps their number, and
# what an administrator wrote stays. The console opens. Removing and purging leave the data.
# The bare systems are kept in build/packages, so that the next time is quick.
set -eu
cd "$(dirname "$0")/../.."
deb=$(realpath "$1")
work=$PWD/build/packages
mkdir -p "$work"
[ "$(id -u)" = 0 ] || { echo "check_packages.sh needs root, for chroot" >&2; exit 1; }

say() { printf '%s: %s\n' "$suite" "$1"; }
fail() {
	say "FAILED: $1" >&2
	exit 1
}
inside() { chroot "$root" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin TERM=xterm LANG=C.UTF-8 "$@"; }

# ---- the version before ----------------------------------------------------------------------------
# The newest tag; before the first one, what wrote the schema before this one.
before_commit() {
	git describe --tags --abbrev=0 2>/dev/null && return
	schema=$(grep -E '^#define SCHEMA_VERSION ' core/embedded/store_sqlite_private.h)
	echo "$(git log --format=%H -S"$schema" -- core/embedded/store_sqlite_private.h | tail -1)^"
}
make_before() {
	commit=$(before_commit)
	version=0.0.1+$(git rev-parse --short "$commit")
	before=$work/before/extpool_$version-1_$(dpkg --print-architecture).deb
	[ -f "$before" ] && return
	git archive --format=tar --prefix="extpool-$version/" "$commit" | gzip -n >"$work/before.tar.gz"
	LINT=no sh core/dist/deb.sh "$work/before.tar.gz" "$version" "$work/before" >"$work/before.log" 2>&1 ||
		{ tail -30 "$work/before.log"; exit 1; }
}

# ---- a bare system ---------------------------------------------------------------------------------
mounts=""
socket=extpool-check-$$
clean_up() {
	tmux -L "$socket" kill-server 2>/dev/null || true
	for mount in $mounts; do umount "$mount"; done
	mounts=""
}
trap clean_up EXIT
begin() {
	suite=$1
	root=$work/root
	if [ ! -f "$work/$suite.tar" ]; then
		rm -rf --one-file-system "$work/${suite:?}"
		debootstrap --variant=minbase "$suite" "$work/${suite:?}" >"$work/$suite.log" ||
			{ tail -5 "$work/$suite.log"; exit 1; }
		tar -C "$work/${suite:?}" -cf "$work/$suite.tar" .
		rm -rf --one-file-system "$work/${suite:?}"
	fi
	rm -rf --one-file-system "$root" && mkdir "$root"
	tar -C "$root" -xf "$work/$suite.tar"
	mount -t proc proc "$root/proc" && mounts="$root/proc"
	mount --bind /dev "$root/dev" && mounts="$root/dev $mounts"
	mount --bind /dev/pts "$root/dev/pts" && mounts="$root/dev/pts $mounts"
	cp "$before" "$root/tmp/before.deb"
	cp "$deb" "$root/tmp/extpool.deb"
	cp /etc/resolv.conf "$root/etc/resolv.conf"
	# What a proxy or a mirror of this machine needs.
	cp -R /etc/apt/apt.conf.d/. "$root/etc/apt/apt.conf.d/"
	inside apt-get -qq update
}
install_deb() {
	inside env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install "$1" \
		>"$work/install.log" 2>&1 || { cat "$work/install.log"; fail "$1 cannot be installed"; }
}

# The command of the service, with the variables that its unit sets, as systemd would start it.
service() {
	unit=$root/usr/lib/systemd/system/extpool.service
	[ -f "$unit" ] || fail "there is no $unit"
	command=$(sed -n 's/^ExecStart=//p' "$unit")
	# shellcheck disable=SC2046,SC2086
	inside $(sed -n 's/^Environment=//p' "$unit") INVOCATION_ID=1 $command
}
numbers() { grep -v '^user,' "$root/var/lib/extpool/agent_extensions.csv" | tr -d '\r' | sort; }

# ---- what is looked at -----------------------------------------------------------------------------
try_upgrade() {
	install_deb /tmp/before.deb
	cp tests/data/sample/agents.csv "$root/etc/extpool/agents.csv"
	printf '[defaults]\ndirectory = file:agents.csv\n' >"$root/etc/extpool/config"
	mkdir -p "$root/var/lib/extpool" # systemd makes it
	service >"$work/service.log" || fail "the service's command of the version before"
	numbers >"$work/before.txt"
	[ "$(wc -l <"$work/before.txt")" = 250 ] || fail "not everybody has a number"
	install_deb /tmp/extpool.deb
	grep -q 'file:agents.csv' "$root/etc/extpool/config" || fail "the configuration was replaced"
	sed -i '2d' "$root/etc/extpool/agents.csv" # somebody leaves, so that there is something to write
	service >"$work/service.log" || fail "the service's command"
	numbers >"$work/after.txt"
	[ "$(wc -l <"$work/after.txt")" = 249 ] || fail "one left, and $(wc -l <"$work/after.txt") have a number"
	[ -z "$(comm -13 "$work/before.txt" "$work/after.txt")" ] || fail "a number changed with the upgrade"
	ls "$root"/var/lib/extpool/extpool.db.schema* >/dev/null 2>&1 || fail "the upgrade made no copy of the older store"
	inside env XDG_CONFIG_HOME=/etc XDG_DATA_HOME=/var/lib extpool --doctor >"$work/doctor.log" ||
		{ cat "$work/doctor.log"; fail "the doctor found something"; }
	say "the upgrade migrates the store and changes no number"
}

# wait_for TEXT: until the terminal shows it; twenty seconds are for a slow machine.
wait_for() {
	for _ in $(seq 200); do
		tmux -L "$socket" capture-pane -p 2>/dev/null | grep -q "$1" && return
		sleep 0.1
	done
	tmux -L "$socket" capture-pane -p || true
	fail "the console does not show $1"
}
try_console() {
	tmux -L "$socket" -f /dev/null new-session -d -x 80 -y 24 \
		"chroot '$root' env -i HOME=/root PATH=/usr/bin:/bin TERM=screen LANG=C.UTF-8 extpool --demo; echo ended; cat"
	wait_for '1 Agents 2'
	tmux -L "$socket" send-keys q
	wait_for '^ended'
	tmux -L "$socket" kill-server
	inside env TERM=screen extpool --version >/dev/null || fail "--version"
	say "the console opens and ends"
}
try_removal() {
	inside apt-get -qq -y remove extpool >"$work/remove.log" 2>&1 || fail "it cannot be removed"
	[ -f "$root/var/lib/extpool/extpool.db" ] || fail "removing it took the data"
	[ -f "$root/etc/extpool/config" ] || fail "removing it took the configuration"
	[ ! -e "$root/usr/bin/extpool" ] || fail "the program is still there"
	inside apt-get -qq -y purge extpool >"$work/remove.log" 2>&1 || fail "it cannot be purged"
	[ -f "$root/var/lib/extpool/extpool.db" ] || fail "purging it took the data"
	[ ! -e "$root/etc/default/extpool" ] || fail "purging left /etc/default/extpool"
	say "removing and purging leave the data"
}

suite=before
make_before
for each in bookworm trixie; do
	begin "$each"
	try_upgrade
	try_console
	try_removal
	clean_up
	rm -rf --one-file-system "$root"
done
echo "packages: ok"
