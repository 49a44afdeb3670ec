#!/bin/sh
# Runs the tests given (programs that print TAP) with prove, and with what the sanitizers and the end-to-end tests want
# to know. B is the build folder, SANITIZE the variant.
set -eu
cd "$(dirname "$0")/.."
FUBAKO=$(pwd)/$B/fubako
FUBAKO_BUILD=$(pwd)/$B
export FUBAKO FUBAKO_BUILD
# A sanitized run is slow: it crashes at every fifth step only.
[ -z "${SANITIZE:-}" ] || export FUBAKO_CRASH_STRIDE="${FUBAKO_CRASH_STRIDE:-5}"
case "${SANITIZE:-}" in
*address*)
    export ASAN_OPTIONS="${ASAN_OPTIONS:-detect_leaks=1:abort_on_error=0:exitcode=99}"
    export UBSAN_OPTIONS="${UBSAN_OPTIONS:-print_stacktrace=1:halt_on_error=1}"
    ;;
*thread*) export TSAN_OPTIONS="${TSAN_OPTIONS:-halt_on_error=1}" ;;
esac
exec prove --jobs 2 --exec '' "$@"
