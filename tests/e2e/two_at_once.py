#!/usr/bin/python3
"""Several fetches of one home at once: one does the work, the others wait or say why not; nothing comes twice."""
import collections
import fcntl
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "servers"))
from campus import Campus  # noqa: E402
from tap import run  # noqa: E402
from walk import Home, letter  # noqa: E402

CONFLICT = 73


def together(home, count):
    runs = [subprocess.Popen(home.argv("sync", "--json"), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, text=True, env={**os.environ, "LANG": "C.UTF-8"})
            for _ in range(count)]
    return [(each, *each.communicate(timeout=120)) for each in runs]


def check(protocol, port, count):
    with Campus() as campus:
        campus.append("s2410001", [letter(n, body="x" * 3000) for n in range(1, count + 1)])
        with Home(campus.options()) as home:
            home.account(protocol=protocol, port=port)
            done = together(home, 3)
            assert any(each.returncode == 0 for each, *_ in done), done
            for each, out, err in done:
                assert each.returncode in (0, CONFLICT), (each.returncode, out, err)
                assert each.returncode == 0 or "Another Fubako" in out, out
            last = home.run("sync", "--json")
            assert last.status == 0, last
            listed = home.run("list", "--json", "--limit", "1000").json()
            found = collections.Counter(row["message_id"] for row in listed)
            assert len(found) == count and set(found.values()) == {1}, found
            assert len(home.maildir_files()) == count
            assert len(home.run("search", "--json", "--limit", "1000", "*").json()) == count


def test_imap_comes_once():
    check("imap", 993, 120)


def test_pop_comes_once():
    check("pop", 995, 120)


def test_a_wrong_password_is_tried_once_by_all_of_them():
    with Campus() as campus, Home(campus.options()) as home:
        home.account(password="wrong")
        for each, out, err in together(home, 3):
            assert each.returncode == 77, (each.returncode, out, err)
        assert campus.failed_sign_ins("s2410001") == 1, campus.failed_sign_ins("s2410001")


def test_who_must_wait_is_told_why():
    with Campus() as campus, Home(campus.options()) as home:
        campus.append("s2410001", [letter(1)])
        home.account()
        assert home.run("sync").status == 0
        with open(home.dir / "state" / "jaist.sync.lock", "wb") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            refused = home.run("sync")
        assert refused.status == CONFLICT and "Another Fubako is fetching" in refused.err, refused
        assert home.run("sync").status == 0


def test_mail_is_there_while_another_program_writes_the_index():
    with Campus() as campus, Home(campus.options()) as home:
        campus.append("s2410001", [letter(1)])
        home.account()
        assert home.run("sync").status == 0
        campus.append("s2410001", [letter(2)])
        with open(home.dir / "data" / "mail" / ".fubako-index.lock", "wb") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            waiting = home.run("sync")
        assert waiting.status == CONFLICT and "writing the search index" in waiting.err, waiting
        assert len(home.run("list", "--json").json()) == 2
        later = home.run("sync", "--json").json()
        assert later["indexed"] == 1, later
        assert len(home.run("search", "--json", "*").json()) == 2


if __name__ == "__main__":
    sys.exit(run(sys.modules[__name__]))
