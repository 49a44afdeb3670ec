#!/usr/bin/python3
"""The whole first walk by keys on a pseudo-terminal: set an account up, see the list, read a Japanese HTML mail, be warned."""
import base64
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "servers"))
from campus import Campus  # noqa: E402
from steps import (ESCAPE, JAIST, MAIL_DA, TITECH, at_step, cursor_line, go_to_check, go_to_secret, move_to,  # noqa: E402
                   no_secret_on, screen_of, set_up)
from tap import run  # noqa: E402
from walk import Home, letter, samples  # noqa: E402

TITLE = "容量のお知らせ"


def notice(shown, real):
    """A Japanese HTML mail in ISO-2022-JP whose link shows one host and goes to another that looks like it."""
    html = (f"<html><body><p>利用者 各位</p><p>メールボックスの<b>容量</b>が上限に達しました。</p>"
            f'<p><a href="https://{real}/login">https://{shown}/</a></p></body></html>')
    title = base64.b64encode(TITLE.encode("iso-2022-jp")).decode()
    name = base64.b64encode("情報基盤センター".encode("iso-2022-jp")).decode()
    return (f"From: =?ISO-2022-JP?B?{name}?= <support@quota.example>\nTo: you\nSubject: =?ISO-2022-JP?B?{title}?=\n"
            f"Date: Fri, 20 Nov 2026 10:00:00 +0900\nMessage-ID: <notice@quota.example>\nMIME-Version: 1.0\n"
            f"Content-Type: text/html; charset=ISO-2022-JP\nContent-Transfer-Encoding: base64\n\n"
            f"{base64.encodebytes(html.encode('iso-2022-jp')).decode()}").encode()


MAILS = {"jaist.ac.jp": notice("web-mail.jaist.ac.jp", "web-mail.jaist.ac.jp.net"),
         "m.titech.ac.jp": notice("portal.titech.ac.jp", "portal.titech-ac-jp.jp")}


def read_the_notice(screen, alarm, host):
    """From the list: the row, the mail, the bar right below the title."""
    move_to(screen, TITLE[:4])
    screen.keys("\r")
    screen.wait_gone("Letter 1")
    screen.wait_for(TITLE)
    lines = screen.plain().split("\n")
    bar = lines[1] + lines[2] + lines[3]
    assert lines[1].startswith((" ✗", "✗")) and alarm in lines[1], f"no alarm below the title:\n{screen.plain()}"
    assert host in bar.replace(" ", ""), f"the bar does not name {host}:\n{screen.plain()}"
    if screen.screen.lines < 24:  # the text begins below; at its end, Space would go to the next mail
        screen.keys(" ")
    screen.wait_until(lambda: "メールボックスの容量が上限" in screen.plain().replace("\n ", ""), "the mail's text")
    assert alarm in screen.plain().split("\n")[1], f"the bar went away:\n{screen.plain()}"


def whole_walk(person, mail, alarm, host, rows=24, columns=80, language=None, inbox="Inbox", quit_question="Leave"):
    with Campus() as campus, Home(campus.options()) as home:
        campus.append(person.user, [letter(1), mail, letter(2)])
        with screen_of(home, rows, columns, language) as screen:
            set_up(screen, person)
            screen.wait_for(inbox)
            for subject in (TITLE[:4], "Letter 1", "Letter 2"):
                screen.wait_for(subject)
            read_the_notice(screen, alarm, host)
            screen.keys("q")
            screen.wait_for("Letter 2")
            screen.wait_for(["2 unread of 3", "未読 2"])
            screen.wait_until(lambda: TITLE[:4] in cursor_line(screen), "the cursor on the mail that was read")
            screen.keys("q")
            screen.wait_for(quit_question)
            screen.keys("y")
            assert screen.wait_exit() == 0
            no_secret_on(screen, person)
        assert campus.failed_sign_ins() == 0, campus.log()
        accounts = list((home.dir / "config" / "accounts.d").glob("*.ini"))
        assert len(accounts) == 1 and f"profile = {person.profile}" in accounts[0].read_text(), accounts
        assert person.password not in accounts[0].read_text()
        assert len(home.maildir_files()) == 3


def test_J1_jaist_on_campus():
    whole_walk(JAIST, MAILS["jaist.ac.jp"], "LOOKALIKE", "web-mail.jaist.ac.jp.net")


def test_J11_mail_da_with_prefix_and_password():
    whole_walk(MAIL_DA, MAILS["jaist.ac.jp"], "LOOKALIKE", "web-mail.jaist.ac.jp.net")


def test_T2_titech_with_auth_id():
    whole_walk(TITECH, MAILS["m.titech.ac.jp"], "✗", "portal.titech-ac-jp.jp")


def test_jaist_in_japanese():
    whole_walk(JAIST, MAILS["jaist.ac.jp"], "偽物の疑い", "web-mail.jaist.ac.jp.net", language="ja", inbox="受信トレイ",
               quit_question="終了しますか")


def test_jaist_on_a_small_screen():
    whole_walk(JAIST, MAILS["jaist.ac.jp"], "LOOKALIKE", "jaist.ac.jp.net", rows=12, columns=40)


def test_mail_da_in_japanese_on_a_small_screen():
    whole_walk(MAIL_DA, MAILS["jaist.ac.jp"], "偽物の疑い", "jaist.ac.jp.net", rows=12, columns=40, language="ja", inbox="受信トレイ",
               quit_question="終了")


def test_second_start_asks_for_the_password_and_fetches_what_came():
    with Campus() as campus, Home(campus.options()) as home:
        campus.append(JAIST.user, [letter(1)])
        with screen_of(home) as screen:
            set_up(screen, JAIST)
            screen.wait_for("Letter 1")
            screen.keys("qy")
            assert screen.wait_exit() == 0
        campus.append(JAIST.user, [letter(2)])
        with screen_of(home) as screen:
            screen.wait_for("Letter 1")  # at once, from the disk
            screen.wait_for("Password of s2410001")
            screen.keys(JAIST.password + "\r")
            screen.wait_for("Letter 2")
            no_secret_on(screen, JAIST)
        assert campus.failed_sign_ins() == 0, campus.log()


def test_esc_goes_back_and_nothing_is_saved_when_left():
    with Campus() as campus, Home(campus.options()) as home, screen_of(home) as screen:
        go_to_check(screen, JAIST)
        for number in (4, 3, 2, 1):
            screen.keys(ESCAPE)
            at_step(screen, number)
        screen.wait_for(JAIST.address)
        screen.keys(ESCAPE)
        screen.wait_for("Nothing is saved")
        screen.keys("y")
        assert screen.wait_exit() == 0
        assert not list((home.dir / "config").rglob("*.ini")), "something was saved"
        no_secret_on(screen, JAIST)


def test_J1_address_in_place_of_the_user_is_put_right():
    with Home() as home, screen_of(home) as screen:
        at_step(screen, 1)
        screen.keys("s2410001@jaist.ac.jp\r")
        at_step(screen, 2)
        screen.keys("\r")
        at_step(screen, 3)
        screen.keys("s2410001@jaist.ac.jp\r\r\r")
        screen.wait_for("(y/n)")
        screen.keys("y")
        screen.wait_gone("(y/n)")
        assert "s2410001@jaist.ac.jp" not in screen.plain().split("User ID")[1].split("Mail address")[0], screen.plain()


def test_J16_password_refused_on_the_screen_is_tried_once():
    """The check, then Enter and the same password again, then a second start: one sign-in in the server's log."""
    with Campus() as campus, Home(campus.options()) as home, screen_of(home) as screen:
        go_to_check(screen, JAIST, "wrong-horse")
        screen.keys("\r")
        screen.wait_for("Enter goes back to the password")
        assert campus.failed_sign_ins() == 1, campus.log()
        screen.keys("\r")
        at_step(screen, 4)
        screen.keys("wrong-horse\r\r")
        screen.wait_for("(y/n)")  # asks before a refused password goes out again
        screen.keys("n")
        screen.wait_gone("(y/n)")
        assert campus.failed_sign_ins() == 1, campus.log()
        screen.keys(JAIST.password + "\r\r")
        at_step(screen, 5)
        screen.keys("\r")
        screen.wait_for("Inbox")
        assert campus.failed_sign_ins() == 1, campus.log()
        assert b"wrong-horse" not in screen.output


def test_J16_refused_password_of_an_account_is_tried_once_by_the_screen():
    with Campus() as campus, Home(campus.options()) as home:
        home.account(password="wrong-horse")
        for start in (1, 2):
            with screen_of(home) as screen:
                screen.wait_for("press $")
                screen.settle(0.5)
                assert campus.failed_sign_ins() == 1, f"start {start}: {campus.log()}"
                screen.keys("$")  # a key pressed out of impatience is no reason to try again
                screen.wait_for("(y/n)")
                screen.keys("n$n$n")
                screen.settle(0.5)
                assert campus.failed_sign_ins() == 1, f"start {start}: {campus.log()}"
        # The person says that the command was put right: that is one more try, and the mark goes.
        campus.append(JAIST.user, [letter(1)])
        home.account()
        with screen_of(home) as screen:
            screen.wait_for("press $")
            screen.keys("$")
            screen.wait_for("(y/n)")
            screen.keys("y")
            screen.wait_for("Letter 1")
        assert campus.failed_sign_ins() == 1, campus.log()


def test_J11_prefix_without_its_colon_is_put_right():
    with Campus() as campus, Home(campus.options()) as home, screen_of(home) as screen:
        campus.append(MAIL_DA.user, [letter(1)])
        go_to_secret(screen, MAIL_DA)
        screen.keys(MAIL_DA.prefix.rstrip(":") + "\r" + MAIL_DA.password + "\r\r")
        screen.wait_for("(y/n)")
        screen.keys("y")
        at_step(screen, 5)
        screen.keys("\r")
        screen.wait_for("Letter 1")
        assert campus.failed_sign_ins() == 0, campus.log()


if __name__ == "__main__":
    sys.exit(run(sys.modules[__name__]))
