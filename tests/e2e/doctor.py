#!/usr/bin/python3
"""fubako doctor: what it says of good and bad servers, that it signs in once at most, and that its report names nobody."""
import json
import os
import pathlib
import re
import socket
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "servers"))
from campus import HOSTS, STANDARD, Campus  # noqa: E402
from screen import Screen  # noqa: E402
from tap import run  # noqa: E402
from walk import Home, letter  # noqa: E402

CERT, OFFLINE, AUTH, NOT_FOUND, BAD_INPUT = 68, 69, 77, 66, 64
USER = "s2410001"
IN_USE = [("IMAP", "imap.jaist.ac.jp", 993), ("SMTP", "smtp.jaist.ac.jp", 465)]
CAMPUS = None


def campus():
    global CAMPUS
    CAMPUS = CAMPUS or Campus()
    return CAMPUS


def server_of(told, protocol, port):
    return next(one for one in told["servers"] if (one["protocol"], one["port"]) == (protocol, port))


def check_of(checks, name):
    found = [check for check in checks if check["check"] == name]
    assert len(found) == 1, f"{name}: {found} in {checks}"
    return found[0]


def failed(told):
    return {f"{one['protocol']}:{one['port']} {check['check']}" for one in told["servers"] for check in one["checks"]
            if check["result"] == "failed"} | {check["check"] for check in told["here"] if check["result"] == "failed"}


def dead_port():
    """A port where nobody listens: it was ours a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def without(options, host, port, to=None):
    """The campus, but for one port that leads to `to`."""
    to = to or f"127.0.0.1:{dead_port()}"
    return [f"{host}:{port}:{to}" if str(word).startswith(f"{host}:{port}:") else word for word in options]


def test_J5_all_is_well():
    server = campus()
    with Home(server.options()) as home:
        home.account()
        server.append(USER, [letter(1)])
        assert home.run("sync").status == 0
        before = server.log().count("Login:")
        done = home.run("doctor", "--json")
        assert done.status == 0 and not failed(done.json()), done
        told = done.json()
        # Those of the account first, then every other port of the profile.
        places = [(one["protocol"], one["host"], one["port"]) for one in told["servers"]]
        assert places[:2] == IN_USE and {port for _, _, port in places} == set(STANDARD), places
        imap = server_of(told, "IMAP", 993)["checks"]
        assert check_of(imap, "sign-in")["result"] == "passed", imap
        assert "127.0.0.1" in check_of(imap, "name")["detail"], imap
        assert "TLSv1.3" in check_of(imap, "tls")["detail"], imap
        assert check_of(imap, "expiry")["detail"] in ("29", "30"), imap
        assert {"LOGIN", "PLAIN"} <= set(check_of(imap, "mechanisms")["detail"].split()), imap
        assert check_of(server_of(told, "IMAP", 143)["checks"], "starttls")["result"] == "passed", told
        check_of(server_of(told, "SMTP", 587)["checks"], "size")
        assert check_of(told["here"], "japanese")["result"] == "passed", told["here"]
        assert check_of(told["here"], "index")["result"] == "passed", told["here"]
        assert server.log().count("Login:") == before + 1, "more than one sign-in, or none"
        # The same for people, without the sign-in; J1, J2, J14 are said.
        done = home.run("doctor", "--no-sign-in")
        assert done.status == 0 and "Sign-in" not in done.out, done
        for words in ("imap.jaist.ac.jp 993 TLS, in use", "Days left: ", "https://web-mail.jaist.ac.jp", "10 minutes",
                      "never asks for your password"):
            assert words in done.out, f"{words} is missing: {done}"
        assert server.log().count("Login:") == before + 1
        assert server.failed_sign_ins() == 0


def test_json_has_the_documented_shape():
    with Home(campus().options()) as home:
        home.account()
        done = home.run("doctor", "--json")
        told = json.loads(done.out)  # one object and nothing beside it
        assert list(told) == ["account", "servers", "here", "notices"] and told["account"] == "jaist", told
        for one in told["servers"]:
            assert list(one) == ["protocol", "host", "port", "checks"] and isinstance(one["port"], int), one
        checks = [check for one in told["servers"] for check in one["checks"]] + told["here"]
        for check in checks:
            assert list(check) == ["check", "result", "detail", "hint"], check
            assert check["result"] in ("passed", "warning", "failed") and check["detail"], check
            assert check["result"] != "failed" or check["hint"], check
        assert all(list(notice) == ["id", "text"] for notice in told["notices"]), told["notices"]
        assert {"J2", "J14", "webmail"} <= {notice["id"] for notice in told["notices"]}, told["notices"]


def test_certificate_of_another_host():
    server = campus()
    with Home(server.options(wrong_host=True)) as home:
        home.account()
        before = server.log().count("Login:")
        done = home.run("doctor", "--json")
        assert done.status == CERT, done
        assert {"IMAP:993 certificate", "SMTP:465 certificate"} == failed(done.json()), done
        imap = server_of(done.json(), "IMAP", 993)["checks"]
        assert "mail.elsewhere.example" in check_of(imap, "certificate")["detail"], imap
        assert check_of(imap, "sign-in")["result"] == "warning", imap
        assert server.log().count("Login:") == before, "a password went where the certificate was wrong"
    # Also where the account does not go: somebody else answers there.
    wrong = f"127.0.0.2:{server.wrong_ports['imaps']}"
    with Home(without(server.options(), "pop.jaist.ac.jp", 995, wrong)) as home:
        home.account()
        done = home.run("doctor", "--json", "--no-sign-in")
        assert done.status == CERT and failed(done.json()) == {"POP3:995 certificate"}, done


class Expiring(Campus):
    """Certificates that end within so many days."""

    def openssl(self, *words):
        words = list(words)
        if "-days" in words:
            words[words.index("-days") + 1] = 11
        super().openssl(*words)


def test_certificate_that_ends_soon():
    with Expiring() as server, Home(server.options()) as home:
        home.account()
        done = home.run("doctor", "--json", "--no-sign-in")
        expiry = check_of(server_of(done.json(), "IMAP", 993)["checks"], "expiry")
        assert done.status == 0 and expiry["result"] == "warning", done
        assert expiry["detail"] in ("10", "11") and expiry["hint"], expiry


def test_a_dead_port():
    server = campus()
    with Home(without(server.options(), "smtp.jaist.ac.jp", 465)) as home:
        home.account()
        done = home.run("doctor", "--json")
        assert done.status == OFFLINE and failed(done.json()) == {"SMTP:465 tcp"}, done
        assert check_of(server_of(done.json(), "IMAP", 993)["checks"], "sign-in")["result"] == "passed", done
        assert server_of(done.json(), "SMTP", 587)["checks"][-1]["result"] == "passed", done
        text = home.run("doctor", "--no-sign-in")
        assert re.search(r"failed +Connection: smtp\.jaist\.ac\.jp refuses connections on port 465", text.out), text
    # A port that the account does not use ails nobody.
    with Home(without(server.options(), "pop.jaist.ac.jp", 110)) as home:
        home.account()
        done = home.run("doctor", "--json")
        assert done.status == 0, done
        assert check_of(server_of(done.json(), "POP3", 110)["checks"], "tcp")["result"] == "warning", done


def test_no_network():
    options = campus().options()
    for host in HOSTS:
        for port in STANDARD:
            options = without(options, host, port, "127.0.0.1:9")
    with Home(options) as home:
        home.account()
        done = home.run("doctor", "--json")
        assert done.status == OFFLINE, done
        assert failed(done.json()) == {"IMAP:993 tcp", "SMTP:465 tcp"}, done
        assert check_of(server_of(done.json(), "IMAP", 993)["checks"], "sign-in")["result"] == "warning", done
        # This side is looked at all the same.
        assert check_of(done.json()["here"], "japanese")["result"] == "passed", done


def test_no_such_name():
    """A name that no resolver knows (RFC 2606)."""
    with Home(campus().options()) as home:
        home.account(host="imap.fubako.invalid")
        done = home.run("doctor", "--json", "--no-sign-in")
        assert "IMAP:993 name" in failed(done.json()), done
        assert done.status == OFFLINE, done


def test_J16_refused_password_is_tried_once_in_two_runs():
    with Campus() as server, Home(server.options()) as home:
        home.account(password="wrong-horse")
        shown = home.run("profile", "show", "jaist", "--json").json()
        causes = [notice["id"] for notice in shown["notices"] if notice["when"] == "auth-refused"]
        for number in range(2):
            done = home.run("doctor", "--json")
            assert done.status == AUTH and failed(done.json()) == {"IMAP:993 sign-in"}, f"run {number}: {done}"
            assert server.failed_sign_ins() == 1, f"run {number}: {server.log()}"
            # The likely causes come first among the notices.
            assert done.json()["notices"][0]["id"] in causes and "J2" not in causes, done
        assert "--retry" in check_of(server_of(done.json(), "IMAP", 993)["checks"], "sign-in")["hint"], done
        # The mark holds for everybody, and one made by others holds here.
        assert home.run("sync").status == AUTH
        assert server.failed_sign_ins() == 1, server.log()
        home.account()
        assert home.run("sync", "--retry").status == 0
        assert home.run("doctor").status == 0
        assert server.failed_sign_ins() == 1, server.log()


def test_J16_three_at_once_try_once():
    with Campus() as server, Home(server.options()) as home:
        home.account(password="wrong-horse")
        env = {**os.environ, "LANG": "C.UTF-8"}
        runs = [subprocess.Popen(home.argv("doctor", "--json"), env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
                for _ in range(3)]
        assert [one.wait(120) for one in runs] == [AUTH] * 3
        assert server.failed_sign_ins() == 1, server.log()


def test_a_secret_that_would_have_to_be_asked_for():
    server = campus()
    with Home(server.options()) as home:
        path = home.account()
        path.write_text(re.sub(r"keep = command\ncommand = .*", "keep = ask", path.read_text()))
        before = server.log().count("Login:")
        done = home.run("doctor", "--json")
        sign_in = check_of(server_of(done.json(), "IMAP", 993)["checks"], "sign-in")
        assert done.status == 0 and sign_in["result"] == "warning" and "not tried" in sign_in["detail"], done
        assert server.log().count("Login:") == before


def test_pop_account():
    with Home(campus().options()) as home:
        home.account(protocol="pop", port=995)
        done = home.run("doctor", "--json")
        assert done.status == 0, done
        assert check_of(server_of(done.json(), "POP3", 995)["checks"], "sign-in")["result"] == "passed", done


QUOTA = """
protocol imap {
  mail_plugins = quota imap_quota
}
plugin {
  quota = count:User quota
  quota_rule = *:storage=5G:messages=%u
  quota_vsizes = yes
}
"""


def test_quota():
    with Campus(extra=QUOTA % 2000) as server, Home(server.options()) as home:
        home.account()
        done = home.run("doctor", "--json")
        quota = [check for check in server_of(done.json(), "IMAP", 993)["checks"] if check["check"] == "quota"]
        assert done.status == 0 and [check["result"] for check in quota] == ["passed", "passed"], done
        assert "5.0\u00a0GiB" in quota[0]["detail"] and "2000" in quota[1]["detail"], quota
    with Campus(extra=QUOTA % 2) as server, Home(server.options()) as home:
        home.account()
        server.append(USER, [letter(1), letter(2)])
        done = home.run("doctor", "--json")
        quota = [check for check in server_of(done.json(), "IMAP", 993)["checks"] if check["check"] == "quota"]
        assert done.status == 0 and quota[1]["result"] == "warning" and "2 of 2" in quota[1]["detail"], done


def test_P1_profile_without_account():
    with Home(campus().options()) as home:
        done = home.run("doctor", "--profile", "jaist-da", "--json")
        told = done.json()
        assert done.status == 0 and told["account"] is None, done
        assert {one["host"] for one in told["servers"]} == {f"{name}-da.jaist.ac.jp" for name in ("imap", "pop", "smtp")}, told
        assert len(told["servers"]) == 6 and not any(check["check"] == "sign-in" for one in told["servers"] for check in one["checks"])
        assert home.run("doctor", "--profile", "nobody").status == NOT_FOUND
        assert home.run("doctor", "--account", "nobody").status == NOT_FOUND
        assert home.run("doctor", "--account", "a", "--profile", "jaist").status == BAD_INPUT
        # Without either there is this side to look at.
        done = home.run("doctor")
        assert done.status == 0 and "fubako setup" in done.out, done


def test_report_names_nobody():
    with Campus(users={"zq9marker": "marker-password-77"}) as server, Home(server.options()) as home:
        home.account(name="zq9box", user="zq9marker", password="marker-password-77", protocol="pop", port=995,
                     address="Zq9Marker.Address@jaist.ac.jp")
        path = home.dir / "config" / "accounts.d" / "zq9box.ini"
        path.write_text(path.read_text().replace("real-name = Taro", "real-name = Marker Nameson"))
        place = str(home.top)
        person = {"HOME": f"{place}/people/zq9login", "EDITOR": f"{place}/people/zq9login/bin/my-editor", "GNUPGHOME": f"{place}/none"}
        (home.top / "people" / "zq9login" / "bin").mkdir(parents=True)
        editor = pathlib.Path(person["EDITOR"])
        editor.write_text("#!/bin/sh\n")
        editor.chmod(0o755)
        for mode in range(2):
            # First with a good password, then with a refused one, whose sentences name user and account.
            for words in (["--report"], ["--report", "--json"], ["--report", "--no-sign-in"]):
                for language in ("en", "ja"):
                    done = home.run("doctor", *words, environment={**person, "LANGUAGE": language})
                    assert done.status == (AUTH if mode and "--no-sign-in" not in words else 0), done
                    text = (done.out + done.err).lower()
                    for secret in ("zq9marker", "zq9box", "zq9login", "nameson", "marker-password-77", "wrong-horse", place.lower()):
                        assert secret not in text, f"{secret} is in the report: {done}"
                    assert "~/bin/my-editor" in text, done
            (home.top / "zq9box.secret").write_text("wrong-horse\n")
        # Without --report nothing is hidden from the person.
        assert place in home.run("doctor", "--no-sign-in", environment=person).out


def test_japanese():
    with Home(campus().options()) as home:
        home.account()
        japanese = {"LANGUAGE": "ja"}
        done = home.run("doctor", environment=japanese)
        for words in ("成功", "注意", "証明書", "パスワード", "このコンピュータ"):
            assert words in done.out, f"{words} is missing: {done}"
        for english in ("passed", "warning", "failed", "not told", "Days left", "This computer"):
            assert english not in done.out, f"{english} is not translated: {done}"
        # Programs get the same words in every language.
        told = home.run("doctor", "--json", "--no-sign-in", environment=japanese).json()
        assert {check["result"] for check in told["here"]} <= {"passed", "warning"}, told


def here_of(home, **environment):
    done = home.run("doctor", "--json", "--no-sign-in", environment=environment)
    assert done.status == 0, done
    return {check["check"]: check for check in done.json()["here"]}


def test_locale_and_editor():
    with Home() as home:
        here = here_of(home, EDITOR="sh -e")
        assert here["editor"]["result"] == "passed" and here["editor"]["detail"].endswith("/sh"), here
        assert here["locale"]["result"] == "passed", here
        here = here_of(home, EDITOR="no-such-editor -x", LANG="C", LC_ALL="C")
        assert here["editor"]["result"] == "warning" and "no-such-editor is not installed" in here["editor"]["detail"], here
        assert here["locale"]["result"] == "warning" and "UTF-8" in here["locale"]["hint"], here
        # VISUAL goes before EDITOR; a locale that this computer does not have is named.
        here = here_of(home, VISUAL="sh", EDITOR="no-such-editor", LC_ALL="xx_YY.UTF-8")
        assert here["editor"]["result"] == "passed", here
        assert here["locale"]["result"] == "warning" and "xx_YY.UTF-8 is not installed" in here["locale"]["detail"], here


def on_terminal(home, rows, columns, *words, environment=None, answer=None):
    """What the doctor prints on a terminal of its own, as one text, and its exit code."""
    with Screen(home.argv("doctor", *words), rows, columns, {"TZ": "Asia/Tokyo", **(environment or {})}) as screen:
        if answer:
            screen.wait_for("Password of")
            screen.keys(answer + "\r")
        while screen.status is None and screen.read(60):
            pass
        return screen.output.decode(), screen.status


def test_terminal():
    with Home() as home:
        text, status = on_terminal(home, 24, 80, "--no-sign-in")
        assert status == 0 and re.search("passed +Terminal: xterm-256color, 80 columns by 24 rows", text), text
        assert re.search("passed +Colours: 256", text), text
        text, _ = on_terminal(home, 10, 30, "--no-sign-in")
        assert re.search("warning +Terminal: xterm-256color, 30 columns by 10 rows", text), text
        text, _ = on_terminal(home, 24, 80, "--no-sign-in", environment={"TERM": "vt100", "NO_COLOR": ""})
        assert re.search("warning +Colours", text), text


def test_a_secret_asked_for_on_a_terminal():
    server = campus()
    with Home(server.options()) as home:
        path = home.account()
        path.write_text(re.sub(r"keep = command\ncommand = .*", "keep = ask", path.read_text()))
        text, status = on_terminal(home, 24, 80, answer="correct-horse")
        assert status == 0 and "the password is right" in text and "correct-horse" not in text, text


def test_gnupg_and_pinentry_over_ssh():
    with Home() as home:
        keyring = home.top / "gnupg"
        keyring.mkdir(mode=0o700)
        person = {"GNUPGHOME": str(keyring), "DISPLAY": "", "WAYLAND_DISPLAY": "", "SSH_CONNECTION": "192.0.2.1 5 192.0.2.2 22"}
        gpg = {**os.environ, **person}
        try:
            subprocess.run(["gpg", "--batch", "--quiet", "--passphrase", "", "--quick-gen-key", "Marker Keyname <zq9key@example.org>",
                            "default", "default", "never"], env=gpg, check=True, capture_output=True)
            for name in ("pinentry-curses", "pinentry-gtk-2"):
                program = home.top / name
                program.write_text("#!/bin/sh\n")
                program.chmod(0o755)
            agent = keyring / "gpg-agent.conf"
            agent.write_text(f"# mine\npinentry-program  {home.top}/pinentry-curses \n")
            here = here_of(home, **person, GPG_TTY="")
            assert here["gnupg"]["result"] == "passed" and "zq9key" not in str(here) and "Keyname" not in str(here), here
            assert here["pinentry"]["result"] == "warning" and "GPG_TTY=$(tty)" in here["pinentry"]["hint"], here
            assert "pinentry-curses" in here["pinentry"]["detail"], here
            assert here_of(home, **person, GPG_TTY="/dev/pts/7")["pinentry"]["result"] == "passed"
            agent.write_text(f"pinentry-program {home.top}/pinentry-gtk-2\n")
            here = here_of(home, **person, GPG_TTY="/dev/pts/7")
            assert here["pinentry"]["result"] == "warning" and "graphical" in here["pinentry"]["detail"], here
            agent.write_text("pinentry-program /nonexistent/pinentry\n")
            assert "no pinentry" in here_of(home, **person)["pinentry"]["detail"]
        finally:
            subprocess.run(["gpgconf", "--kill", "all"], env=gpg, check=False)


def test_others_may_not_look():
    with Home(campus().options()) as home:
        home.account()
        config = home.dir / "config"
        config.chmod(0o755)
        done = home.run("doctor", "--no-sign-in", "--json")
        told = check_of(done.json()["here"], "permissions")
        assert done.status == 0 and told["result"] == "warning" and "chmod 700" in told["hint"], done
        config.chmod(0o700)
        done = home.run("doctor", "--no-sign-in", "--json")
        assert check_of(done.json()["here"], "permissions")["result"] == "passed", done


def test_help():
    with Home() as home:
        done = home.run("doctor", "--help")
        assert done.status == 0 and "--report" in done.out, done


if __name__ == "__main__":
    sys.exit(run(sys.modules[__name__]))
