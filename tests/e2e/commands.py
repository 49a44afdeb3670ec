#!/usr/bin/python3
"""Every command with --json, as a program reads it: what it prints, how it ends, and that nobody is asked without a terminal."""
import json
import os
import pathlib
import signal
import stat
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "servers"))
from campus import DA_USER, PREFIX, Campus  # noqa: E402
from tap import run  # noqa: E402
from walk import FUBAKO, ROOT, SAMPLES, Home, letter, samples  # noqa: E402

BAD_INPUT, NOT_FOUND, OFFLINE, DENIED = 64, 66, 69, 78
USER = "s2410001"
CAMPUS, HOME = None, None


def shared():
    """One campus with the sample mail, fetched into one home, for the tests that only read."""
    global CAMPUS, HOME
    if not HOME:
        CAMPUS = Campus()
        CAMPUS.append(USER, samples("INBOX"))
        CAMPUS.append(USER, samples("Sent"), folder="Sent")
        CAMPUS.append(USER, [letter(1)], folder="&eBR6dg-")  # 研究 in modified UTF-7
        HOME = Home(CAMPUS.options())
        HOME.account()
        fetched = HOME.run("sync", "--json")
        assert fetched.status == 0, fetched
    return HOME


def rows(*words):
    done = shared().run(*words, "--json")
    assert done.status == 0 and not done.err, done
    return done.json()


def secret_file(home, name, text):
    path = home.top / name
    path.write_text(text + "\n")
    path.chmod(0o600)
    return path


# --- setup ---

def setup_words(home, profile, user, password, address):
    return ["setup", "--profile", profile, "--user", user, "--address", address, "--password-command",
            f"cat {secret_file(home, 'password', password)}", "--yes", "--json"]


def check_saved(home, done, protocols=("IMAP", "SMTP")):
    assert done.status == 0, done
    told = done.json()
    assert told["saved"] and told["account"], told
    assert all(line["passed"] for line in told["lines"]), told
    signed_in = [line["protocol"] for line in told["lines"] if line["step"] == "sign-in"]
    assert signed_in == list(protocols), told
    path = home.dir / "config" / "accounts.d" / (told["account"] + ".ini")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600, oct(path.stat().st_mode)
    return path.read_text()


def test_setup_jaist_then_sync():
    shared()
    with Home(CAMPUS.options()) as home:
        text = check_saved(home, home.run(*setup_words(home, "jaist", USER, "correct-horse", "taro@jaist.ac.jp")))
        assert "correct-horse" not in text, text
        done = home.run("sync", "--json")
        assert done.status == 0 and done.json()["fetched"] == len(samples()) + len(samples("Sent")) + 1, done


def test_J8_J12_setup_of_every_offered_port():
    shared()
    for incoming, outgoing, protocol in (("imap:143", "smtp:587", "IMAP"), ("pop:995", "smtp:465", "POP3"),
                                         ("pop:110", "smtp:587", "POP3")):
        with Home(CAMPUS.options()) as home:
            words = setup_words(home, "jaist", USER, "correct-horse", "taro@jaist.ac.jp")
            check_saved(home, home.run(*words, "--incoming", incoming, "--outgoing", outgoing), (protocol, "SMTP"))


def test_J11_mail_da_prefix_file_is_read_at_every_fetch():
    shared()
    CAMPUS.append(DA_USER, [letter(1)])
    password = CAMPUS.users[DA_USER][len(PREFIX):]
    with Home(CAMPUS.options()) as home:
        prefix = secret_file(home, "prefix", PREFIX)
        words = setup_words(home, "jaist-da", DA_USER, password, "hanako@jaist.ac.jp")
        text = check_saved(home, home.run(*words, "--prefix-file", prefix))
        assert PREFIX.rstrip(":") not in text and password not in text, text
        done = home.run("sync", "--json")
        assert done.status == 0 and done.json()["fetched"] == 1, done
        for path in home.dir.rglob("*"):
            assert not path.is_file() or PREFIX.encode()[:-1] not in path.read_bytes(), f"{path} holds the prefix"
        prefix.chmod(0o644)
        open_to_others = home.run("sync")
        assert open_to_others.status == DENIED and "chmod" in open_to_others.err, open_to_others
        prefix.unlink()
        missing = home.run("sync")
        assert missing.status == NOT_FOUND and str(prefix) in missing.err, missing
        assert CAMPUS.failed_sign_ins(DA_USER) == 0, "the password went out without its prefix"


def test_T_setup_titech_then_sync():
    shared()
    user = "tanaka.t.abXy12"
    CAMPUS.append(user, [letter(1), letter(2)])
    with Home(CAMPUS.options()) as home:
        check_saved(home, home.run(*setup_words(home, "titech", user, "matrix-pass", "tanaka.t.aa@m.titech.ac.jp")))
        done = home.run("sync", "--json")
        assert done.status == 0 and done.json()["fetched"] == 2, done


def test_setup_says_all_that_is_missing():
    with Home() as home:
        done = home.run("setup")
        assert done.status == BAD_INPUT, done
        for option in ("--profile", "--user", "--address", "--password-command", "--yes"):
            assert option in done.err, done
        done = home.run("setup", "--profile", "todai", "--user", "x", "--address", "x@y", "--store", "ask", "--yes", "--json")
        assert done.status == NOT_FOUND and "jaist" in done.json()["error"], done


def test_J1_setup_refuses_an_address_as_user():
    with Home() as home:
        done = home.run(*setup_words(home, "jaist", "taro@jaist.ac.jp", "x", "taro@jaist.ac.jp"))
        assert done.status == BAD_INPUT and done.json()["exit"] == BAD_INPUT, done


def test_setup_without_network_saves_nothing():
    with Home(["--resolve", "imap.jaist.ac.jp:993:127.0.0.1:1", "--resolve", "smtp.jaist.ac.jp:465:127.0.0.1:1"]) as home:
        done = home.run(*setup_words(home, "jaist", USER, "correct-horse", "taro@jaist.ac.jp"))
        assert done.status == OFFLINE and not done.json()["saved"], done
        assert not list(home.dir.glob("config/accounts.d/*")), "an account was saved"


def test_setup_without_check_saves_and_connects_to_nobody():
    with Home() as home:
        done = home.run(*setup_words(home, "jaist", USER, "correct-horse", "taro@jaist.ac.jp"), "--no-check")
        assert done.status == 0 and done.json()["saved"] and done.json()["lines"] == [], done


# --- reading ---

def test_sync_json_is_one_object_a_line():
    done = shared().run("sync", "--json")
    assert done.status == 0, done
    for line in done.out.splitlines():
        json.loads(line)
    assert set(done.json()) == {"account", "fetched", "removed", "flags", "indexed", "not_indexable", "notes"}, done
    assert shared().run("sync", "--account", "nobody").status == NOT_FOUND


def test_folders():
    folders = {folder["name"]: folder for folder in rows("folders")}
    assert {"INBOX", "Sent", "Junk", "研究"} <= set(folders), folders
    assert folders["INBOX"]["total"] == len(samples()), folders
    assert folders["研究"]["path"] == "&eBR6dg-", folders
    text = shared().run("folders")
    assert text.status == 0 and "研究" in text.out, text


def test_list():
    inbox = rows("list")
    assert len(inbox) == len(samples())
    assert [row["date"] for row in inbox] == sorted((row["date"] for row in inbox), reverse=True), "not newest first"
    assert any(row["subject"] == "研究計画書の締切について" and row["from"] == "田中 花子" for row in inbox), inbox
    assert all(row["unread"] for row in inbox)
    assert len(rows("list", "--limit", "3")) == 3
    assert rows("list", "研究")[0]["message_id"] == "letter-1@example.org"
    assert rows("list", "&eBR6dg-") == rows("list", "研究")
    text = shared().run("list")
    assert text.status == 0 and len(text.out.splitlines()) == len(inbox) and "研究計画書の締切について" in text.out, text
    assert shared().run("list", "Nowhere").status == NOT_FOUND
    assert shared().run("list", "--limit", "0").status == BAD_INPUT


def test_search_in_japanese_and_english():
    def subjects(*words):
        return {row["subject"] for row in rows("search", *words)}
    assert subjects("締切") == {"研究計画書の締切について", "Re: 研究計画書の締切について"}
    assert "研究計画書の締切について" in subjects("subject:研究計画書"), subjects("subject:研究計画書")
    assert subjects("separation", "logic") and subjects("separation", "締切") == set()
    assert "研究計画書の締切について" in subjects("from:tanaka", "and", "締切")
    assert rows("search", "締切", "--limit", "1") == rows("search", "締切")[:1]
    assert rows("search", "締切", "--offset", "1") == rows("search", "締切")[1:]
    nothing = shared().run("search", "--json", "zyxwv")
    assert nothing.status == 0 and nothing.json() == [], nothing
    assert shared().run("search").status == BAD_INPUT


def test_show():
    row = next(row for row in rows("list") if row["subject"] == "研究計画書の締切について")
    shown = rows("show", str(row["id"]))
    assert shown["subject"] == row["subject"] and "締切は11月27日" in shown["body"], shown
    assert shown["from"] == [{"name": "田中 花子", "address": "tanaka@jaist.ac.jp"}], shown
    assert rows("show", "id:" + row["message_id"]) == shown
    text = shared().run("show", row["id"])
    assert text.status == 0 and "締切は11月27日" in text.out and row["subject"] in text.out, text
    narrow = shared().run("show", row["id"], "--width", "30")
    assert len(narrow.out.splitlines()) > len(text.out.splitlines()), narrow
    for words, status in ((["999999"], NOT_FOUND), (["id:nobody@example.org"], NOT_FOUND), (["abc"], BAD_INPUT),
                          (["--file", "/nonexistent.eml"], NOT_FOUND)):
        done = shared().run("show", *words, "--json")
        assert done.status == status and done.json()["exit"] == status, f"{words}: {done}"


def test_show_reads_standard_input():
    message = (SAMPLES / "INBOX" / "02-seminar.seen.eml").read_bytes().decode("latin-1")
    with Home() as home:
        done = home.run("show", "--json", "--file", "-", input=message)
        assert done.status == 0 and done.json()["subject"] == "研究計画書の締切について", done


def test_show_saves_a_part_under_its_own_name_and_never_over_another():
    virus = SAMPLES / "INBOX" / "09-virus.eml"
    with Home() as home:
        target = home.top / "saved"
        target.mkdir()
        part = home.run("show", "--json", "--file", virus).json()["attachments"][0]
        assert part["name"] == "Removed Attachment.txt", part
        paths = [home.run("show", "--json", "--file", virus, "--save", part["part"], "--to", target).json()["saved"]
                 for _ in range(2)]
        assert paths[0] == str(target / "Removed Attachment.txt") and paths[0] != paths[1], paths
        assert sorted(str(path) for path in target.iterdir()) == sorted(paths)
        assert home.run("show", "--file", virus, "--save", "77", "--to", target).status == NOT_FOUND


def test_J14_links_of_the_forged_notice():
    forged = SAMPLES / "INBOX" / "08-forged.eml"
    done = shared().run("links", "--json", forged)
    judged = done.json()
    assert done.status == 0 and {"zimbra.jaist-ac-jp.jp", "webmail.jaist.ac.jp.net"} <= {link["host"] for link in judged}, done
    assert all(link["alarm"] for link in judged if "jaist" in link["host"] and not link["host"].endswith("jaist.ac.jp")), judged
    # The account's institution is taken by show too, and its worst link stands above the mail.
    row = next(row for row in rows("list") if "容量" in row["subject"])
    text = shared().run("show", row["id"]).out
    assert text.startswith("✗") and "jaist" in text.splitlines()[0], text
    with Home() as home:
        without_account = home.run("links", "--json", forged).json()
        assert [link["class"] for link in without_account if "jaist" in link["host"]].count("lookalike") >= 2, without_account
        assert home.run("show", "--file", forged).out.startswith("✗")
        assert home.run("links", "--profile", "nowhere", forged).status == NOT_FOUND
        assert home.run("links").status == BAD_INPUT


# --- profiles ---

def test_profile():
    with Home() as home:
        listed = home.run("profile", "list", "--json")
        names = {profile["name"] for profile in listed.json()}
        assert listed.status == 0 and names == {"jaist", "jaist-da", "titech"}, listed
        for name in names:
            shown = home.run("profile", "show", name, "--json")
            assert shown.status == 0 and shown.json()["name"] == name and shown.json()["servers"], shown
            # What show prints is a file that check takes, and a profile of one's own.
            own = home.top / f"{name}.conf"
            own.write_text(home.run("profile", "show", name).out)
            assert own.read_text() == (ROOT / "profiles" / f"{name}.conf").read_text()
            checked = home.run("profile", "check", own, "--json")
            assert checked.status == 0 and checked.json()["ok"], checked
        assert home.run("profile", "show", "nowhere").status == NOT_FOUND
        assert home.run("profile", "frobnicate").status == BAD_INPUT
        assert home.run("profile", "check", home.top / "missing.conf").status == NOT_FOUND


# --- nobody is asked, nothing is broken ---

def test_without_terminal_nobody_is_asked():
    """A password that is asked for each time: without a terminal that is an error at once, even with text on stdin."""
    shared()
    with Home(CAMPUS.options()) as home:
        path = home.account()
        text = path.read_text()
        path.write_text(text[:text.index("[secret]")] + "[secret]\nkeep = ask\n")
        for words in (["sync"], ["sync", "--json"]):
            for given in (None, "correct-horse\n"):
                done = home.run(*words, input=given, timeout=20)
                assert done.status == DENIED, done
        done = home.run("setup", "--profile", "jaist", "--user", USER, "--address", "taro@jaist.ac.jp", "--store", "ask", "--yes",
                        timeout=20)
        assert done.status == DENIED, done
        assert CAMPUS.failed_sign_ins(USER) == 0


def test_before_anything_was_fetched():
    with Home() as home:
        for command in ("sync", "folders", "list"):
            done = home.run(command, "--json")
            assert done.status == NOT_FOUND and "setup" in done.json()["error"], done
        home.account()
        for words in (["folders"], ["list"], ["search", "x"], ["show", "1"]):
            done = home.run(*words, "--json")
            assert done.status == NOT_FOUND and "sync" in done.json()["error"], f"{words}: {done}"


def test_two_that_begin_at_the_same_time_see_no_damage():
    """Both find no catalogue and make one; neither takes the other's half-made file for a damaged one."""
    shared()
    for _ in range(8):
        with Home(CAMPUS.options()) as home:
            home.account()
            both = [subprocess.Popen(home.argv("sync"), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                     text=True) for _ in range(2)]
            for process in both:
                told = process.communicate(timeout=60)[0]
                assert "damaged" not in told and process.returncode in (0, 73), told
            assert len(home.maildir_files()) == len(samples()) + len(samples("Sent")) + 1
            assert not list((home.dir / "data").glob("*.broken-*"))


def test_help_and_version():
    with Home() as home:
        told = home.run("--help")
        assert told.status == 0 and "setup" in told.out and "profile" in told.out, told
        for command in ("setup", "sync", "folders", "list", "search", "show", "links", "profile"):
            done = home.run(command, "--help")
            assert done.status == 0 and f"fubako {command}" in done.out, done
        assert home.run("--version").out.startswith("fubako ")
        assert not (home.dir / "data").exists() and not (home.dir / "config").exists(), "help wrote something"


def test_in_japanese():
    japanese = {"LANGUAGE": "ja", "LANG": "C.UTF-8"}
    with Home() as home:
        done = home.run("list", environment=japanese)
        assert done.status == NOT_FOUND and any("ぁ" <= letter <= "ん" for letter in done.err), done


def test_reader_that_goes_away():
    """`fubako list | head -1`: no hang, no crash."""
    home = shared()
    process = subprocess.Popen(home.argv("list"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
    process.stdout.close()
    process.stderr.read()
    assert process.wait(20) in (0, -signal.SIGPIPE), process.returncode


def test_full_standard_output_is_an_error():
    with open("/dev/full", "wb") as full:
        done = subprocess.run(shared().argv("list"), stdout=full, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, check=False)
    assert done.returncode != 0, "output was lost and nobody said so"


if __name__ == "__main__":
    assert os.access(FUBAKO, os.X_OK), f"{FUBAKO} is not built"
    try:
        sys.exit(run(sys.modules[__name__]))
    finally:
        if HOME:
            HOME.__exit__()
            CAMPUS.stop()
