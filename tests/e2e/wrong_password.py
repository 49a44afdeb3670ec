#!/usr/bin/python3
"""A refused password is tried exactly once, whatever is run: the campus locks accounts after failed sign-ins."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "servers"))
from campus import DA_USER, PREFIX, Campus  # noqa: E402
from tap import run  # noqa: E402
from walk import Home, letter  # noqa: E402

AUTH = 77
USER = "s2410001"


def setup(home, secret, *words, profile="jaist", user=USER, address="taro@jaist.ac.jp"):
    return home.run("setup", "--profile", profile, "--user", user, "--address", address, "--password-command", f"cat {secret}",
                    "--yes", *words)


def secret_file(home, name, text):
    path = home.top / name
    path.write_text(text + "\n")
    path.chmod(0o600)
    return path


def no_account(home):
    return not list((home.dir / "config").glob("accounts.d/*.ini"))


def test_J16_setup_tries_once_over_imap_and_smtp_together():
    with Campus() as campus, Home(campus.options()) as home:
        wrong = secret_file(home, "wrong", "wrong-horse")
        done = setup(home, wrong)
        assert done.status == AUTH, done
        assert campus.failed_sign_ins() == 1, campus.log()
        assert no_account(home), "an account that cannot sign in was saved"
        assert "POP/IMAP" in done.out and "Not tried" in done.out, done
        assert "wrong-horse" not in done.out + done.err


def test_J16_setup_over_pop():
    with Campus() as campus, Home(campus.options()) as home:
        done = setup(home, secret_file(home, "wrong", "wrong-horse"), "--incoming", "pop:995", "--json")
        assert done.status == AUTH, done
        told = done.json()
        assert not told["saved"] and told["causes"], told
        assert [line["protocol"] for line in told["lines"] if line["step"] == "sign-in"] == ["POP3", "SMTP"], told
        assert campus.failed_sign_ins() == 1, campus.log()


def test_J11_wrong_prefix_is_one_try_and_names_the_prefix():
    with Campus() as campus, Home(campus.options()) as home:
        right = campus.users[DA_USER]
        password = secret_file(home, "password", right[len(PREFIX):])
        words = ("--prefix-file", secret_file(home, "prefix", "zzzz-zzzz-zzzz-zzzz:"))
        done = setup(home, password, *words, profile="jaist-da", user=DA_USER)
        assert done.status == AUTH and "refix" in done.out, done
        assert campus.failed_sign_ins() == 1, campus.log()
        # A prefix of another shape is a slip of copying: it never reaches the server.
        done = setup(home, password, "--prefix-file", secret_file(home, "short", "zzzz-zzzz"), profile="jaist-da", user=DA_USER)
        assert done.status == 64, done
        assert campus.failed_sign_ins() == 1, campus.log()


def sync_three_times(campus, home, refused_by):
    for number in range(3):
        done = home.run("sync")
        assert done.status == AUTH, f"run {number}: {done}"
        assert campus.failed_sign_ins() == 1, f"run {number}: {campus.log()}"
    assert refused_by in done.err, done
    told = home.run("sync", "--json")
    assert told.status == AUTH and told.json()["exit"] == AUTH, told
    assert campus.failed_sign_ins() == 1, campus.log()


def test_J16_sync_thrice_over_imap():
    with Campus() as campus, Home(campus.options()) as home:
        campus.append(USER, [letter(1)])
        home.account(password="wrong-horse")
        sync_three_times(campus, home, "imap.jaist.ac.jp")
        # The person gives the right one, and says so: mail comes again.
        home.account()
        assert home.run("sync").status == AUTH
        done = home.run("sync", "--retry", "--json")
        assert done.status == 0 and done.json()["fetched"] == 1, done
        assert home.run("sync").status == 0, "the mark is still there"
        assert campus.failed_sign_ins() == 1, campus.log()


def test_J16_sync_thrice_over_pop():
    with Campus() as campus, Home(campus.options()) as home:
        home.account(password="wrong-horse", protocol="pop", port=995)
        sync_three_times(campus, home, "pop.jaist.ac.jp")


def test_J16_retry_is_one_more_try_and_no_more():
    with Campus() as campus, Home(campus.options()) as home:
        home.account(password="wrong-horse")
        assert home.run("sync").status == AUTH
        assert home.run("sync", "--retry").status == AUTH
        assert campus.failed_sign_ins() == 2, campus.log()
        assert home.run("sync").status == AUTH
        assert campus.failed_sign_ins() == 2, campus.log()


if __name__ == "__main__":
    sys.exit(run(sys.modules[__name__]))
