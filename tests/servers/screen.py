"""A program on a pseudo-terminal, read through a terminal emulator: keys in, the screen as text out."""
import errno
import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time

import pyte


class Emulator(pyte.Screen):
    """pyte with what else ncurses says to an xterm: scrolling by lines, and repeating a character."""

    last = " "

    def draw(self, data):
        super().draw(data)
        self.last = data[-1:] or self.last

    def repeat(self, count=1, **unused):
        self.draw(self.last * (count or 1))

    def at_top_of_margins(self, move, count):
        row, column = self.cursor.y, self.cursor.x
        self.cursor.y = self.margins.top if self.margins else 0
        move(count or 1)
        self.cursor.y, self.cursor.x = row, column

    def scroll_up(self, count=1, **unused):
        self.at_top_of_margins(self.delete_lines, count)

    def scroll_down(self, count=1, **unused):
        self.at_top_of_margins(self.insert_lines, count)


class Stream(pyte.ByteStream):
    csi = {**pyte.ByteStream.csi, "S": "scroll_up", "T": "scroll_down", "b": "repeat"}
    events = pyte.ByteStream.events | {"scroll_up", "scroll_down", "repeat"}


class Screen:
    """Starts argv at rows x columns. `screen` is the emulator's; every byte that came is kept in `output`."""

    def __init__(self, argv, rows=24, columns=80, environment=None):
        self.screen = Emulator(columns, rows)
        self.stream = Stream(self.screen)
        self.output = bytearray()
        self.status = None
        env = {key: value for key, value in os.environ.items() if not key.startswith(("LC_", "LANG"))}
        env.update({"TERM": "xterm-256color", "LANG": "C.UTF-8"})
        env.update(environment or {})
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            try:
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
                os.execve(os.fspath(argv[0]), [os.fspath(word) for word in argv], env)
            finally:
                os._exit(127)
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()

    def read(self, seconds):
        """Takes what comes within seconds; False when nothing did, or the program ended."""
        ready, _, _ = select.select([self.master], [], [], seconds)
        if not ready:
            return False
        try:
            data = os.read(self.master, 65536)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            data = b""
        if not data:
            self.reap(5)
            return False
        self.output += data
        self.stream.feed(data)
        return True

    def settle(self, quiet=0.15, seconds=5):
        """Reads until nothing more comes for a moment."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.read(quiet):
            pass

    def text(self):
        return "\n".join(line.rstrip() for line in self.screen.display)

    def wait_until(self, holds, what, seconds=20):
        end = time.monotonic() + seconds
        while not holds():
            left = end - time.monotonic()
            if left <= 0 or (not self.read(min(left, 0.5)) and self.status is not None):
                raise AssertionError(f"waited {seconds} s for {what!r}; the screen is\n{self.text()}")

    def wait_for(self, text, seconds=20):
        """Until text (or one of several) stands on the screen; wide characters need not be told from their second cell."""
        wanted = [text] if isinstance(text, str) else list(text)
        self.wait_until(lambda: any(word in self.plain() for word in wanted), text, seconds)

    def plain(self):
        """The screen's text without the empty second cells of wide characters."""
        return "\n".join("".join(self.screen.buffer[row][column].data for column in range(self.screen.columns)).rstrip()
                         for row in range(self.screen.lines))

    def wait_gone(self, text, seconds=20):
        self.wait_until(lambda: text not in self.plain(), f"no more {text}", seconds)

    def keys(self, keys):
        os.write(self.master, keys if isinstance(keys, bytes) else keys.encode())

    def resize(self, rows, columns):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.screen.resize(rows, columns)
        os.kill(self.pid, signal.SIGWINCH)

    def reap(self, seconds):
        """The exit status, waited for; None while the program runs."""
        end = time.monotonic() + seconds
        while self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
            elif time.monotonic() > end:
                break
            else:
                select.select([], [], [], 0.02)
        return self.status

    def wait_exit(self, seconds=10):
        end = time.monotonic() + seconds
        while self.status is None and time.monotonic() < end:
            self.read(0.1)
            self.reap(0)
        if self.status is None:
            raise AssertionError(f"the program did not end within {seconds} s; the screen is\n{self.text()}")
        return self.status

    def close(self):
        if self.status is None:
            try:
                os.kill(self.pid, signal.SIGHUP)
            except ProcessLookupError:
                pass
            if self.reap(5) is None:
                os.kill(self.pid, signal.SIGKILL)
                self.reap(5)
        try:
            os.close(self.master)
        except OSError:
            pass
