#!/usr/bin/env bash
# valgrind over the core's unit tests (some; "long": all) and over a whole
# nginx, single process, that serves the API.  Prints TAP.
set -euo pipefail
. "$(dirname "$0")/../script/lib.sh"
cd "$top"

long=${1:-}
out=$build/valgrind
mkdir -p "$out"
no=0 bad=0

report() {
    no=$((no + 1))
    if [ "$1" = 0 ]; then printf 'ok %d - %s\n' $no "$2"
    else bad=1; printf 'not ok %d - %s\n' $no "$2"; tail -n 40 "$3" | sed 's/^/# /'
    fi
}

# Files that read bytes from outside, and those that own memory.
some="arena json yaml value event shard catalog desk template fdl_parse"
for file in t/unit/*_test.c; do
    name=$(basename "$file" _test.c)
    [ "$long" = long ] || case " $some " in *" $name "*) ;; *) continue ;; esac
    gcc -std=gnu11 -O1 -g -Isrc -It/unit -o "$out/${name}_test" "$file" \
        build/core/libworkflow.a -lcjson -lyaml -lsqlite3 -lcrypto \
        -lpcre2-8 -lz -lm -lpthread
    rc=0
    valgrind -q --error-exitcode=9 --leak-check=full \
        --errors-for-leak-kinds=definite "$out/${name}_test" \
        >"$out/$name.log" 2>&1 || rc=$?
    report $rc "valgrind: unit $name" "$out/$name.log"
done

rc=0
python3 t/e2e/valgrind.py "$out" >"$out/nginx.log" 2>&1 || rc=$?
report $rc "valgrind: nginx serving the API" "$out/nginx.log"
printf '1..%d\n' $no
exit $bad
