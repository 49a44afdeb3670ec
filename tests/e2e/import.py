#!/usr/bin/python3
"""Profiles come in from files, ours or autoconfig XML, and leave again; a setup takes over what another mail program's file
says. A bad file names its line and changes nothing."""
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


# --- setup --from ---

MUTTRC = """# mine
set folder = "imaps://imap.jaist.ac.jp/"
set imap_user = s2410001
set smtp_url = "smtp://s2410001@smtp.jaist.ac.jp:587"
set from = "Taro <taro@jaist.ac.jp>"
set imap_pass = "`cat {secret}`"
"""


def muttrc(home, text=MUTTRC, name="muttrc"):
    secret = put(home, "secret", "correct-horse\n")
    path = put(home, name, text.format(secret=secret))
    path.chmod(0o600)
    return path


def nothing_saved(home):
    assert not list((home.dir / "config").glob("accounts.d/*")), "an account was saved"
    assert not list((home.dir / "config").glob("profiles/*")), "a profile was saved"


def test_P3_muttrc_becomes_an_account():
    with Campus() as campus, Home(campus.options()) as home:
        campus.append("s2410001", [letter(1), letter(2), letter(3)])
        done = home.run("setup", "--from", muttrc(home), "--yes", "--json")
        assert done.status == 0 and done.json()["profile"] == "jaist" and done.json()["saved"], done
        assert {(line["protocol"], line["port"]) for line in done.json()["lines"]} == {("IMAP", 993), ("SMTP", 587)}, done
        account = next((home.dir / "config" / "accounts.d").glob("*.ini")).read_text()
        assert "address = taro@jaist.ac.jp" in account and "real-name = Taro" in account, account
        assert "correct-horse" not in account
        assert home.run("sync", "--json").json()["fetched"] == 3


def test_P3_without_yes_no_command_is_taken_over():
    with Home() as home:
        marker = home.top / "marker"
        path = muttrc(home, MUTTRC.replace("cat {secret}", f"touch {marker}"))
        done = home.run("setup", "--from", path)
        assert done.status == BAD_INPUT and "--password-command 'touch" in done.err, done
        assert "Missing: --password-command (or --store), --yes" in done.err, done
        done = home.run("setup", "--from", path, "--store", "ask", "--no-check", "--yes")
        assert done.status == 0 and "touch" not in next((home.dir / "config" / "accounts.d").glob("*.ini")).read_text(), done
        assert not marker.exists(), "a command of the file was run"


def test_P3_a_clear_password_stays_where_it_is():
    with Home() as home:
        path = muttrc(home, MUTTRC.replace('"`cat {secret}`"', "hunter2-marker"))
        done = home.run("setup", "--from", path, "--no-check", "--yes")
        assert done.status == BAD_INPUT and f"{path}:6: a password stands here" in done.err, done
        assert "hunter2" not in done.err + done.out
        nothing_saved(home)
        done = home.run("setup", "--from", path, "--no-check", "--yes", "--store", "ask")
        assert done.status == 0, done
        for file in home.dir.rglob("*"):
            assert not file.is_file() or b"hunter2" not in file.read_bytes(), file


def test_P3_options_win():
    with Home() as home:
        done = home.run("setup", "--from", muttrc(home), "--no-check", "--yes", "--profile", "jaist-da", "--user", "s2410009",
                        "--name", "Other", "--incoming", "pop:995", "--store", "ask", "--prefix-file", "x")
        assert "imap.jaist.ac.jp:993 is not what profile 'jaist-da' offers" in done.err, done
        done = home.run("setup", "--from", muttrc(home), "--no-check", "--yes", "--user", "s2410009", "--name", "Other",
                        "--incoming", "pop:995", "--store", "ask")
        account = next((home.dir / "config" / "accounts.d").glob("*.ini")).read_text()
        for line in ("user = s2410009", "real-name = Other", "protocol = pop", "port = 587", "keep = ask"):
            assert line in account, f"{line}: {account}"


def test_P3_a_server_that_no_profile_has():
    with Home() as home:
        text = MUTTRC.replace("jaist.ac.jp", "lab.example").replace("s2410001", "taro")
        home.run("setup", "--from", muttrc(home, text))
        nothing_saved(home)
        done = home.run("setup", "--from", muttrc(home, text), "--no-check", "--yes")
        assert done.status == 0, done
        profile = home.dir / "config" / "profiles" / "lab-example.conf"
        assert home.run("profile", "check", profile).status == 0
        servers = home.run("profile", "show", "lab-example", "--json").json()["servers"]
        assert [(each["host"], each["port"], each["security"]) for each in servers] == [
            ("imap.lab.example", 993, "tls"), ("smtp.lab.example", 587, "starttls")], servers
        assert "profile = lab-example" in next((home.dir / "config" / "accounts.d").glob("*.ini")).read_text()


def test_P3_a_setup_that_fails_leaves_no_profile():
    with Campus() as campus, Home(campus.options()) as home:
        text = MUTTRC.replace("jaist.ac.jp", "lab.invalid")
        done = home.run("setup", "--from", muttrc(home, text), "--yes")
        assert done.status != 0, done
        nothing_saved(home)


def test_P3_mbsyncrc_reads_mail_only():
    with Home() as home:
        text = "IMAPAccount x\nHost imap.lab.example\nUser taro\nPassCmd \"cat {secret}\"\nTLSType IMAPS\n"
        done = home.run("setup", "--from", muttrc(home, text, "mbsyncrc"), "--no-check", "--yes", "--address",
                        "taro@lab.example")
        assert done.status == 0, done
        account = next((home.dir / "config" / "accounts.d").glob("*.ini")).read_text()
        assert "[outgoing]" not in account and "host = imap.lab.example" in account, account
        assert "No mail has been fetched yet" in home.run("folders").err


def test_P3_files_that_are_not_read():
    with Home() as home:
        for text, words, says in (("hello\n", (), "does not look like"), ("hello\n", ("--from-format", "mutt"), "names no server"),
                                  (MUTTRC, ("--from-format", "outlook"), "--from-format is"),
                                  ("\n" * (1024 * 1024 + 1), (), "limit")):
            done = home.run("setup", "--from", muttrc(home, text), *words, "--yes", "--no-check")
            assert done.status != 0 and says in done.err, done
        path = muttrc(home)
        path.chmod(0o666)
        done = home.run("setup", "--from", path, "--yes", "--no-check")
        assert done.status == 78 and "chmod" in done.err, done
        nothing_saved(home)


if __name__ == "__main__":
    sys.exit(run(sys.modules[__name__]))
