#!/usr/bin/python3
"""A server that cannot prove who it is, or talks its way round TLS, gets no password: by setup and by sync, on every protocol."""
import pathlib
import ssl
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "servers"))
from campus import Campus  # noqa: E402
from liar import Liar  # noqa: E402
from tap import run  # noqa: E402
from walk import Home  # noqa: E402

CERT, PROTOCOL = 68, 76
PASSWORD = "correct-horse"
CAMPUS = None


def campus():
    global CAMPUS
    CAMPUS = CAMPUS or Campus()
    return CAMPUS


def certificate(name="server"):
    return campus().dir / f"{name}.pem", campus().dir / f"{name}.key"


def setup(home, incoming="imap:993", outgoing="smtp:465"):
    secret = home.top / "secret"
    secret.write_text(PASSWORD + "\n")
    return home.run("setup", "--profile", "jaist", "--user", "s2410001", "--address", "taro@jaist.ac.jp", "--password-command",
                    f"cat {secret}", "--incoming", incoming, "--outgoing", outgoing, "--yes", "--json")


def failed_steps(done):
    """As in {"imap certificate"}."""
    return {f"{line['protocol'].lower().rstrip('3')} {line['step']}" for line in done.json()["lines"] if not line["passed"]}


def check_refused(done, status, step, home):
    assert done.status == status, done
    assert step in failed_steps(done), f"{step} did not fail: {done}"
    assert not done.json()["saved"] and not list(home.dir.glob("config/accounts.d/*")), "an account was saved"


def test_certificate_of_another_host():
    options = campus().options(wrong_host=True)
    before = campus().log()
    with Home(options) as home:
        done = setup(home)
        check_refused(done, CERT, "imap certificate", home)
        assert "smtp certificate" in failed_steps(done), done
        assert any("imap.jaist.ac.jp" in line["detail"] for line in done.json()["lines"] if not line["passed"]), done
    with Home(options) as home:
        home.account()
        done = home.run("sync")
        assert done.status == CERT and "imap.jaist.ac.jp" in done.err, done
        assert not home.maildir_files()
    log = campus().log()[len(before):]
    assert "Login:" not in log and "mismatch" not in log, log


def test_unknown_authority():
    """The system's authorities do not know the campus of this test."""
    options = campus().options()
    del options[options.index("--cafile"):options.index("--cafile") + 2]
    before = campus().log()
    with Home(options) as home:
        check_refused(setup(home), CERT, "imap certificate", home)
        check_refused(setup(home, "pop:995", "smtp:587"), CERT, "smtp certificate", home)
    with Home(options) as home:
        home.account()
        assert home.run("sync").status == CERT
    log = campus().log()[len(before):]
    assert "Login:" not in log and "mismatch" not in log, log


def test_cafile_that_is_not_there():
    with Home([*campus().options(), "--cafile", "/nonexistent/ca.pem"]) as home:
        home.account()
        done = home.run("sync")
        assert done.status != 0 and "/nonexistent/ca.pem" in done.err, done


def lying(protocol, lie, implicit=False, newest_tls=None, name="server"):
    return Liar(protocol, lie, certificate(name), implicit, newest_tls)


def standard_of(protocol, implicit):
    return {"imap": (143, 993), "pop": (110, 995), "smtp": (587, 465)}[protocol][implicit]


def check_lie(protocol, lie, status, step, implicit=False, newest_tls=None, name="server"):
    """The lie is met by setup and (but for SMTP) by sync; neither tells the password, nor even tries to sign in."""
    host, port = f"{protocol}.jaist.ac.jp", standard_of(protocol, implicit)
    with lying(protocol, lie, implicit, newest_tls, name) as liar:
        options = liar.replaces(campus().options(), host, port)
        with Home(options) as home:
            words = {"outgoing": f"smtp:{port}"} if protocol == "smtp" else {"incoming": f"{protocol}:{port}"}
            done = setup(home, **words)
            assert liar.connections == 1, f"{protocol} {lie}: {liar.connections} connections; {done}"
            check_refused(done, status, f"{protocol} {step}", home)
        with Home(options) as home:
            if protocol != "smtp":
                home.account(protocol=protocol, port=port, security="tls" if implicit else "starttls")
                done = home.run("sync")
                assert liar.connections == 2, f"{protocol} {lie}: {liar.connections} connections; {done}"
                assert done.status == status and host in done.err, f"{protocol} {lie}: {done}"
        heard = liar.heard()
        assert not liar.tells(PASSWORD), f"{protocol} {lie}: the password was told: {heard}"
        for word in (b"AUTH", b"LOGIN ", b"PASS ", b"USER "):
            assert word not in heard.upper(), f"{protocol} {lie}: a sign-in was begun: {heard}"


def test_recorder_hears_a_password():
    """What the other tests rely on: told properly, inside TLS, the password is seen by the liar."""
    for protocol, implicit in (("imap", True), ("imap", False), ("pop", True), ("pop", False)):
        with lying(protocol, "honest", implicit) as liar:
            port = standard_of(protocol, implicit)
            with Home(liar.replaces(campus().options(), f"{protocol}.jaist.ac.jp", port)) as home:
                home.account(protocol=protocol, port=port, security="tls" if implicit else "starttls")
                done = home.run("sync")
                assert liar.tells(PASSWORD), f"{protocol}: {done} {liar.heard()}"
                assert not liar.tells_in_clear(PASSWORD), f"{protocol}: {liar.in_clear}"
    for implicit in (True, False):
        with lying("smtp", "honest", implicit) as liar:
            port = standard_of("smtp", implicit)
            with Home(liar.replaces(campus().options(), "smtp.jaist.ac.jp", port)) as home:
                done = setup(home, outgoing=f"smtp:{port}")
                assert done.status == 0 and done.json()["saved"], done
                assert liar.tells(PASSWORD) and not liar.tells_in_clear(PASSWORD), liar.heard()


def test_starttls_stripped():
    for protocol in ("imap", "pop", "smtp"):
        check_lie(protocol, "stripped", CERT, "starttls")


def test_starttls_refused():
    for protocol in ("imap", "pop", "smtp"):
        check_lie(protocol, "refusing", CERT, "starttls")


def test_starttls_injected():
    for protocol in ("imap", "pop", "smtp"):
        check_lie(protocol, "injecting", PROTOCOL, "tls")


def test_preauth_before_starttls():
    check_lie("imap", "preauth", PROTOCOL, "greeting")


def test_starttls_with_a_certificate_of_another_host():
    for protocol in ("imap", "pop", "smtp"):
        check_lie(protocol, "honest", CERT, "certificate", name="wrong")


def test_old_tls():
    for protocol in ("imap", "pop", "smtp"):
        check_lie(protocol, "honest", CERT, "tls", implicit=True, newest_tls=ssl.TLSVersion.TLSv1_1)


if __name__ == "__main__":
    try:
        sys.exit(run(sys.modules[__name__]))
    finally:
        if CAMPUS:
            CAMPUS.stop()
