#!/bin/sh
# The demo: a throw-away home with sample mail. On a terminal the program opens on it; without one the same main job is
# done by commands, and a short report is printed. B is the build folder.
set -eu
cd "$(dirname "$0")/../.."
home=$(mktemp -d "${TMPDIR:-/tmp}/fubako-demo.XXXXXX")
trap 'rm -rf "$home"' EXIT
trap 'exit 130' INT TERM HUP

# The sample mail, and one with a 5 MB attachment that is made here.
cp -R tests/data/demo "$home/samples"
{
    cat tests/data/demo/large.head
    head -c 3932160 /dev/zero | tr '\0' 'F' | base64 -w 76
    printf '%s\n' '--big--'
} >"$home/samples/INBOX/11-attachment.eml"
indexed=$("$B/tests/demo/make_home" "$home/home" "$home/samples" INBOX Sent Junk)

fubako() { "$B/fubako" --home "$home/home" "$@"; }
if [ -t 0 ] && [ -t 1 ]; then
    fubako
    exit
fi

echo "Fubako demo, without a screen: a sample mailbox, no network"
echo "index:  $indexed"
echo
echo "folders:"
fubako folders
echo
echo "inbox:"
fubako list
echo
echo "search 締切:"
fubako search 締切
echo
echo "read, and judge the links:"
number=$(fubako list | awk '/メールボックスの容量/ { print $1; exit }')
fubako show "$number"
echo
fubako links "$home/samples/INBOX/08-forged.eml" --profile jaist
echo
echo "The demo went through."
