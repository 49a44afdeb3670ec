#!/usr/bin/python3
"""Draws a screen of the real program as SVG: opens the demo mailbox on a pseudo-terminal and takes what stands there."""
import html
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "servers"))
from screen import Screen  # noqa: E402

ROWS, COLUMNS = 24, 90
CELL, LINE = 8.4, 18
COLOURS = {
    "default": None, "black": "#1b1f24", "red": "#e5534b", "green": "#57ab5a", "brown": "#c69026",
    "blue": "#539bf5", "magenta": "#b083f0", "cyan": "#39c5cf", "white": "#cdd9e5",
    "brightblack": "#768390", "brightred": "#ff938a", "brightgreen": "#8ddb8c", "brightbrown": "#daaa3f",
    "brightblue": "#6cb6ff", "brightmagenta": "#dcbdfb", "brightcyan": "#56d4dd", "brightwhite": "#ffffff",
}
INK, PAPER = "#cdd9e5", "#22272e"


def colour(name, otherwise):
    if name in COLOURS:
        return COLOURS[name] or otherwise
    return "#" + name if len(name) == 6 else otherwise


def look(cell):
    ink, paper = colour(cell.fg, INK), colour(cell.bg, PAPER)
    if cell.reverse:
        ink, paper = paper, ink
    return ink, paper, cell.bold, cell.underscore


def runs(row):
    """Neighbouring cells of one look: first column, number of columns, look, text."""
    start = 0
    for column in range(1, COLUMNS + 1):
        if column == COLUMNS or look(row[column]) != look(row[start]):
            yield start, column - start, look(row[start]), "".join(row[at].data for at in range(start, column))
            start = column


def svg(screen):
    width, height = COLUMNS * CELL + 20, ROWS * LINE + 20
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" font-size="14" '
           'font-family="DejaVu Sans Mono, Noto Sans Mono CJK JP, Noto Sans CJK JP, monospace" xml:space="preserve">',
           f'<rect width="100%" height="100%" rx="6" fill="{PAPER}"/>']
    for number in range(ROWS):
        row = screen.buffer[number]
        for start, columns, (ink, paper, bold, underline), text in runs(row):
            x, y = 10 + start * CELL, 10 + number * LINE
            if paper != PAPER:
                out.append(f'<rect x="{x:.1f}" y="{y}" width="{columns * CELL:.1f}" height="{LINE}" fill="{paper}"/>')
            if text.strip():
                style = (' font-weight="bold"' if bold else "") + (' text-decoration="underline"' if underline else "")
                out.append(f'<text x="{x:.1f}" y="{y + 14}" fill="{ink}"{style} textLength="{columns * CELL:.1f}" '
                           f'lengthAdjust="spacingAndGlyphs">{html.escape(text)}</text>')
    out.append("</svg>")
    return "\n".join(out) + "\n"


def main():
    build = pathlib.Path(os.environ["B"]).resolve()
    work = pathlib.Path(tempfile.mkdtemp(prefix="fubako-picture."))
    try:
        subprocess.run([build / "tests/demo/make_home", work / "home", ROOT / "tests/data/demo", "INBOX", "Sent", "Junk"],
                       check=True, stdout=subprocess.DEVNULL)
        with Screen([build / "fubako", "--home", work / "home"], rows=ROWS, columns=COLUMNS,
                    environment={"LANG": "C.UTF-8", "TZ": "Asia/Tokyo"}) as screen:
            screen.wait_for("JAIST Webmail Team")
            screen.wait_for("no server called")  # the demo has no network, and the next key takes the sentence away
            screen.keys("jj")
            screen.keys("\r")
            screen.wait_for("Dangerous links")
            screen.settle()
            pathlib.Path(sys.argv[1]).write_text(svg(screen.screen), encoding="utf-8")
    finally:
        shutil.rmtree(work)


main()
