#!/bin/sh
# Brings the translations up to date with the strings of the sources; --check only tells whether they are.
set -eu
cd "$(dirname "$0")/.."
catalog=$(mktemp)
trap 'rm -f "$catalog" "$catalog.new"' EXIT
git ls-files --cached --others --exclude-standard 'src/*.[ch]' 'ui/*.[ch]' | sort >po/POTFILES.new
if [ "${1:-}" = --check ]; then
    xgettext --files-from=po/POTFILES.new --from-code=UTF-8 --keyword=_ --keyword=N_ --keyword=g_dngettext:2,3 --no-location --omit-header -o "$catalog"
    rm po/POTFILES.new
    status=0
    for language in po/*.po; do
        missing=$(msgcmp --use-untranslated "$language" "$catalog" 2>&1) || { echo "$missing" | tail -5; status=1; }
    done
    exit $status
fi
mv po/POTFILES.new po/POTFILES
xgettext --files-from=po/POTFILES --from-code=UTF-8 --keyword=_ --keyword=N_ --keyword=g_dngettext:2,3 --add-comments=translators \
    --package-name=Fubako --no-location -o "$catalog"
sed -i 's/charset=CHARSET/charset=UTF-8/' "$catalog"
for language in po/*.po; do
    msgmerge --quiet --no-fuzzy-matching --no-location --update --backup=none "$language" "$catalog"
    msgattrib --no-obsolete -o "$catalog.new" "$language" && cp "$catalog.new" "$language"
done
