#!/usr/bin/python3
"""A password that is asked for on the terminal: never echoed, tried once, and the terminal as it was afterwards."""
import fcntl
import os
import pathlib
import re
import select
import signal
import subprocess
import sys
import termios
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "servers"))
from campus import Campus  # noqa: E402
from tap import run  # noqa: E402
from walk import Home, letter  # noqa: E402

PROMPT = b"Password of s2410001"


def take_terminal():
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class Terminal:
    """One run with a terminal of its own; what it shows, and whether it echoes."""

    def __init__(self, home, *words):
        self.master, self.slave = os.openpty()
        self.shown = b""
        self.process = subprocess.Popen(home.argv(*words), stdin=self.slave, stdout=self.slave, stderr=self.slave,
                                        start_new_session=True, preexec_fn=take_terminal,
                                        env={**os.environ, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"})

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.master)
        os.close(self.slave)

    def read(self, done, seconds=60):
        end = time.monotonic() + seconds
        while not done():
            assert time.monotonic() < end, self.shown
            if select.select([self.master], [], [], 0.05)[0]:
                self.shown += os.read(self.master, 65536)

    def wait_for(self, text, times=1):
        self.read(lambda: self.shown.count(text) >= times)

    def type(self, text):
        os.write(self.master, text)

    def end(self):
        self.read(lambda: self.process.poll() is not None and not select.select([self.master], [], [], 0)[0])
        return self.process.returncode

    def echoes(self):
        return bool(termios.tcgetattr(self.slave)[3] & termios.ECHO)


def asking(campus, home):
    campus.append("s2410001", [letter(1)])
    path = home.account()
    path.write_text(re.sub(r"keep = command\ncommand = .*\n", "keep = ask\n", path.read_text()))


def test_J16_wrong_password_is_tried_once_then_asked_anew_on_request():
    with Campus() as campus, Home(campus.options()) as home:
        asking(campus, home)
        with Terminal(home, "sync") as terminal:
            terminal.wait_for(PROMPT)
            assert not terminal.echoes()
            terminal.type(b"not-this-one\n")
            assert terminal.end() == 77, terminal.shown
            assert b"not-this-one" not in terminal.shown and b"--retry" in terminal.shown, terminal.shown
            assert terminal.echoes()
        with Terminal(home, "sync") as terminal:
            assert terminal.end() == 77 and PROMPT not in terminal.shown, terminal.shown
        assert campus.failed_sign_ins() == 1
        with Terminal(home, "sync", "--retry") as terminal:
            terminal.wait_for(PROMPT)
            terminal.type(b"correct-horse\n")
            assert terminal.end() == 0 and b"1 new" in terminal.shown, terminal.shown
            assert b"correct-horse" not in terminal.shown
        assert campus.failed_sign_ins() == 1


def test_J16_no_answer_costs_no_try():
    with Campus() as campus, Home(campus.options()) as home:
        asking(campus, home)
        for answer, status in ((b"\n", 64), (b"\x04", 130), (b"x" * 3000 + b"\n", 65)):
            with Terminal(home, "sync") as terminal:
                terminal.wait_for(PROMPT)
                terminal.type(answer)
                if status == 65:
                    terminal.type(b"\n")  # a line of a terminal holds 4095 bytes
                assert terminal.end() == status, (answer[:10], terminal.process.returncode, terminal.shown)
                assert terminal.echoes()
        assert campus.failed_sign_ins() == 0
        assert home.run("sync").status == 78  # nobody to ask; and it is not marked as refused


def test_terminal_is_as_it_was_after_a_signal():
    with Campus() as campus, Home(campus.options()) as home:
        asking(campus, home)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            with Terminal(home, "sync") as terminal:
                terminal.wait_for(PROMPT)
                terminal.process.send_signal(number)
                assert terminal.end() == -number, terminal.shown
                assert terminal.echoes()


def test_suspended_and_continued():
    with Campus() as campus, Home(campus.options()) as home:
        asking(campus, home)
        with Terminal(home, "sync") as terminal:
            terminal.wait_for(PROMPT)
            terminal.process.send_signal(signal.SIGTSTP)
            # The group of a test has no shell that could continue it, so that it is not really stopped.
            terminal.wait_for(PROMPT, 2)
            terminal.type(b"correct-horse\n")
            assert terminal.end() == 0 and b"correct-horse" not in terminal.shown, terminal.shown
            assert terminal.echoes()


if __name__ == "__main__":
    sys.exit(run(sys.modules[__name__]))
