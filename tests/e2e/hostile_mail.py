#!/usr/bin/python3
"""Nasty mail, printed and on the screen: no order of its sender's reaches the terminal, and what can be read is shown."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "servers"))
import nasty  # noqa: E402
from campus import Campus  # noqa: E402
from steps import screen_of  # noqa: E402
from tap import run  # noqa: E402
from walk import BUILD, Home  # noqa: E402

SANITIZED = "address" in str(BUILD) or "thread" in str(BUILD)
SECONDS = 60 if SANITIZED else 10
MEGABYTES = 256
USER = "s2410001"


class Printed:
    """One run with its time and its memory."""

    def __init__(self, home, *words):
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            begin = time.monotonic()
            process = subprocess.Popen(home.argv(*words), stdout=out, stderr=err, stdin=subprocess.DEVNULL,
                                       env={**os.environ, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "LANGUAGE": "en"})
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            self.seconds, self.status, self.megabytes = time.monotonic() - begin, process.returncode, usage.ru_maxrss / 1024
            out.seek(0)
            err.seek(0)
            self.bytes, self.err = out.read(), err.read().decode(errors="replace")
        self.text = self.bytes.decode()  # always UTF-8: else this raises


def check(printed, name, seen=()):
    assert printed.status == 0, f"{name}: exit {printed.status}: {printed.err}"
    bad = nasty.forbidden(printed.text) + nasty.forbidden(printed.err)
    assert not bad, f"{name}: {bad} in the output"
    for word in seen:
        assert word in printed.text, f"{name}: {word} is not shown: {printed.text[:1000]}"
    assert printed.seconds < SECONDS, f"{name}: {printed.seconds:.1f} s"
    assert SANITIZED or printed.megabytes < MEGABYTES, f"{name}: {printed.megabytes:.0f} MB"


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield key
            yield from strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from strings(each)


def show_all(kind):
    slowest, largest, failures = (0, ""), (0, ""), []
    with Home() as home:
        path = home.top / "mail.eml"
        for name, message, seen in kind():
            path.write_bytes(message)
            try:
                for words in ([], ["--headers"], ["--raw"], ["--width", "20"]):
                    printed = Printed(home, "show", "--file", path, *words)
                    check(printed, f"{name} {words}", () if "--raw" in words or "--width" in words else seen)
                    slowest, largest = max(slowest, (printed.seconds, name)), max(largest, (printed.megabytes, name))
                printed = Printed(home, "show", "--file", path, "--json")
                check(printed, f"{name} as JSON")
                for text in strings(json.loads(printed.text)):
                    assert not nasty.forbidden(text), f"{name}: {nasty.forbidden(text)} in JSON"
                check(Printed(home, "links", path), f"{name}: links")
                check(Printed(home, "links", "--json", path), f"{name}: links as JSON")
            except Exception as error:  # all of them are told, not the first one only
                failures.append(str(error))
    print(f"# slowest {slowest[0]:.2f} s ({slowest[1]}), largest {largest[0]:.0f} MB ({largest[1]})")
    assert not failures, "\n".join(failures)


def test_orders_to_the_terminal_do_not_reach_it():
    show_all(nasty.escapes)


def test_broken_mail_is_shown_as_far_as_it_goes():
    show_all(nasty.broken)


def test_large_mail_is_shown_in_bounded_time_and_memory():
    show_all(nasty.large)


def test_parts_are_saved_under_harmless_names():
    with Home() as home:
        path, target = home.top / "mail.eml", home.top / "saved"
        target.mkdir()
        message = next(message for name, message, _ in nasty.escapes() if name == "orders in a file name")
        path.write_bytes(message)
        parts = Printed(home, "show", "--file", path, "--json")
        for part in json.loads(parts.text)["attachments"]:
            saved = Printed(home, "show", "--file", path, "--save", part["part"], "--to", target)
            check(saved, f"part {part}")
        names = [str(found.relative_to(home.top)) for found in home.top.rglob("*") if found.is_file()]
        inside = [found for found in target.iterdir()]
        assert len(inside) == 2 and all(found.parent == target and found.is_file() for found in inside), names
        for found in inside:
            assert not nasty.forbidden(found.name) and not found.name.startswith(".") and "/" not in found.name, found.name


# The index refuses them (it would need their whole depth on its stack, or sees no mail in them), and says so in the log.
UNINDEXED = {"only a body", "no fields at all", "message in message in message", "20,000 fields", "500 multiparts deep"}


def fetched(home, campus):
    """The nasty mail in the inbox; NUL is nothing that IMAP could bring, and the very large ones come by show --file only."""
    chosen = {name: message for name, message, _ in nasty.messages() if b"\0" not in message and 1 < len(message) < 1_000_000}
    campus.append(USER, chosen.values())
    home.account()
    done = Printed(home, "sync")
    check(done, "sync")
    return chosen


def test_nasty_mail_is_fetched_listed_and_found_none_skipped():
    with Campus() as campus, Home(campus.options()) as home:
        chosen = fetched(home, campus)
        listed = Printed(home, "list", "--json", "--limit", "1000")
        check(listed, "list")
        rows = json.loads(listed.text)
        assert len(rows) == len(chosen), f"{len(rows)} rows for {len(chosen)} messages"
        for text in strings(rows):
            assert not nasty.forbidden(text), f"{nasty.forbidden(text)} in the list"
        check(Printed(home, "list", "--limit", "1000"), "list")
        found = Printed(home, "search", "--limit", "1000", "*")
        check(found, "search")
        missing = len(chosen) - len(found.text.splitlines())
        told = (home.dir / "state" / "log").read_text().count("not indexed")
        assert missing == len(UNINDEXED & set(chosen)), f"{missing} are not found of {len(chosen)}"
        assert told == missing, f"{told} of {missing} are told of in the log"
        for row in rows:
            check(Printed(home, "show", row["id"]), f"show {row}")


# All that the screen itself has to say to an xterm: positions, erasing, looks, modes, margins, and the keypad.
OWN = re.compile(rb"\x1b(\]104\x07|\[[0-9;]*[ABCDGHJKLMPSTXZbdfghlmr@]|\[\?[0-9;]*[hl]|\[22;0;0t|\[23;0;0t|[()][AB0]|[=>78M]|\[!p)")
MODES = {b"1", b"7", b"12", b"25", b"1000", b"1006", b"1034", b"1049", b"2004", b"12;25"}


def check_screen_bytes(output):
    left = OWN.sub(b"", bytes(output))
    assert b"\x1b" not in left, f"not the screen's own: {[left[at:at + 20] for at in range(len(left)) if left[at] == 0x1b][:5]}"
    modes = set(re.findall(rb"\x1b\[\?([0-9;]*)[hl]", output))
    assert modes <= MODES, modes
    text = left.decode("utf-8").replace("\r", "").replace("\b", "").replace("\t", "")  # the screen's own ways to move
    assert not nasty.forbidden(text), nasty.forbidden(text)


def test_nasty_mail_on_the_screen():
    """Every mail is opened, with all its fields, its source, its links and parts; the bytes to the terminal are ours alone."""
    with Campus() as campus, Home(campus.options()) as home:
        chosen = fetched(home, campus)
        with screen_of(home) as screen:
            screen.wait_for("Enter open")
            screen.wait_for(f"{len(chosen)} unread")
            screen.keys("\x1bOH")
            for _ in chosen:
                screen.keys("\r")
                screen.wait_for("h headers")
                screen.keys("hhRR")
                for view in "wv":
                    screen.keys(view)
                    screen.settle(0.05)
                    if "h headers" not in screen.plain():  # a mail without links or parts has no such view
                        screen.keys("q")
                        screen.wait_for("h headers")
                screen.keys("q")
                screen.wait_for("Enter open")
                screen.keys("j")
            screen.wait_for(f"{len(chosen)}, all read")
            assert screen.status is None, f"the program ended with {screen.status}:\n{screen.plain()}"
            check_screen_bytes(screen.output)


if __name__ == "__main__":
    sys.exit(run(sys.modules[__name__]))
