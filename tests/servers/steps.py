"""The walk through the setup on the screen, by keys, and what tests look for on the way."""
import pathlib

from campus import DA_USER, PREFIX, USERS
from screen import Screen

DOWN, HOME, ESCAPE = "\x1bOB", "\x1bOH", "\x1b"


class Person:
    def __init__(self, profile, user, address, password, prefix=None, place=0):
        self.profile, self.user, self.address = profile, user, address
        self.password, self.prefix, self.place = password, prefix, place


JAIST = Person("jaist", "s2410001", "taro@jaist.ac.jp", USERS["s2410001"])
MAIL_DA = Person("jaist-da", DA_USER, "hanako@jaist.ac.jp", USERS[DA_USER][len(PREFIX):], PREFIX, place=1)
TITECH = Person("titech", "tanaka.t.abXy12", "tanaka.t.aa@m.titech.ac.jp", USERS["tanaka.t.abXy12"])


def screen_of(home, rows=24, columns=80, language=None):
    """The program on a pseudo-terminal, with a keyring of its own that is empty."""
    keyring = pathlib.Path(home.top) / "keyring"
    keyring.mkdir(mode=0o700, exist_ok=True)
    environment = {"GNUPGHOME": str(keyring), "TZ": "Asia/Tokyo"}
    if language:
        environment["LANGUAGE"] = language
    return Screen(home.argv(), rows, columns, environment)


def at_step(screen, number):
    screen.wait_for([f"step {number} of 5", f"手順 {number}/5"])


def go_to_secret(screen, person):
    at_step(screen, 1)
    screen.keys(person.address + "\r")
    at_step(screen, 2)
    screen.keys(DOWN * person.place + "\r")
    at_step(screen, 3)
    screen.keys(person.user + "\r")  # the address stands there already, and the name is free
    screen.keys("\r\r")
    at_step(screen, 4)


def go_to_check(screen, person, password=None):
    go_to_secret(screen, person)
    if person.prefix:
        screen.keys(person.prefix + "\r")
    screen.keys((password or person.password) + "\r\r")
    at_step(screen, 5)


def set_up(screen, person):
    go_to_check(screen, person)
    screen.keys("\r")


def cursor_line(screen):
    return screen.plain().split("\n")[screen.screen.cursor.y]


def move_to(screen, text, most=30):
    """From the first line down until the cursor is on the one with text."""
    screen.keys(HOME)
    for _ in range(most):
        screen.settle()  # the cursor counts only between two pictures
        if text in cursor_line(screen):
            return
        row = screen.screen.cursor.y
        screen.keys("j")
        screen.wait_until(lambda: screen.screen.cursor.y != row, f"the cursor below row {row}")
    raise AssertionError(f"{text} is not in the list\n{screen.plain()}")


def no_secret_on(screen, person):
    """Neither on the screen now nor ever sent to the terminal."""
    for secret in (person.password, person.prefix):
        assert not secret or secret.encode() not in screen.output, f"{secret} was shown"
