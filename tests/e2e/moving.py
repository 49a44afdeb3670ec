#!/usr/bin/python3
"""While the mailbox moves: other clients deliver, mark and expunge during fetches; and one message cannot be read on the server."""
import imaplib
import pathlib
import random
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "servers"))
from campus import Campus  # noqa: E402
from tap import run  # noqa: E402
from walk import Home, letter  # noqa: E402

USER = "s2410001"
SECONDS = 4
CLIENTS = 2


class Client(threading.Thread):
    """Another mail program at work on the inbox."""

    def __init__(self, campus, seed, stop):
        super().__init__(daemon=True)
        self.server, self.random, self.stop, self.number = campus.imap(USER), random.Random(seed), stop, seed * 1000
        self.server.select("INBOX")
        self.start()

    def run(self):
        while not self.stop.is_set():
            try:
                self.act()
            except imaplib.IMAP4.error:  # expunged by the other one a moment ago
                pass
        self.server.logout()

    def act(self):
        kind = self.random.random()
        if kind < 0.15:
            self.number += 1
            self.server.append("INBOX", None, None, letter(self.number).replace(b"\n", b"\r\n"))
            return
        numbers = self.server.search(None, "ALL")[1][0].split()
        some = self.random.sample(numbers, min(len(numbers), 4))
        if kind < 0.85:
            self.server.store(b",".join(some), self.random.choice(["+FLAGS", "-FLAGS"]), self.random.choice(["(\\Seen)", "(\\Flagged)"]))
        else:
            self.server.store(some[0], "+FLAGS", "(\\Deleted)")
            self.server.expunge()


def on_server(campus):
    server = campus.imap(USER)
    server.select("INBOX", readonly=True)
    answer = server.fetch("1:*", "(FLAGS BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])")[1]
    server.logout()
    return {each[1].split(b"<")[1].split(b">")[0].decode(): (b"\\Seen" not in each[0], b"\\Flagged" in each[0])
            for each in answer if isinstance(each, tuple)}


def test_equal_to_the_server_once_it_is_quiet():
    with Campus() as campus, Home(campus.options()) as home:
        campus.append(USER, [letter(n, body="x" * 2000) for n in range(1, 300)])
        home.account()
        stop = threading.Event()
        clients = [Client(campus, seed, stop) for seed in range(1, CLIENTS + 1)]
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            during = home.run("sync", "--json")
            assert during.status == 0, during
        stop.set()
        for client in clients:
            client.join(30)
        assert home.run("sync", "--json").status == 0
        listed = home.run("list", "--json", "--limit", "1000").json()
        here = {row["message_id"]: (row["unread"], row["starred"]) for row in listed}
        there = on_server(campus)
        assert len(listed) == len(here), "twice in the list"
        assert here == there, {name: (here.get(name), there.get(name)) for name in set(here) | set(there) if here.get(name) != there.get(name)}
        assert len(home.maildir_files()) == len(there)
        hits = home.run("search", "--json", "--limit", "1000", "*").json()
        assert {row["message_id"] for row in hits} == set(there)
        idle = home.run("sync", "--json").json()
        assert (idle["fetched"], idle["removed"], idle["flags"], idle["indexed"]) == (0, 0, 0, 0), idle


def test_folder_that_the_server_denies_is_named_and_the_others_come():
    with Campus() as campus, Home(campus.options()) as home:
        for folder in ("Before", "Denied", "Later"):
            campus.append(USER, [letter(1, subject=folder)], folder=folder)
        home.account()
        denied = campus.dir / "users" / USER / "Maildir" / ".Denied"
        denied.chmod(0)
        done = home.run("sync", "--json")
        denied.chmod(0o700)
        assert done.status == 0 and ["Denied" in note for note in done.json()["notes"]] == [True], done
        for folder in ("Before", "Later"):
            assert len(home.run("list", "--json", folder).json()) == 1, done
        assert home.run("sync", "--json").status == 0
        assert len(home.run("list", "--json", "Denied").json()) == 1


if __name__ == "__main__":
    sys.exit(run(sys.modules[__name__]))
