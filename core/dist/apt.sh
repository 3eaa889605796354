# shellcheck shell=sh disable=SC2034
# Read by other scripts: apt with a list and folders of its own, so that nothing in /etc and /var is
# touched.
#
#   own_apt FOLDER            once; FOLDER is an absolute path
#   own ARGUMENTS...          apt-get with them, for this machine's packages and sources
#   own ARGUMENTS... $foreign    the same for another processor, after foreign_apt DEBIAN-NAME

own_apt() {
	apt=$1
	mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$apt/parts"
	: >"$apt/empty.list"
	: >"$apt/status"
	# The suites that the system uses, in both forms that Debian writes; each asked for sources too.
	for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
		[ -f "$file" ] || continue
		grep -E '^deb ' "$file" || true
		grep -E '^deb ' "$file" | sed 's/^deb /deb-src /' || true
	done >"$apt/parts/system.list"
	for file in /etc/apt/sources.list.d/*.sources; do
		[ -f "$file" ] || continue
		sed 's/^Types:.*/Types: deb deb-src/' "$file" >"$apt/parts/$(basename "$file")"
	done
}

foreign_apt() {
	foreign="-o APT::Architecture=$1 -o APT::Architectures=$1 -o Dir::State::status=$apt/status"
}

own() {
	set -- "$@" -o Dir::Etc::sourcelist="$apt/empty.list" -o Dir::Etc::sourceparts="$apt/parts" \
		-o Dir::State::lists="$apt/lists" -o Dir::Cache="$apt/cache"
	apt-get -qq "$@"
}
