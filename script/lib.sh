# Shared by the scripts: where things are, what must be installed.
# Sourced, never run.

set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$top/build
module=$build/module/ngx_http_cloudflow_module.so

say() { printf '%s\n' "$*"; }
step() { printf '\n== %s\n' "$*"; }
die() { printf '%s\n' "$*" >&2; exit 1; }

# Debian packages by name; asks apt only for what is missing.
need() {
    local missing=() name
    for name in "$@"; do
        dpkg-query -W -f '${db:Status-Abbrev}' "$name" 2>/dev/null \
            | grep -q '^ii' || missing+=("$name")
    done
    [ ${#missing[@]} = 0 ] && return 0
    say "installing ${missing[*]}"
    [ "$(id -u)" = 0 ] || die "run as root, or install: ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    # The service that the package would start is not ours to run.
    local policy=/usr/sbin/policy-rc.d made=
    if [ ! -e $policy ]; then
        printf '#!/bin/sh\nexit 101\n' >$policy && chmod +x $policy && made=1
    fi
    local ok=1
    apt-get install -y -q --no-install-recommends "${missing[@]}" \
        >"$build/apt.log" 2>&1 || {
        apt-get update -q >>"$build/apt.log" 2>&1
        apt-get install -y -q --no-install-recommends "${missing[@]}" \
            >>"$build/apt.log" 2>&1 || ok=
    }
    [ -n "$made" ] && rm -f $policy
    [ -n "$ok" ] || { tail -n 20 "$build/apt.log" >&2; die "apt-get failed"; }
}

need_build() {
    mkdir -p "$build"
    need gcc make libc6-dev pkg-config nginx nginx-dev libcjson-dev \
        libyaml-dev libsqlite3-dev libssl-dev libpcre2-dev zlib1g-dev
}
