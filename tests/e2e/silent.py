#!/usr/bin/python3
"""A server that never answers: keys are answered while the program waits, Esc frees it, and so does leaving."""
import os
import pathlib
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "servers"))
from campus import Campus  # noqa: E402
from liar import Liar  # noqa: E402
from steps import ESCAPE, JAIST, at_step, go_to_check, screen_of  # noqa: E402
from tap import run  # noqa: E402
from walk import Home, letter  # noqa: E402

BOUND = 1.0  # seconds from a key to its picture; the aim is 0.05, and the real figure is printed
CAMPUS = None


def campus():
    global CAMPUS
    CAMPUS = CAMPUS or Campus()
    return CAMPUS


def liar(lie):
    return Liar("imap", lie, (campus().dir / "server.pem", campus().dir / "server.key"), implicit=lie in ("mute", "mute-tls"))


def answered(screen, key, holds, what):
    begin = time.monotonic()
    screen.keys(key)
    screen.wait_until(holds, what, 10)
    return time.monotonic() - begin


def tell(what, times):
    print(f"# {what}: slowest key {max(times) * 1000:.0f} ms of {len(times)}")
    assert max(times) < BOUND, f"{what}: a key waited {max(times):.2f} s"


def check_setup(lie):
    with liar(lie) as server, Home(server.replaces(campus().options(), "imap.jaist.ac.jp", 993)) as home, screen_of(home) as screen:
        go_to_check(screen, JAIST)
        screen.keys("\r")
        assert server.arrived.wait(20), f"nobody came: {screen.plain()}"
        times = [answered(screen, "\r", lambda: "Esc stops it" in screen.plain(), "the word about the running check")]
        for number in range(5):  # the size of the window is a key, too: the picture follows
            rows = 20 + number
            begin = time.monotonic()
            screen.resize(rows, 80)
            screen.wait_until(lambda: "Enter" in screen.plain().split("\n")[-1] + screen.plain().split("\n")[-2], "the hints at the new bottom", 10)
            times.append(time.monotonic() - begin)
        times.append(answered(screen, ESCAPE, lambda: "Stopped." in screen.plain(), "the word that it was stopped"))
        tell(f"setup, {lie}", times)
        screen.keys(ESCAPE)
        at_step(screen, 4)
        assert not server.tells(JAIST.password), server.heard()
        assert not list(home.dir.glob("config/accounts.d/*")), "an account was saved"


def test_setup_before_tls():
    check_setup("silent")


def test_setup_inside_tls_before_the_greeting():
    check_setup("mute-tls")


def test_setup_after_the_greeting():
    check_setup("mute")


def fetched_home(server):
    """Mail was fetched once; then the server falls silent."""
    home = Home(campus().options())
    home.account()
    assert home.run("sync").status == 0
    home.options = server.replaces(campus().options(), "imap.jaist.ac.jp", 993)
    return home


def test_reading_goes_on_while_a_fetch_hangs():
    campus().append(JAIST.user, [letter(n, body=f"Body {n}") for n in range(1, 41)])
    for lie in ("silent", "mute-tls", "mute"):
        with liar(lie) as server, fetched_home(server) as home, screen_of(home) as screen:
            screen.wait_for("Letter 40")
            assert server.arrived.wait(20), f"nobody came: {screen.plain()}"
            screen.settle()
            times = []
            for _ in range(10):
                row = screen.screen.cursor.y
                times.append(answered(screen, "j", lambda: screen.screen.cursor.y == row + 1, "the cursor one line down"))
            times.append(answered(screen, "\r", lambda: "Body 30" in screen.plain(), "the mail"))
            times.append(answered(screen, "J", lambda: "Body 29" in screen.plain(), "the next mail"))
            times.append(answered(screen, "q", lambda: "Letter 40" in screen.plain(), "the list"))
            tell(f"reading, {lie}", times)


def test_esc_ends_a_hanging_fetch_and_another_can_begin():
    with liar("silent") as server, fetched_home(server) as home, screen_of(home) as screen:
        assert server.arrived.wait(20), screen.plain()
        screen.wait_for("connecting")
        times = [answered(screen, ESCAPE, lambda: "connecting" not in screen.plain(), "the end of the fetch")]
        tell("Esc on a fetch", times)
        server.arrived.clear()
        screen.keys("$")
        assert server.arrived.wait(20), f"$ connects to nobody:\n{screen.plain()}"


def test_esc_stops_the_fetch_first_and_then_leaves_the_mail():
    campus().append(JAIST.user, [letter(n, body=f"Body {n}") for n in (41, 42)])
    with liar("silent") as server, fetched_home(server) as home, screen_of(home) as screen:
        assert server.arrived.wait(20), screen.plain()
        screen.wait_for("Letter 42")
        screen.keys("\r")
        screen.wait_for("Body 42")
        screen.keys(ESCAPE)
        screen.wait_for("Stopped.")
        assert "Body 42" in screen.plain(), "Esc took the mail away"
        screen.keys(ESCAPE)
        screen.wait_gone("Body 42")
        screen.wait_for("Letter 41")
        screen.keys(ESCAPE)
        screen.settle()
        assert "Letter 41" in screen.plain() and screen.status is None


def test_leaving_does_not_wait_for_the_server():
    with liar("mute-tls") as server, fetched_home(server) as home, screen_of(home) as screen:
        assert server.arrived.wait(20), screen.plain()
        screen.wait_for("Enter")
        screen.keys("q")
        screen.wait_for("(y/n)")
        begin = time.monotonic()
        screen.keys("y")
        assert screen.wait_exit(10) == 0
        print(f"# leaving took {(time.monotonic() - begin) * 1000:.0f} ms")
        assert time.monotonic() - begin < 3, "leaving waited for the server"


def test_interrupt_ends_the_command():
    """^C on `fubako sync`: gone at once, and the next run is whole."""
    with liar("mute-tls") as server, fetched_home(server) as home:
        process = subprocess.Popen(home.argv("sync"), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        assert server.arrived.wait(20)
        os.kill(process.pid, signal.SIGINT)
        assert process.wait(10) in (-signal.SIGINT, 130), process.returncode
        home.options = campus().options()
        assert home.run("sync").status == 0


if __name__ == "__main__":
    try:
        sys.exit(run(sys.modules[__name__]))
    finally:
        if CAMPUS:
            CAMPUS.stop()
