"""Mail that strangers send: every message is a name, its bytes, and the words that must still be readable."""
import base64
import random

ESC = "\x1b"
# What a terminal would obey: title, colours, clipboard, answers typed back, alternate screen, device strings, C1 forms, bell.
ORDERS = [f"{ESC}]0;OWNED\x07", f"{ESC}[31m", f"{ESC}]52;c;T1dORUQ=\x07", f"{ESC}[6n", f"{ESC}[?1049h", f"{ESC}[2J", f"{ESC}[21t",
          f"{ESC}Pq#0;2;0;0;0{ESC}\\", f"{ESC}]8;;https://evil.example/{ESC}\\", f"{ESC}c", "\x9b31m", "\x9d0;OWNED\x9c", "\x07", "\x08\x08\x08",
          "\x7f", "\x0e", "\x0c", "\x0b", f"{ESC}_Gf=24{ESC}\\", f"{ESC}#8", "\r"]
BIDI = "\u202e\u202d\u2066\u2067\u2068\u2069\u200e\u200f\u061c\u202a\u202b\u202c"
UNSEEN = "\u200b\ufeff\U000e0041\U000e007f\u2028\u2029"
ALL = "".join(ORDERS) + BIDI + UNSEEN


def word(text, charset="utf-8"):
    """An RFC 2047 word for every character, so that none of them is folded or refused."""
    return "\n ".join(f"=?{charset}?B?{base64.b64encode(text[at:at + 8].encode(charset)).decode()}?=" for at in range(0, len(text), 8))


def mail(body, subject="x", sender="a@example.org", extra="", kind="text/plain; charset=UTF-8", encoding="8bit", number=[0]):
    number[0] += 1
    head = (f"From: {sender}\nTo: taro@jaist.ac.jp\nSubject: {subject}\nDate: Mon, 2 Nov 2026 09:00:00 +0900\n"
            f"Message-ID: <nasty-{number[0]}@example.org>\n{extra}MIME-Version: 1.0\n")
    if kind:
        head += f"Content-Type: {kind}\nContent-Transfer-Encoding: {encoding}\n"
    return head.encode("utf-8", "surrogateescape") + b"\n" + (body if isinstance(body, bytes) else body.encode())


def nested(depth, inner):
    body = inner
    for level in range(depth):
        body = f"Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n{body}\n--b{level}--\n"
    return body


def escapes():
    orders = ALL.replace("\r", "")
    yield "orders in the body", mail(f"SEEN {ALL} SEEN"), ["SEEN"]
    yield "orders in encoded words", mail("SEEN", subject=word("TITLE" + ALL), sender=word(ALL) + " <a@example.org>"), ["SEEN", "TITLE"]
    yield "orders raw in the fields", mail("SEEN", subject=f"TITLE {orders}", sender=f'"Name {orders}" <a@example.org>',
                                           extra=f"X-{orders}: y\nCc: {orders} <b@example.org>\nReply-To: <{orders}@example.org>\n"), ["SEEN", "TITLE"]
    yield "raw C1 bytes", mail(b"SEEN \x9b31m \x9d0;OWNED\x9c \xc2\x9b31m \x90q\x9c SEEN", kind="text/plain; charset=iso-8859-1"), ["SEEN"]
    yield "orders as entities", mail("<p>SEEN &#27;[31m &#x1b;]0;OWNED&#7; &#155;31m &#x9b;31m &#8238;evil&#8237; &#x202e; &#0; &#127;"
                                     "<a href='https://jaist.ac.jp/&#27;[31m'>&#27;]8;;x&#27;\\ LINK</a>", kind="text/html; charset=utf-8"), ["SEEN", "LINK"]
    name = f"bill{BIDI}fdp{orders}.exe"
    yield "orders in a file name", mail(f"--x\nContent-Type: text/plain\n\nSEEN\n--x\nContent-Type: application/pdf\n"
                                        f"Content-Disposition: attachment; filename=\"{word(name)}\"\n\nx\n"
                                        f"--x\nContent-Type: application/pdf; name=\"../../{name}\"\n\nx\n--x--\n",
                                        kind="multipart/mixed; boundary=x"), ["SEEN"]
    yield "orders in types and charsets", mail(f"--x\nContent-Type: text/{orders}; charset=\"{orders}\"\n\nSEEN {orders}\n--x\n"
                                               f"Content-Type: {orders}/{orders}\nContent-Transfer-Encoding: {orders}\n\nx\n--x--\n",
                                               kind="multipart/mixed; boundary=x"), ["SEEN"]
    yield "orders in Japanese", mail(b"\x1b$B@^8\x1b(B SEEN \x1b[31m\x1b$B\x1b]0;OWNED\x07\x1b(B SEEN \x1b$B", kind="text/plain; charset=iso-2022-jp"), ["SEEN"]
    yield "orders in UTF-7", mail("SEEN +ABs-[31m +AJs-31m +IC4-x SEEN", kind="text/plain; charset=utf-7"), ["SEEN"]
    yield "orders in UTF-16", mail(base64.b64encode(("SEEN" + ALL).encode("utf-16")).decode(), kind="text/plain; charset=utf-16", encoding="base64"), ["SEEN"]
    yield "orders in quoted-printable", mail("SEEN =1B[31m=1B]0;OWNED=07=9B31m=C2=9B31m=E2=80=AE=7F=00 SEEN", encoding="quoted-printable"), ["SEEN"]
    yield "orders in links", mail(f"SEEN https://evil.example/{ESC}[31m{BIDI}x http://[::1]{ESC}]0;OWNED\x07 mailto:{ESC}c@x"), ["SEEN"]
    yield "orders in the date", mail("SEEN", extra=f"Date: {orders}\nDate: Mon, 99 Zzz 99999 99:99:99 +9999\n"), ["SEEN"]
    yield "orders in an invitation", mail(f"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:SEEN {orders}\nLOCATION:{orders}\nDTSTART:{orders}\nEND:VEVENT\n"
                                          "END:VCALENDAR\n", kind="text/calendar; charset=utf-8; method=REQUEST"), []


def broken():
    yield "empty", b"", []
    yield "one line feed", b"\n", []
    yield "only a body", b"\nSEEN\n", ["SEEN"]
    yield "no empty line", b"From: a@example.org\nSubject: TITLE", ["TITLE"]
    yield "an mbox line first", b"From a@example.org Mon Nov  2 09:00:00 2026\n" + mail("SEEN", subject="TITLE"), ["SEEN", "TITLE"]
    yield "no fields at all", b"SEEN is what this says\nand no more\n", ["SEEN"]
    yield "boundary never comes", mail("SEEN", kind="multipart/mixed; boundary=never"), ["SEEN"]
    yield "no boundary", mail("SEEN", kind="multipart/mixed"), ["SEEN"]
    yield "never closed", mail("--x\nContent-Type: text/plain\n\nSEEN", kind="multipart/mixed; boundary=x"), ["SEEN"]
    yield "boundary of orders", mail(f"--{ESC}[31m\n\nSEEN\n--{ESC}[31m--", kind=f'multipart/mixed; boundary="{ESC}[31m"'), ["SEEN"]
    yield "empty multipart", mail("--x--\n", kind="multipart/alternative; boundary=x"), []
    yield "cut base64", mail("U0VFTiBhbmQgbW9yZQ=", encoding="base64"), ["SEEN"]
    yield "base64 with rubbish", mail("U0!VF*Ti\x01Bhb\nmQgbW9y ZQ==", encoding="base64"), ["SEEN"]
    yield "wrong quoted-printable", mail("SEEN =ZZ =\x01 =", encoding="quoted-printable"), ["SEEN"]
    yield "unknown encoding", mail("SEEN", encoding="x-rot13"), ["SEEN"]
    yield "unknown charset", mail("SEEN", kind="text/plain; charset=x-martian"), ["SEEN"]
    yield "not UTF-8 though it says so", mail(b"SEEN \xff\xfe\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80 SEEN"), ["SEEN"]
    yield "UTF-8 that says nothing", mail("SEEN 日本語", kind=None), ["SEEN", "日本語"]
    yield "two of everything", mail("SEEN", extra="From: b@example.org\nSubject: other\nContent-Type: text/html\n"), ["SEEN"]
    yield "nothing but type errors", mail("SEEN", kind=";;;=;\"", encoding=";"), ["SEEN"]
    yield "encoded words unfinished", mail("SEEN", subject="TITLE =?utf-8?B?w6k =?utf-8?Q?=ZZ?= =?x?y?z?= =?utf-8?B??="), ["SEEN", "TITLE"]
    yield "lone carriage returns", mail(b"SEEN\rOVER\rWRITE\r\r\nSEEN"), ["SEEN"]
    yield "HTML that never ends", mail("<p>SEEN<!-- <script> <style> <b", kind="text/html"), ["SEEN"]
    yield "message in message in message", mail("".join("Content-Type: message/rfc822\n\n" for _ in range(300)) + "\nSEEN", kind="message/rfc822"), []
    yield "a group as sender", mail("SEEN", sender="friends: a@x.example, b@y.example;"), ["SEEN"]


def large():
    yield "one line of 5 MB", mail("SEEN " + "a" * 5_000_000), ["SEEN"]
    yield "one wide line", mail("SEEN " + "漢" * 300_000), ["SEEN"]
    yield "a subject of 1 MB", mail("SEEN", subject="TITLE " + "s" * 1_000_000), ["SEEN", "TITLE"]
    yield "20,000 addresses", mail("SEEN", extra="Cc: " + ",\n ".join(f"u{n}@example.org" for n in range(20_000)) + "\n"), ["SEEN"]
    yield "20,000 fields", mail("SEEN", extra="".join(f"X-F{n}: v\n" for n in range(20_000))), ["SEEN"]
    yield "20,000 parts", mail("--x\n\nSEEN\n" + "".join("--x\nContent-Disposition: attachment; filename=f\n\nx\n" for _ in range(20_000)) + "--x--\n",
                               kind="multipart/mixed; boundary=x"), ["SEEN"]
    yield "500 multiparts deep", mail("", kind=None).rstrip(b"\n") + b"\n" + nested(500, "Content-Type: text/plain\n\nSEEN").encode(), []
    yield "50,000 elements deep", mail("<div>" * 50_000 + "SEEN", kind="text/html"), []
    yield "50,000 nested tables", mail("<p>SEEN</p>" + "<table><tr><td>" * 5_000 + "x", kind="text/html"), ["SEEN"]
    yield "a table of 1,000 by 300", mail("<p>SEEN</p><table>" + ("<tr>" + "<td>x" * 300) * 1_000 + "</table>", kind="text/html"), ["SEEN"]
    yield "table spans of a billion", mail("<p>SEEN</p><table><tr><td colspan=1000000000 rowspan=1000000000>x<td>y</table>", kind="text/html"), ["SEEN"]
    yield "100,000 links", mail("SEEN " + " ".join(f"http://h{n}.example/" for n in range(100_000))), ["SEEN"]
    yield "1,000,000 line feeds", mail("SEEN" + "\n" * 1_000_000), ["SEEN"]
    yield "one character, many marks", mail("SEEN a" + "\u0301" * 100_000), ["SEEN"]
    yield "quotes 10,000 deep", mail("SEEN\n" + ">" * 10_000 + " x"), ["SEEN"]
    rubbish = random.Random(1).randbytes(200_000)
    yield "random bytes", rubbish, []
    yield "random body", mail(b"SEEN " + rubbish), ["SEEN"]


def messages():
    for kind in (escapes, broken, large):
        yield from kind()


def forbidden(text):
    """What of a string may not reach a terminal: controls but the line feed, C1, bidirectional and unseen characters."""
    bad = set()
    for letter in text:
        code = ord(letter)
        if (code < 0x20 and letter != "\n") or 0x7f <= code < 0xa0 or letter in BIDI or letter in UNSEEN or 0xe0000 <= code < 0xe0080:
            bad.add(letter)
    return sorted(bad)
