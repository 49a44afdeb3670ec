#!/usr/bin/python3
"""What a terminal can do to the screen: keys nobody knows, pastes, sizes, signals. Nothing of it is taken for a command."""
import fcntl
import os
import pathlib
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "servers"))
from screen import Screen  # noqa: E402
from steps import ESCAPE, cursor_line  # noqa: E402
from tap import run  # noqa: E402
from walk import BUILD, FUBAKO, SAMPLES  # noqa: E402

FIRST = "招待"
QUESTION = "Leave Fubako? (y/n)"


class Demo(Screen):
    """The program on the sample mailbox, its first message about the network read away."""

    def __init__(self, rows=24, columns=80, environment=None):
        self.top = pathlib.Path(tempfile.mkdtemp(prefix="fubako-e2e."))
        shutil.copytree(SAMPLES, self.top / "samples")
        subprocess.run([BUILD / "tests" / "demo" / "make_home", self.top / "home", self.top / "samples", "INBOX", "Sent", "Junk"],
                       check=True, stdout=subprocess.DEVNULL)
        super().__init__([FUBAKO, "--home", self.top / "home"], rows, columns, {"TZ": "Asia/Tokyo", **(environment or {})})
        self.wait_for("Press $")
        self.keys("k")
        self.wait_gone("Press $")
        self.wait_for("6 unread of 10")
        self.wait_for("accounts@supplier")

    def close(self):
        super().close()
        shutil.rmtree(self.top, ignore_errors=True)

    def still_answers(self):
        """j moves; so nothing that was sent before waits for more."""
        row = self.screen.cursor.y
        self.keys("j")
        self.wait_until(lambda: self.screen.cursor.y == row + 1, "the cursor one line down")


UNKNOWN = (b"\x1b[99;99~", b"\x1b[<0;10;10M", b"\x1b[?1;2c", b"\x1b[I", b"\x1b[O", b"\x1bOz", b"\x1b]0;Mq\x07", b"\x1b]52;c;TQ==\x1b\\",
           b"\x1bPqMy\x1b\\", b"\x1b[1;2y", b"\xe7", b"\xe7\xb7", b"\xff\xfe", b"\xc2\x9b", b"\0")


def test_keys_that_nobody_knows_do_nothing():
    with Demo() as screen:
        before = screen.plain().split("\n")[:12]
        assert "6 unread of 10" in before[0]
        for keys in UNKNOWN:
            screen.keys(keys)
            screen.settle(0.1)
            assert screen.plain().split("\n")[:12] == before, f"{keys} did something:\n{screen.plain()}"
            screen.still_answers()
            screen.keys("k")
            screen.wait_until(lambda: screen.screen.cursor.y == 1, "the first row")


def test_esc_and_a_key_right_after_it_are_two_keys():
    with Demo() as screen:
        screen.keys("y")
        screen.wait_for("Folders")
        screen.keys(ESCAPE + "j")
        screen.wait_gone("Folders")
        screen.wait_until(lambda: screen.screen.cursor.y == 2, "the second row")


def test_pasted_text_is_no_command():
    text = ("qy\r\n\x03\x1a$Mo?SJ" + "締切 ").encode() * 2000
    with Demo() as screen:
        before = screen.plain().split("\n")[:12]
        screen.keys(b"\x1b[200~" + text[:3000] + b"\x1b[201~")  # which ends in half a character
        screen.still_answers()
        assert screen.plain().split("\n")[:12] == before, screen.plain()
        screen.keys("S")
        screen.wait_for("Search all mail:")
        screen.keys(b"\x1b[200~" + "締切\r".encode() + b"\x1b[201~")
        screen.wait_for("Search all mail: 締切")
        screen.keys("\r")
        screen.wait_for("3 found")


def test_a_paste_without_an_end_can_be_left():
    with Demo() as screen:
        screen.keys("\x1b[200~abc")
        screen.settle()

        def moves():
            screen.settle(1.2)  # Esc within a paste is part of it: only a silence tells
            screen.keys(ESCAPE)
            screen.settle()
            screen.keys("j")
            screen.settle()
            return screen.screen.cursor.y > 1
        assert any(moves() for _ in range(5)), screen.plain()


def test_drawing_anew_answers_nothing():
    with Demo() as screen:
        screen.keys("q")
        screen.wait_for(QUESTION)
        screen.output.clear()
        screen.keys("\x0c")
        screen.wait_until(lambda: b"Leave Fubako" in screen.output, "the question, drawn anew")
        assert QUESTION in screen.plain()
        screen.keys("y")
        assert screen.wait_exit() == 0


def set_size(screen, rows, columns):
    fcntl.ioctl(screen.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    os.kill(screen.pid, signal.SIGWINCH)


def test_a_storm_of_sizes_on_every_screen():
    sizes = [(1, 1), (10, 3), (500, 200), (3, 80), (24, 39), (10, 40), (12, 40), (40, 120), (0, 0)]
    random.seed(1)
    for keys, seen in (("", FIRST), ("\r", "From:"), ("jj\rw", "Links: 2"), ("j\rv", "Parts and attachments"), ("?", "Keys"), ("y", "Folders"),
                       ("S", "Search all mail:"), ("q", QUESTION)):
        with Demo() as screen:
            for key in keys:
                screen.keys(key)
                screen.settle(0.05)
            screen.wait_for(seen)
            for number in range(200):
                set_size(screen, *(sizes[number % len(sizes)] if number % 2 else (random.randint(1, 60), random.randint(1, 200))))
                screen.read(0)
            screen.resize(24, 80)
            screen.keys("\x0c")
            screen.wait_until(lambda: seen in screen.plain(), f"{seen} at its old size")
            assert screen.status is None


def test_signals_give_the_terminal_back():
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
        for keys, seen in (("", FIRST), ("\r", "From:"), ("S", "Search all mail:")):
            with Demo() as screen:
                screen.keys(keys)
                screen.wait_for(seen)
                os.kill(screen.pid, number)
                assert screen.wait_exit(5) == 0, f"{number.name}: {screen.status}"
                for order in (b"\x1b[?1049l", b"\x1b[?2004l"):
                    assert order in screen.output, f"{number.name}: {order} was not sent"


def test_terminals_that_can_show_nothing_are_refused():
    for kind in ("dumb", "", "no-such-terminal"):
        with tempfile.TemporaryDirectory() as home, Screen([FUBAKO, "--home", home], environment={"TERM": kind}) as screen:
            assert screen.wait_exit() == 64
            assert "xterm-256color" in screen.plain().replace("\n", ""), screen.plain()


def row_and_alarm(environment):
    with Demo(environment=environment) as screen:
        row = screen.plain().split("\n")[1]
        screen.keys("jj\r")
        screen.wait_for("LOOKALIKE")
        return row, screen.plain().split("\n")[1]


def test_without_a_locale_japanese_is_shown():
    assert FIRST in row_and_alarm({"LANG": ""})[0]


def test_a_locale_of_ascii_says_what_is_missing():
    with Demo(environment={"LANG": "C"}) as screen:
        screen.wait_for("To read Japanese: LANG=C.UTF-8 fubako")
    row, alarm = row_and_alarm({"LANG": "C"})
    assert "? ? ? ?" in row and alarm.startswith(" x LOOKALIKE"), (row, alarm)


def test_no_colours():
    with Demo(environment={"NO_COLOR": "1"}) as screen:
        screen.keys("jj\r")
        screen.wait_for("LOOKALIKE")
        assert b"\x1b[31" not in screen.output and b";31" not in screen.output
        cell = screen.screen.buffer[1][3]
        assert cell.reverse and cell.bold, "the alarm is told by colour alone"
        assert "✗ LOOKALIKE" in screen.plain().split("\n")[1]
        screen.keys("q")
        screen.wait_until(lambda: FIRST in screen.plain() and "LOOKALIKE" not in cursor_line(screen), "the list")


if __name__ == "__main__":
    sys.exit(run(sys.modules[__name__]))
