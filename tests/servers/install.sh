#!/bin/sh
# Installs the Debian packages given that are missing. A mail server installed here is for the tests alone: it is never
# started, and left disabled. Asks through sudo unless root.
set -eu
missing=
for package; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q ' installed$' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
if ! command -v apt-get >/dev/null; then
    echo "These packages are missing, and only Debian's and Ubuntu's tool is known here:$missing" >&2
    exit 1
fi
as_root=
[ "$(id -u)" = 0 ] || as_root=sudo
echo "Installing:$missing"

had_dovecot=no
dpkg-query -W -f '${Status}' dovecot-core 2>/dev/null | grep -q ' installed$' && had_dovecot=yes
policy=/usr/sbin/policy-rc.d
made_policy=no
finish() {
    [ "$made_policy" = no ] || $as_root rm -f "$policy"
    made_policy=no
}
trap finish EXIT INT TERM
case "$missing" in
*dovecot*)
    if [ "$had_dovecot" = no ] && [ ! -e "$policy" ]; then
        made_policy=yes
        printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null
        $as_root chmod 755 "$policy"
    fi
    ;;
esac
$as_root apt-get update -q -q || echo "apt-get update failed; going on with the lists that are here" >&2
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q -q --no-install-recommends $missing >/dev/null
if [ "$had_dovecot" = no ] && [ -d /run/systemd/system ]; then
    $as_root systemctl disable --now dovecot.service dovecot.socket >/dev/null 2>&1 || true
elif [ "$had_dovecot" = no ] && command -v systemctl >/dev/null; then
    $as_root systemctl disable dovecot.service dovecot.socket >/dev/null 2>&1 || true
fi
