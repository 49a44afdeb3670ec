#!/bin/sh
# What a reviewer would measure: layout, sizes, translations, warnings. Prints what stands out, exits 1 if anything does.
set -u
cd "$(dirname "$0")/.."
bad=0
complain() {
    echo "lint: $*"
    bad=1
}

# Layout. A missing formatter is said, not passed over.
if command -v clang-format >/dev/null; then
    for file in $(git ls-files '*.c' '*.h'); do
        clang-format --dry-run -Werror "$file" >/dev/null 2>&1 || complain "$file is not laid out; make fmt does it"
    done
else
    complain "clang-format is missing: make check installs it"
fi

# A file is never over 500 lines, a function never over 80.
for file in $(git ls-files 'src/*.[ch]' 'ui/*.[ch]'); do
    lines=$(wc -l <"$file")
    [ "$lines" -le 500 ] || complain "$file has $lines lines (at most 500)"
    case $file in
    *.c)
        awk -v file="$file" '
            /^[A-Za-z].*\)$/ || /^[ ].*\)$/ { head = NR }
            /^\{/ { open = NR }
            /^\}/ { if (open && NR - open - 1 > 80) { print "lint: " file ":" open ": a function of " NR - open - 1 " lines (at most 80)"; found = 1 } open = 0 }
            END { exit found }' "$file" || bad=1
        ;;
    esac
done

# Nothing is left open, and no path of one machine is named.
git grep -nIwE '(TODO|FIXME|XXX|not implemented|unimplemented)' -- src ui && complain "work left open in the code"
for language in po/*.po; do
    numbers=$(msgfmt --statistics --check -o /dev/null "$language" 2>&1) || complain "$language: $numbers"
    case $numbers in
    *fuzzy* | *untranslated*) complain "$language: $numbers" ;;
    esac
done
tests/po.sh --check || complain "po/ja.po does not hold every string of the sources; make po brings it up to date"

# The manual pages are well-formed, where the checker is there.
if command -v mandoc >/dev/null; then
    for page in doc/*.[0-9] doc/ja/*.[0-9]; do
        mandoc -T lint -W error "$page" >/dev/null || complain "$page is not well-formed"
    done
fi
[ $bad = 0 ] && echo "lint: nothing to complain of"
exit $bad
