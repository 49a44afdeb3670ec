#!/usr/bin/python3
"""Profiles come in from files, ours or autoconfig XML, and leave again; a bad file names its line and changes nothing."""
import os
import pathlib
import socket
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "servers"))
from campus import Campus  # noqa: E402
from tap import run  # noqa: E402
from walk import ROOT, Home, letter  # noqa: E402

BAD_INPUT = 64

XML = """<?xml version="1.0" encoding="UTF-8"?>
<clientConfig version="1.1">
  <emailProvider id="jaist.ac.jp">
    <domain>jaist.ac.jp</domain>
    <displayName>&#x6587;&#x7bb1; &amp; Co</displayName>
    <incomingServer type="imap">
      <hostname>imap.jaist.ac.jp</hostname>
      <port>{port}</port>
      <socketType>SSL</socketType>
      <username>%EMAILLOCALPART%</username>
      <authentication>password-cleartext</authentication>
    </incomingServer>
    <outgoingServer type="smtp">
      <hostname>smtp.jaist.ac.jp</hostname>
      <port>587</port>
      <socketType>STARTTLS</socketType>
      <username>%EMAILLOCALPART%</username>
      <authentication>password-cleartext</authentication>
    </outgoingServer>
  </emailProvider>
  <webMail><loginPage url="https://web-mail.jaist.ac.jp"/></webMail>
</clientConfig>
"""
GOOD = XML.format(port=993)


def snapshot(home):
    return {str(path): path.read_bytes() for path in (home.dir / "config").rglob("*") if path.is_file()}


def put(home, name, text):
    path = home.top / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def refused(home, path, *says, status=BAD_INPUT):
    before = snapshot(home)
    done = home.run("profile", "import", path, timeout=20)
    assert done.status == status, done
    for words in says:
        assert words in done.err, f"{words!r} is not said: {done}"
    assert snapshot(home) == before, "something was written"
    return done


def test_P3_our_format():
    with Home() as home:
        text = home.run("profile", "export", "jaist-da").out
        assert text == (ROOT / "profiles" / "jaist-da.conf").read_text(), "export is not the text itself"
        path = put(home, "given.conf", text.replace("name = jaist-da\n", "name = lab\n", 1))
        done = home.run("profile", "import", path, "--json")
        assert done.status == 0 and done.json()["name"] == "lab", done
        written = home.dir / "config" / "profiles" / "lab.conf"
        assert written.read_bytes() == path.read_bytes() and written.stat().st_mode & 0o777 == 0o600
        assert '"lab"' in home.run("profile", "list", "--json").out
        refused(home, path, "--replace", status=73)
        path.write_text(path.read_text().replace("port = 993", "port = 994"))
        assert home.run("profile", "import", "--replace", path).status == 0
        assert "994" in home.run("profile", "show", "lab").out


def test_P3_a_built_in_profile_gives_way_only_when_told_to():
    with Home() as home:
        path = put(home, "j.conf", (ROOT / "profiles" / "jaist.conf").read_text().replace("imap.jaist", "imap2.jaist"))
        refused(home, path, "comes with the program", status=73)
        assert "imap2" not in home.run("profile", "show", "jaist").out
        assert home.run("profile", "import", path, "--replace").status == 0
        assert "imap2" in home.run("profile", "show", "jaist").out


def test_P3_broken_file_of_our_format():
    with Home() as home:
        text = (ROOT / "profiles" / "jaist.conf").read_text()
        number = text.splitlines().index("port = 993 tls recommended") + 1
        refused(home, put(home, "b.conf", text.replace("port = 993 tls recommended", "port = 993 plain", 1)),
                f"b.conf:{number}:")
        refused(home, home.top / "not-there", "not-there", status=66)
        refused(home, home.top, "not a regular file")
        assert not (home.dir / "config" / "profiles").exists(), "a directory was made for nothing"


def test_P3_autoconfig_becomes_an_account_that_works():
    with Campus() as campus, Home(campus.options()) as home:
        campus.append("s2410001", [letter(1), letter(2)])
        done = home.run("profile", "import", "-", input=GOOD)
        assert done.status == 0, done
        assert home.run("profile", "check", home.dir / "config" / "profiles" / "jaist-ac-jp.conf").status == 0
        shown = home.run("profile", "show", "jaist-ac-jp", "--json").json()
        assert shown["title"] == "文箱 & Co" and shown["webmail"] == "https://web-mail.jaist.ac.jp", shown
        secret = put(home, "secret", "correct-horse\n")
        done = home.run("setup", "--profile", "jaist-ac-jp", "--user", "s2410001", "--address", "taro@jaist.ac.jp",
                        "--password-command", f"cat {secret}", "--yes")
        assert done.status == 0, done
        assert home.run("sync", "--json").json()["fetched"] == 2


def test_P3_autoconfig_round_trip():
    for name in ("jaist", "jaist-da", "titech"):
        with Home() as home:
            xml = home.run("profile", "export", name, "--autoconfig").out
            done = home.run("profile", "import", "-", "--json", input=xml)
            assert done.status == 0 and done.json()["notes"] == [], done
            there, back = (home.run("profile", "show", each, "--json").json()["servers"]
                           for each in (name, done.json()["name"]))
            assert there == back, f"{name}: {there} became {back}"


def test_P3_what_is_left_out_is_said():
    with Home() as home:
        text = GOOD.replace("    <outgoingServer", "    <incomingServer type='imap'><hostname>imap.jaist.ac.jp</hostname><port>143"
                            "</port><socketType>plain</socketType></incomingServer>\n    <outgoingServer")
        done = home.run("profile", "import", put(home, "c.xml", text))
        assert done.status == 0 and "c.xml:13: left out: this server is not secured" in done.out, done
        assert "143" not in (home.dir / "config" / "profiles" / "jaist-ac-jp.conf").read_text()


def test_P3_broken_xml():
    with Home() as home:
        for text, says in ((GOOD.replace("</domain>", ""), "c.xml:"),
                           (GOOD.replace("993", "port"), "c.xml:6: the server has no port"),
                           (GOOD.replace("SSL", "plain"), "c.xml:6: left out: this server is not secured"),
                           (GOOD[:200], "c.xml:"), ("<html></html>", "c.xml:1: this is not an autoconfig file"),
                           (GOOD.replace("imap.jaist.ac.jp", "imap jaist"), "c.xml:6: the server has no hostname")):
            refused(home, put(home, "c.xml", text), says)
        over = put(home, "c.xml", GOOD + " " * (1024 * 1024))
        done = home.run("profile", "import", over)
        assert done.status != 0 and "limit" in done.err, done
        assert not (home.dir / "config" / "profiles").exists()


class Trap:
    """A port that nobody may knock at and a pipe that nobody may open."""

    def __init__(self, home):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.setblocking(False)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}/evil"
        self.pipe = home.top / "pipe"
        os.mkfifo(self.pipe)
        self.opened = threading.Event()
        threading.Thread(target=self.wait, daemon=True).start()

    def wait(self):
        descriptor = os.open(self.pipe, os.O_WRONLY)  # returns when somebody opens it for reading
        self.opened.set()
        os.write(descriptor, b"caught")
        os.close(descriptor)

    def check(self):
        assert not self.opened.is_set(), "a file that the document names was opened"
        try:
            self.listener.accept()
        except BlockingIOError:
            return
        raise AssertionError("an address that the document names was visited")


def test_P3_nothing_that_a_document_names_is_opened():
    with Home() as home:
        trap = Trap(home)
        file = trap.pipe.as_uri()
        body = GOOD.split("\n", 1)[1]
        for source in (file, trap.url):
            for doctype in (f'<!DOCTYPE clientConfig SYSTEM "{source}">',
                            f'<!DOCTYPE clientConfig PUBLIC "-//x//y" "{source}">',
                            f'<!DOCTYPE clientConfig [<!ENTITY x SYSTEM "{source}">]>',
                            f'<!DOCTYPE clientConfig [<!ENTITY % x SYSTEM "{source}"> %x;]>'):
                refused(home, put(home, "c.xml", doctype + "\n" + body.replace("&amp;", "&x;")), "c.xml:1:", "DOCTYPE")
            harmless = (f'<?xml-stylesheet href="{source}"?>\n' +
                        body.replace("<displayName>", f'<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="{source}"/>'
                                     f'<y xmlns="{source}"/><displayName>'))
            done = home.run("profile", "import", put(home, "c.xml", harmless), "--replace", timeout=20)
            assert done.status == 0, done
        trap.check()


def test_P3_billion_laughs():
    with Home() as home:
        laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 11))
        text = f'<!DOCTYPE clientConfig [<!ENTITY l0 "ha">{laughs}]>\n' + GOOD.split("\n", 1)[1].replace("&amp;", "&l10;")
        refused(home, put(home, "c.xml", text), "DOCTYPE")
        refused(home, put(home, "c.xml", text.encode("utf-16")), "DOCTYPE")


def test_P3_words_that_do_not_fit():
    with Home() as home:
        for words in (("import",), ("export",), ("import", "a", "b"), ("export", "jaist", "--replace"),
                      ("show", "jaist", "--autoconfig")):
            assert home.run("profile", *words).status == BAD_INPUT, words
        assert home.run("profile", "export", "nobody").status == 66


if __name__ == "__main__":
    sys.exit(run(sys.modules[__name__]))
