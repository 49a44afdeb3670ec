"""Servers that lie: they never answer, hide STARTTLS, refuse it, inject into it, or show a certificate that must not be believed.
Each keeps what it was told, in the clear and inside TLS, so that a test can say what never went over the wire."""
import base64
import re
import socket
import ssl
import threading

GREETINGS = {"imap": "* OK [CAPABILITY {capabilities}] ready", "smtp": "220 liar ESMTP", "pop": "+OK ready"}
START = {"imap": b"STARTTLS", "smtp": b"STARTTLS", "pop": b"STLS"}


class Liar:
    """protocol: imap, smtp or pop. lie: what it does, see the script() below. certificate: (pem, key) for its TLS.

    silent     takes the connection and says nothing, ever
    mute       says its greeting, then nothing
    stripped   offers no STARTTLS and would take a password in the clear
    refusing   offers STARTTLS and says no to it
    injecting  adds an answer of its own behind the consent to STARTTLS, in one packet
    preauth    (IMAP) claims in its greeting that everybody is signed in
    honest     does what it should, with the certificate it has; takes any password
    mute-tls   honest until TLS stands, then says nothing"""

    def __init__(self, protocol, lie, certificate=None, implicit=False, newest_tls=None):
        self.protocol, self.lie, self.implicit = protocol, lie, implicit
        self.in_clear, self.inside = bytearray(), bytearray()
        self.connections = 0
        self.arrived = threading.Event()
        self.context = None
        if certificate:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            if newest_tls:
                self.context.minimum_version = ssl.TLSVersion.TLSv1
                self.context.maximum_version = newest_tls
                self.context.set_ciphers("ALL:@SECLEVEL=0")
            self.context.load_cert_chain(*map(str, certificate))
        self.open_sockets = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.run, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        # shutdown wakes the threads that wait in accept and recv; close alone does not
        for each in [self.listener, *self.open_sockets]:
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            each.close()

    def run(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            self.open_sockets.append(connection)
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        try:
            session = Session(self, connection)
            session.script()
        except (OSError, EOFError):
            pass
        finally:
            connection.close()

    # --- what tests ask ---

    def heard(self):
        return bytes(self.in_clear + self.inside)

    def tells(self, secret):
        """Whether secret came, as it is or inside base64, encrypted or not."""
        return holds(self.heard(), secret)

    def tells_in_clear(self, secret):
        return holds(bytes(self.in_clear), secret)

    def replaces(self, options, host, standard):
        """options (of a campus) with this server in place of host:standard."""
        words = list(options)
        for at, word in enumerate(words):
            if word.startswith(f"{host}:{standard}:"):
                words[at] = f"{host}:{standard}:127.0.0.1:{self.port}"
        return words


def holds(text, secret):
    secret = secret.encode()
    if secret in text:
        return True
    for token in re.findall(rb"[A-Za-z0-9+/]{4,}={0,2}", text):
        try:
            if secret in base64.b64decode(token + b"=" * (-len(token) % 4)):
                return True
        except ValueError:
            pass
    return False


class Session:
    def __init__(self, liar, connection):
        self.liar, self.connection, self.secure = liar, connection, False
        self.buffer = b""

    def line(self):
        while b"\n" not in self.buffer:
            data = self.connection.recv(65536)
            if not data:
                raise EOFError
            (self.liar.inside if self.secure else self.liar.in_clear).extend(data)
            self.liar.arrived.set()
            self.buffer += data
        line, self.buffer = self.buffer.split(b"\n", 1)
        return line.strip()

    def say(self, text):
        self.connection.sendall(text.encode() + b"\r\n")

    def never_answer(self):
        while True:
            self.line()

    def start_tls(self):
        self.connection = self.liar.context.wrap_socket(self.connection, server_side=True)
        self.liar.open_sockets.append(self.connection)
        self.secure, self.buffer = True, b""

    def script(self):
        lie = self.liar.lie
        if lie == "silent":
            self.liar.arrived.set()
            self.never_answer()
        if self.liar.implicit:
            self.start_tls()
            if lie == "mute-tls":
                self.liar.arrived.set()
                self.never_answer()
        self.greet()
        if lie == "mute":
            self.liar.arrived.set()
            self.never_answer()
        while True:
            self.answer(self.line())

    def capabilities(self):
        offers = "" if self.secure or self.liar.lie == "stripped" else " STARTTLS"
        return "IMAP4rev1 AUTH=PLAIN AUTH=LOGIN" + offers

    def greet(self):
        if self.liar.lie == "preauth":
            self.say("* PREAUTH welcome, everybody")
        else:
            self.say(GREETINGS[self.liar.protocol].format(capabilities=self.capabilities()))

    def answer(self, line):
        words = line.split()
        if self.liar.protocol == "imap":
            tag = words[0].decode(errors="replace") if words else "*"
            self.answer_imap(tag, words[1].upper() if len(words) > 1 else b"", line)
        else:
            verb = words[0].upper() if words else b""
            {"smtp": self.answer_smtp, "pop": self.answer_pop}[self.liar.protocol](verb, line)

    def consent(self, verb, yes, no, injected):
        """The answer to STARTTLS, by the lie; False when verb is another one."""
        if verb != START[self.liar.protocol]:
            return False
        if self.liar.lie in ("refusing", "stripped"):
            self.say(no)
        elif self.liar.lie == "injecting":
            self.say(yes + "\r\n" + injected)
            self.start_tls()
        else:
            self.say(yes)
            self.start_tls()
            if self.liar.lie == "mute-tls":
                self.liar.arrived.set()
                self.never_answer()
        return True

    def answer_imap(self, tag, verb, line):
        if self.consent(verb, f"{tag} OK begin", f"{tag} NO not today",
                        f"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n{tag} OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] signed in"):
            return
        if verb == b"CAPABILITY":
            self.say(f"* CAPABILITY {self.capabilities()}\r\n{tag} OK done")
        elif verb == b"AUTHENTICATE":
            self.challenge(line, "+ ")
            self.say(f"{tag} OK signed in")
        elif verb == b"LIST":
            self.say(f'* LIST () "/" INBOX\r\n{tag} OK done')
        elif verb in (b"SELECT", b"EXAMINE"):
            self.say(f"* 0 EXISTS\r\n* OK [UIDVALIDITY 1] it\r\n* OK [UIDNEXT 1] it\r\n{tag} OK done")
        elif verb == b"LOGOUT":
            self.say(f"* BYE\r\n{tag} OK done")
        else:
            self.say(f"{tag} OK done")

    def challenge(self, line, ask):
        """PLAIN is one answer, LOGIN is two; an initial response saves one."""
        words = line.upper().split()
        mechanism = words[-1] if words[-1] in (b"PLAIN", b"LOGIN") else words[-2]
        answers = 2 if mechanism == b"LOGIN" else 1
        for question in ("VXNlcm5hbWU6", "UGFzc3dvcmQ6")[-answers:]:
            if words[-1] in (b"PLAIN", b"LOGIN") or question == "UGFzc3dvcmQ6" and answers == 2:
                self.say(ask + (question if mechanism == b"LOGIN" else ""))
                self.line()

    def answer_smtp(self, verb, line):
        if self.consent(verb, "220 begin", "454 not today", "250-liar\r\n250 AUTH LOGIN PLAIN\r\n235 signed in"):
            return
        if verb == b"EHLO":
            offers = "" if self.secure or self.liar.lie == "stripped" else "250-STARTTLS\r\n"
            self.say(f"250-liar\r\n{offers}250 AUTH LOGIN PLAIN")
        elif verb == b"AUTH":
            self.challenge(line, "334 ")
            self.say("235 2.7.0 signed in")
        else:
            self.say("221 bye" if verb == b"QUIT" else "250 ok")

    def answer_pop(self, verb, line):
        if self.consent(verb, "+OK begin", "-ERR not today", "+OK\r\nSASL PLAIN\r\nUIDL\r\n.\r\n+OK signed in"):
            return
        if verb == b"CAPA":
            offers = "" if self.secure or self.liar.lie == "stripped" else "STLS\r\n"
            self.say(f"+OK\r\n{offers}USER\r\nSASL PLAIN LOGIN\r\nUIDL\r\n.")
        elif verb == b"AUTH":
            self.challenge(line, "+ ")
            self.say("+OK signed in")
        elif verb in (b"LIST", b"UIDL"):
            self.say("+OK\r\n.")
        else:
            self.say("+OK 0 0")
