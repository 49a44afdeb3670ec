#!/usr/bin/python3
"""A broken profile, configuration or account names file, line and reason, and stops before anything is written."""
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "servers"))
from tap import run  # noqa: E402
from walk import ROOT, Home  # noqa: E402

BAD_INPUT, DENIED = 64, 78


def snapshot(directory):
    return sorted(str(path.relative_to(directory)) for path in directory.rglob("*"))


def refused(home, names, status=BAD_INPUT, command=("sync",)):
    before = snapshot(home.dir)
    done = home.run(*command)
    assert done.status == status, done
    for name in names:
        assert name in done.err, f"{name} is not named: {done}"
    assert snapshot(home.dir) == before, "something was written"


def put(home, path, text, mode=0o600):
    full = home.dir / "config" / path
    full.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
    full.write_text(text)
    full.chmod(mode)


def test_broken_settings():
    with Home() as home:
        put(home, "config.ini", "[screen]\n\nhints = lots\n")
        refused(home, ["config.ini:3:", "hints"])


def test_broken_account():
    with Home() as home:
        path = home.account()
        lines = path.read_text().splitlines()
        number = lines.index("port = 993") + 1
        path.write_text(path.read_text().replace("port = 993", "port = 99999"))
        refused(home, [f"jaist.ini:{number}:"])


def test_broken_profile():
    with Home() as home:
        text = (ROOT / "profiles" / "jaist.conf").read_text().replace("name = jaist\n", "name = mine\n", 1)
        number = text.splitlines().index("port = 993 tls recommended") + 1
        put(home, "profiles/mine.conf", text.replace("port = 993 tls recommended", "port = 993 plain", 1))
        refused(home, [f"mine.conf:{number}:"])
        refused(home, [f"mine.conf:{number}:"], command=("profile", "check", home.dir / "config/profiles/mine.conf"))


def test_account_that_others_can_write():
    with Home() as home:
        home.account().chmod(0o666)
        refused(home, ["jaist.ini", "chmod"], status=DENIED)


def test_binary_configuration():
    with Home() as home:
        put(home, "config.ini", "[screen]\nhints = \x01\n")
        refused(home, ["config.ini:2:"])


def test_unknown_option_and_command():
    with Home() as home:
        for words in (["sync", "--bogus"], ["nonsense"], ["list", "--limit", "-3"], ["show"]):
            done = home.run(*words)
            assert done.status == BAD_INPUT and done.err, f"{words}: {done}"


def test_bad_resolve():
    with Home(["--resolve", "imap.jaist.ac.jp:993:nowhere"]) as home:
        home.account()
        done = home.run("sync")
        assert done.status == BAD_INPUT and "nowhere" in done.err, done


if __name__ == "__main__":
    sys.exit(run(sys.modules[__name__]))
