#!/usr/bin/python3
"""How long the whole program takes to its first screen, and to a message: a Maildir of N messages (10,000), on a
pseudo-terminal, beside an empty mailbox and neomutt with its header cache where that is installed. Medians of 5, in ms."""
import os
import pathlib
import select
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "servers"))
from screen import Screen  # noqa: E402

BUILD = pathlib.Path(os.environ["B"]).resolve()
RUNS = 5


def write_samples(directory, count):
    directory.mkdir(parents=True)
    for n in range(count):
        day, minute = 1 + n // 1440 % 28, n % 1440
        (directory / f"{n:07}.eml").write_bytes(
            f"From: Sender {n % 97} <sender{n % 97}@example.org>\nTo: taro@jaist.ac.jp\nSubject: ベンチ {n:07} entry\n"
            f"Date: {day} Nov 2026 {minute // 60:02}:{minute % 60:02}:00 +0900\nMessage-ID: <bench-{n}@example.org>\n"
            f"MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n\nLine of message {n:07}.\n".encode())


def until(screen, word, start):
    """Milliseconds from start until word has come over the line, without drawing it."""
    seen = bytearray()
    while word not in seen:
        if not select.select([screen.master], [], [], 60)[0]:
            raise SystemExit(f"{word} does not come")
        seen += os.read(screen.master, 65536)
    return (time.monotonic() - start) * 1000


def measure(argv, first, key=None, second=None, environment=None):
    starts, opens = [], []
    for _ in range(RUNS):
        begin = time.monotonic()
        screen = Screen(argv, rows=40, columns=120, environment=environment)
        starts.append(until(screen, first, begin))
        if key:
            time.sleep(0.2)  # the program is idle before the key: what is measured is the key
            begin = time.monotonic()
            screen.keys(key)
            opens.append(until(screen, second, begin))
        screen.close()
    return statistics.median(starts), statistics.median(opens) if opens else None


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10000
    work = pathlib.Path(tempfile.mkdtemp(prefix="fubako-bench."))
    try:
        write_samples(work / "many" / "INBOX", count)
        write_samples(work / "none" / "INBOX", 0)
        for name in ("many", "none"):
            subprocess.run([BUILD / "tests/demo/make_home", "--no-index", work / f"home-{name}", work / name, "INBOX"], check=True,
                           stdout=subprocess.DEVNULL)
        fubako = [BUILD / "fubako", "--home"]
        start, opened = measure([*fubako, work / "home-many"], b" entry", "\r", b"Line of message")
        empty, _ = measure([*fubako, work / "home-none"], b"Inbox")
        print(f"whole program, {count} messages, 120x40: first screen {start:.1f} ms (empty mailbox {empty:.1f} ms); "
              f"message after the key {opened:.1f} ms")
        if shutil.which("neomutt"):
            maildir = next((work / "home-many").glob("data/mail/demo/*"))
            (work / "muttrc").write_text(f"set header_cache={work}/cache\nset folder={maildir}\nset spoolfile={maildir}\nset sort=reverse-date\n")
            command = ["/usr/bin/neomutt", "-n", "-F", work / "muttrc", "-f", maildir]
            measure(command, b"entry")  # fills its cache
            theirs, opened_theirs = measure(command, b" entry", "\r", b"Line of message")
            print(f"neomutt with header cache: first screen {theirs:.1f} ms (fubako/neomutt {start / theirs:.3f}); message after "
                  f"the key {opened_theirs:.1f} ms ({opened / opened_theirs:.2f})")
        else:
            print("neomutt is not installed; skipped")
    finally:
        shutil.rmtree(work)


main()
