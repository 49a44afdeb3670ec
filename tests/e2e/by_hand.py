#!/usr/bin/python3
"""Files, list or index removed or damaged by hand: the next fetch puts everything together again, once."""
import os
import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "servers"))
from campus import Campus  # noqa: E402
from tap import run  # noqa: E402
from walk import Home, letter  # noqa: E402

COUNT = 8
PROTOCOLS = (("imap", 993), ("pop", 995))


def each_protocol(test):
    for protocol, port in PROTOCOLS:
        with Campus() as campus, Home(campus.options()) as home:
            campus.append("s2410001", [letter(n) for n in range(1, COUNT + 1)])
            home.account(protocol=protocol, port=port)
            first = home.run("sync", "--json")
            assert first.status == 0 and first.json()["fetched"] == COUNT, first
            test(campus, home)


def rows(home, count, folder="INBOX"):
    """Every row once, opened, and found by the search."""
    listed = home.run("list", "--json", "--limit", "1000", folder)
    assert listed.status == 0, listed
    found = listed.json()
    assert len(found) == count and len({row["message_id"] for row in found}) == count, found
    for row in found:
        shown = home.run("show", str(row["id"]))
        assert shown.status == 0, f"{row}: {shown}"
    hits = home.run("search", "--json", "--limit", "1000", "*")
    assert hits.status == 0 and len(hits.json()) == count, hits
    return {row["message_id"]: row for row in found}


def settled(home):
    """A fetch that works, and one after it that finds nothing to do."""
    done, idle = home.run("sync", "--json"), home.run("sync", "--json")
    assert done.status == 0 and idle.status == 0, (str(done), str(idle))
    assert (idle.json()["fetched"], idle.json()["removed"], idle.json()["indexed"]) == (0, 0, 0), idle
    return done.json()


def lose_list(home):
    for path in (home.dir / "data").glob("*.catalog*"):
        path.unlink()


def test_removed_files_come_again_and_stay_read():
    def test(campus, home):
        files = home.maildir_files()
        first = home.run("list", "--json").json()[0]
        home.run("sync")
        files[0].unlink()
        files[1].unlink()
        gone = [home.run("show", str(row["id"])) for row in home.run("list", "--json").json()]
        assert sorted(each.status for each in gone) == [0] * (COUNT - 2) + [66, 66], [str(each) for each in gone]
        assert settled(home)["fetched"] == 2
        assert first["message_id"] in rows(home, COUNT)
        shutil.rmtree(files[0].parent.parent)
        assert settled(home)["fetched"] == COUNT
        rows(home, COUNT)
    each_protocol(test)


def test_file_that_the_index_did_not_find_is_indexed_when_it_is_back():
    def test(campus, home):
        campus.append("s2410001", [letter(50)])
        assert home.run("sync", "--no-index").status == 0
        newest = max(home.maildir_files(), key=lambda path: path.stat().st_mtime_ns)
        newest.unlink()
        assert home.run("index").status == 0
        settled(home)
        rows(home, COUNT + 1)
    each_protocol(test)


def test_foreign_things_in_the_maildir_are_left_alone():
    def test(campus, home):
        files = home.maildir_files()
        cur = files[0].parent
        files[0].rename(cur / (files[0].name.split(":")[0] + ":2,FSa"))
        (cur / "foreign").write_bytes(letter(99))
        (cur / "other.host:2,S").write_bytes(b"\0" * 100)
        (cur / "line\nfeed:2,").write_bytes(letter(98))
        os.symlink("/etc/passwd", cur / "1.2.fubako:2,")
        os.mkfifo(cur / "1.3.fubako:2,")
        (cur / "1.4.fubako:2,").mkdir()
        files[1].unlink()
        assert settled(home)["fetched"] == 1
        rows(home, COUNT)
        lose_list(home)
        settled(home)
        rows(home, COUNT)
        assert (cur / "foreign").exists() and (cur / "1.3.fubako:2,").is_fifo()
    each_protocol(test)


def test_lost_list_is_made_of_the_files():
    def test(campus, home):
        files = home.maildir_files()
        files[0].rename(files[0].parent / (files[0].name.split(":")[0] + ":2,FS"))
        inodes = {path.stat().st_ino for path in home.maildir_files()}
        lose_list(home)
        assert settled(home)["fetched"] == 0
        found = rows(home, COUNT)
        assert sum(row["starred"] and not row["unread"] for row in found.values()) == 1, "what was marked here is forgotten"
        assert inodes == {path.stat().st_ino for path in home.maildir_files()}
        for path in (home.dir / "data").glob("*.catalog"):
            path.write_bytes(b"garbage" * 1000)
        assert settled(home)["fetched"] == 0
        rows(home, COUNT)
    each_protocol(test)


def test_lost_list_of_mail_that_left_the_server():
    """POP3: another program took the mail off the server; the copies here are the only ones."""
    with Campus() as campus, Home(campus.options()) as home:
        campus.append("s2410001", [letter(n) for n in range(1, COUNT + 1)])
        home.account(protocol="pop", port=995)
        assert home.run("sync").status == 0
        server = campus.imap("s2410001")
        server.select("INBOX")
        server.store("1:4", "+FLAGS", "(\\Deleted)")
        server.expunge()
        server.logout()
        lose_list(home)
        assert settled(home)["fetched"] == 0
        rows(home, COUNT)


def test_J23_lost_list_and_new_numbers_at_once():
    letters = [letter(n) for n in range(20, 26)]
    with Campus() as campus, Home(campus.options()) as home:
        campus.append("s2410001", letters, folder="Lab")
        home.account()
        assert home.run("sync").status == 0
        inodes = {path.stat().st_ino for path in home.maildir_files()}
        server = campus.imap("s2410001")
        server.delete("Lab")
        server.logout()
        campus.append("s2410001", letters, folder="Lab")
        lose_list(home)
        settled(home)
        rows(home, len(letters), "Lab")
        assert inodes == {path.stat().st_ino for path in home.maildir_files()}, "stored anew or twice"


if __name__ == "__main__":
    sys.exit(run(sys.modules[__name__]))
