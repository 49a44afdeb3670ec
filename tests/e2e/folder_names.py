#!/usr/bin/python3
"""Folders of every name: each keeps its own mail apart, below the mail directory, and can be asked for."""
import base64
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "servers"))
from campus import Campus  # noqa: E402
from tap import run  # noqa: E402
from walk import Home, letter  # noqa: E402

NAMES = ["研究室/お知らせ", "日本語" * 10 + "/子", "a/b", "a/b/c", "a_b", "INBOX/child", "cur", "new", "tmp", "CON", "Case", "case", "CASE", "x" * 200,
         "漢" * 60, "A&B", "$(touch x)", 'q"uote', "back\\slash", "per%cent", "st*r", " lead", "trail ", "tilde~", "cafe\u0301", "caf\u00e9",
         "\u202eevil", "-rf"]


def utf7(text):
    """Modified UTF-7 (RFC 3501 5.1.3)."""
    out, waiting = "", ""
    for letter_ in text + "\0":
        if ord(letter_) >= 0x7f:
            waiting += letter_
            continue
        if waiting:
            out += "&" + base64.b64encode(waiting.encode("utf-16-be")).decode().rstrip("=").replace("/", ",") + "-"
            waiting = ""
        out += "&-" if letter_ == "&" else letter_
    return out[:-1]


def quoted(name):
    return '"' + utf7(name).replace("\\", "\\\\").replace('"', '\\"') + '"'


def test_every_name_has_its_own_mail():
    with Campus() as campus, Home(campus.options()) as home:
        server = campus.imap("s2410001")
        for number, name in enumerate(NAMES):
            for status, answer in (server.create(quoted(name)),
                                   server.append(quoted(name), None, None, letter(number).replace(b"\n", b"\r\n"))):
                assert status == "OK" or b"exists" in answer[0], (name, answer)
        server.logout()
        home.account()
        done = home.run("sync", "--json")
        assert done.status == 0 and done.json()["fetched"] == len(NAMES), done
        for number, name in enumerate(NAMES):
            listed = home.run("list", "--json", "--", name)
            assert listed.status == 0, f"{name}: {listed}"
            assert [row["message_id"] for row in listed.json()] == [f"letter-{number}@example.org"], f"{name}: {listed}"
            shown = home.run("show", str(listed.json()[0]["id"]))
            assert shown.status == 0, f"{name}: {shown}"
        places = [path.name for path in (home.dir / "data" / "mail" / "jaist").iterdir()]
        folded = {name.casefold() for name in places}
        assert len(folded) == len(places) and not folded & {"cur", "new", "tmp"}, places
        assert not any(name.startswith((".", "-")) for name in places), places
        assert len(list((home.dir / "data" / "mail").glob("jaist/*/cur/*.fubako:2,*"))) == len(NAMES)
        idle = home.run("sync", "--json").json()
        assert (idle["fetched"], idle["removed"]) == (0, 0), idle


def test_one_folder_by_name_or_by_path():
    with Campus() as campus, Home(campus.options()) as home:
        name = "研究室"
        campus.append("s2410001", [letter(1)], folder=quoted(name))
        campus.append("s2410001", [letter(2)])
        home.account()
        for asked in (name, utf7(name)):
            done = home.run("sync", "--json", "--folder", asked)
            assert done.status == 0, done
        assert home.run("folders", "--json").json()
        assert len(home.run("list", "--json", name).json()) == 1
        assert home.run("list", "--json").json() == []
        missing = home.run("sync", "--folder", "nowhere")
        assert missing.status == 66 and "nowhere" in missing.err, missing


def test_dots_as_delimiters_and_a_prefix():
    with Campus(extra="namespace inbox {\n separator = .\n prefix = INBOX.\n}\n") as campus, Home(campus.options()) as home:
        campus.append("s2410001", [letter(1)], folder="INBOX.Sub.deep")
        home.account()
        done = home.run("sync", "--json")
        assert done.status == 0 and done.json()["fetched"] == 1, done
        assert len(home.run("list", "--json", "INBOX.Sub.deep").json()) == 1


if __name__ == "__main__":
    sys.exit(run(sys.modules[__name__]))
