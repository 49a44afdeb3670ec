#!/usr/bin/python3
"""Searching with two accounts: each sees its own mail and all of it; what is written wrong is said to be wrong."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "servers"))
from campus import Campus  # noqa: E402
from tap import run  # noqa: E402
from walk import Home, letter  # noqa: E402

BROKEN = ['"', 'Letter"', '"Letter', "(", ")", "((", "Letter ) (", 'secret) or (Letter', 'Letter)" or "x', "", "  ", "or", "Letter or", "date:xx..yy",
          "from:/(/", "x" * 70000, "("*150 + "Letter" + ")"*150]
FINE = {'"Letter 1"': 1, "(Letter) and (Hello)": 2, "Letter": 2, "*": 2, "not Letter": 0, "secret": 0, 'path:"titech/**"': 1, 'Letter or path:"titech/**"': 2,
        'Letter) or (path:"titech/**"': None, "締切": 0, "「": 0, "-": 0}


def two_accounts(campus, home):
    campus.append("s2410001", [letter(1), letter(2)])
    campus.append("tanaka.t.abXy12", [letter(2), letter(3, subject="secret")])
    home.account()
    home.account(name="titech", profile="titech", user="tanaka.t.abXy12", password="matrix-pass", host="mailv3.m.titech.ac.jp",
                 smtp="smtpv3.m.titech.ac.jp", address="tanaka.t@m.titech.ac.jp")
    done = home.run("sync", "--json")
    assert done.status == 0, done


def test_each_account_finds_its_own_mail_and_no_other():
    with Campus() as campus, Home(campus.options()) as home:
        two_accounts(campus, home)
        for query, count in FINE.items():
            found = home.run("search", "--account", "jaist", "--json", "--", query)
            if count is None:
                assert found.status == 64, f"{query}: {found}"
                continue
            assert found.status == 0, f"{query}: {found}"
            rows = found.json()
            assert len(rows) == count and not any("secret" in row["subject"] for row in rows), f"{query}: {rows}"


def test_mail_that_came_to_both_accounts_is_found_in_both():
    with Campus() as campus, Home(campus.options()) as home:
        two_accounts(campus, home)
        for account in ("jaist", "titech"):
            found = home.run("search", "--account", account, "--json", "id:letter-2@example.org")
            assert found.status == 0 and len(found.json()) == 1, f"{account}: {found}"


def test_what_cannot_be_understood_is_said_to_be_so():
    with Campus() as campus, Home(campus.options()) as home:
        two_accounts(campus, home)
        for query in BROKEN:
            refused = home.run("search", "--account", "jaist", "--json", "--", query)
            assert refused.status == 64 and refused.json()["error"], f"{query[:40]}: {refused}"


if __name__ == "__main__":
    sys.exit(run(sys.modules[__name__]))
