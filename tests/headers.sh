#!/bin/sh
# Checks that every header compiles when it is included alone. TAP.
# SPDX-License-Identifier: GPL-3.0-or-later
cd "$(dirname "$0")/.." || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

flags=$(make -s print-cflags) || exit 1
# -O0: only the syntax is wanted, and _FORTIFY_SOURCE would complain about that.
flags="$flags -U_FORTIFY_SOURCE -O0 -Werror -fsyntax-only -x c"

# A header that needs another one must fail here, or the check is worth nothing.
printf 'gboolean needs_glib(void);\n' > "$work/needy.h"

headers=$(ls src/*/*.h ui/*.h 2>/dev/null)
set -- $headers
echo "1..$(($# + 1))"

# One name per line in: "ok" or "not ok" and the compiler's words out. Two at a time.
check_one() {
    if printf '#include "%s"\n' "$1" | eval "${CC:-gcc} $flags -" > "$work/out.$2" 2>&1; then
        echo ok > "$work/result.$2"
    else
        echo "not ok" > "$work/result.$2"
    fi
}

number=0
for header in "$@"; do
    number=$((number + 1))
    check_one "${header#src/}" "$number" &
    [ $((number % 2)) -eq 0 ] && wait
done
check_one "$work/needy.h" needy
wait

failed=0
number=0
for header in "$@"; do
    number=$((number + 1))
    result=$(cat "$work/result.$number")
    echo "$result $number - $header compiles alone"
    if [ "$result" != ok ]; then
        sed 's/^/# /' "$work/out.$number"
        failed=1
    fi
done
number=$((number + 1))
if [ "$(cat "$work/result.needy")" = ok ]; then
    echo "not ok $number - a header that lacks an include is noticed"
    failed=1
else
    echo "ok $number - a header that lacks an include is noticed"
fi
exit $failed
