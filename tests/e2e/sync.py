#!/usr/bin/python3
"""The server numbers its mail anew, mail goes and comes, flags change: the copy here follows, and stores nothing twice."""
import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "servers"))
from campus import Campus  # noqa: E402
from tap import run  # noqa: E402
from walk import Home, letter, samples  # noqa: E402


def rows(home, folder="INBOX"):
    listed = home.run("list", "--json", "--limit", "1000", folder)
    assert listed.status == 0, listed
    return {row["message_id"]: row for row in listed.json()}


def test_J23_same_mail_under_new_numbers_is_recognised():
    messages = samples("INBOX")[:6]
    with Campus() as campus, Home(campus.options()) as home:
        campus.append("s2410001", messages, folder="Lab")
        home.account()
        assert home.run("sync").status == 0
        before = home.maildir_files()
        inodes = {path.stat().st_ino for path in before}
        server = campus.imap("s2410001")
        server.delete("Lab")
        server.logout()
        campus.append("s2410001", messages + [letter(9)], folder="Lab")
        again = home.run("sync", "--json")
        assert again.status == 0, again
        found = rows(home, "Lab")
        assert len(found) == len(messages) + 1, found
        after = home.maildir_files()
        assert len(after) == len(messages) + 1, after
        kept = inodes & {path.stat().st_ino for path in after}
        assert len(kept) == len(messages), "the files were stored anew"
        idle = home.run("sync", "--json").json()
        assert (idle["fetched"], idle["removed"]) == (0, 0), idle


def test_flags_and_removals_follow_the_server():
    with Campus() as campus, Home(campus.options()) as home:
        campus.append("s2410001", [letter(n) for n in range(1, 6)])
        home.account()
        assert home.run("sync").status == 0
        server = campus.imap("s2410001")
        server.select("INBOX")
        server.store("2", "+FLAGS", "(\\Seen \\Flagged)")
        server.store("4", "+FLAGS", "(\\Deleted)")
        server.expunge()
        server.logout()
        report = home.run("sync", "--json").json()
        assert (report["fetched"], report["removed"], report["flags"]) == (0, 1, 1), report
        found = rows(home)
        assert set(found) == {f"letter-{n}@example.org" for n in (1, 2, 3, 5)}, found
        assert found["letter-2@example.org"]["starred"] and not found["letter-2@example.org"]["unread"]
        assert any(path.name.endswith(":2,FS") for path in home.maildir_files())
        assert home.run("search", "--json", "id:letter-4@example.org").json() == []


def test_what_was_read_here_stays_read_here():
    """Nothing is sent to the server by this version, and a flag the server did not touch is not taken back."""
    with Campus() as campus, Home(campus.options()) as home:
        campus.append("s2410001", [letter(1), letter(2)])
        home.account()
        assert home.run("sync").status == 0
        server = campus.imap("s2410001")
        status, answer = server.select("INBOX", readonly=True)
        status, flags = server.fetch("1:2", "(FLAGS)")
        server.logout()
        assert all(b"\\Seen" not in line for line in flags), "fetching marked mail as read on the server"


def test_pop_keeps_mail_on_the_server_and_fetches_once():
    with Campus() as campus, Home(campus.options()) as home:
        campus.append("s2410001", [letter(n) for n in range(1, 8)])
        home.account(protocol="pop", port=995)
        first = home.run("sync", "--json")
        assert first.status == 0 and first.json()["fetched"] == 7, first
        campus.append("s2410001", [letter(8)])
        second = home.run("sync", "--json")
        assert second.json()["fetched"] == 1, second
        server = campus.imap("s2410001")
        assert server.select("INBOX", readonly=True)[1] == [b"8"]
        server.logout()
        newest = home.run("list", "--json").json()[0]
        assert newest["message_id"] == "letter-8@example.org", newest


def test_deleted_index_is_filled_again():
    with Campus() as campus, Home(campus.options()) as home:
        campus.append("s2410001", samples("INBOX"))
        home.account()
        assert home.run("sync").status == 0
        before = home.run("search", "--json", "締切").json()
        assert len(before) == 3, before
        shutil.rmtree(home.dir / "data" / "mail" / ".notmuch")
        assert home.run("search", "締切").status != 0
        assert home.run("sync").status == 0
        assert home.run("search", "--json", "締切").json() == before


def test_starttls_on_the_other_port():
    with Campus() as campus, Home(campus.options()) as home:
        campus.append("s2410001", [letter(1)])
        home.account(port=143, security="starttls")
        done = home.run("sync", "--json")
        assert done.status == 0 and done.json()["fetched"] == 1, done


if __name__ == "__main__":
    sys.exit(run(sys.modules[__name__]))
