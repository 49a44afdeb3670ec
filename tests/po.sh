#!/bin/sh
# Brings the translations up to date with the strings of the sources; --check only tells whether they are.
set -eu
cd "$(dirname "$0")/.."
catalog=$(mktemp)
files=$(mktemp)
trap 'rm -f "$catalog" "$catalog.new" "$files"' EXIT
git ls-files --cached --others --exclude-standard 'src/*.[ch]' 'ui/*.[ch]' | sort >"$files"
xgettext --files-from="$files" --from-code=UTF-8 --keyword=_ --keyword=N_ --keyword=g_dngettext:2,3 \
    --add-comments=translators --package-name=Fubako --no-location -o "$catalog"
sed -i 's/charset=CHARSET/charset=UTF-8/' "$catalog" # without it msgcmp takes the Japanese examples for broken
if [ "${1:-}" = --check ]; then
    status=0
    for language in po/*.po; do
        missing=$(msgcmp "$language" "$catalog" 2>&1) || { echo "$missing" | tail -5; status=1; }
    done
    exit $status
fi
cat "$files" >po/POTFILES
for language in po/*.po; do
    msgmerge --quiet --no-fuzzy-matching --no-location --update --backup=none "$language" "$catalog"
    msgattrib --no-obsolete -o "$catalog.new" "$language" && cp "$catalog.new" "$language"
done
