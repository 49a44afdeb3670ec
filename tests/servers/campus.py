"""A private campus on the loopback: a real Dovecot (IMAP, POP3, submission) with certificates for the real host names, and a
small sink behind the submission. Ports are free ones; everything lives under one temporary directory and is ended by pid."""
import base64
import ctypes
import getpass
import grp
import imaplib
import os
import pathlib
import pwd
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time

HOSTS = ["imap.jaist.ac.jp", "pop.jaist.ac.jp", "smtp.jaist.ac.jp",
         "imap-da.jaist.ac.jp", "pop-da.jaist.ac.jp", "smtp-da.jaist.ac.jp",
         "mailv3.m.titech.ac.jp", "smtpv3.m.titech.ac.jp"]
STANDARD = {993: "imaps", 143: "imap", 995: "pop3s", 110: "pop3", 465: "submissions", 587: "submission"}
USERS = {"s2410001": "correct-horse", "tanaka.t.abXy12": "matrix-pass"}
PREFIX = "abcd-efgh-ijkl-mnop:"
DA_USER = "s2410002"
USERS[DA_USER] = PREFIX + "battery-staple"


def free_ports(services, address="127.0.0.1"):
    """A port for each service; all are held until the last is found, so that none is given twice."""
    probes = {service: socket.socket() for service in services}
    for probe in probes.values():
        probe.bind((address, 0))
    ports = {service: probe.getsockname()[1] for service, probe in probes.items()}
    for probe in probes.values():
        probe.close()
    return ports


class Sink(threading.Thread):
    """The least that the submission service relays to: it takes every mail and forgets it."""

    def __init__(self):
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.start()

    def run(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    @staticmethod
    def serve(connection):
        with connection, connection.makefile("rwb") as lines:
            def say(text):
                lines.write(text.encode() + b"\r\n")
                lines.flush()
            try:
                say("220 sink ESMTP")
                in_data = False
                for line in lines:
                    word = line.strip().upper()
                    if in_data:
                        in_data = word != b"."
                        if not in_data:
                            say("250 2.0.0 taken")
                    elif word.startswith(b"EHLO"):
                        say("250-sink")
                        say("250-8BITMIME")
                        say("250 PIPELINING")
                    elif word == b"DATA":
                        in_data = True
                        say("354 go on")
                    elif word == b"QUIT":
                        say("221 2.0.0 bye")
                        return
                    else:
                        say("250 2.0.0 ok")
            except OSError:
                return

    def stop(self):
        self.listener.close()


def end_with_parent():
    """A test that is killed leaves no server behind: the kernel ends it (PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


class PortTaken(RuntimeError):
    pass


class Campus:
    def __init__(self, users=None, extra=""):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="fubako-campus."))
        self.dir.chmod(0o755)
        self.users = dict(users or USERS)
        self.sink = Sink()
        self.make_certificates()
        for tries_left in reversed(range(5)):
            self.ports = free_ports(STANDARD.values())
            self.wrong_ports = free_ports(("imaps", "submissions"), "127.0.0.2")
            self.configure(extra)
            try:
                self.start()
                return
            except PortTaken:  # by another program, between the look and the use
                self.process.wait(10)
                if not tries_left:
                    raise

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.stop()

    # --- certificates ---

    def openssl(self, *words):
        subprocess.run(["openssl", *map(str, words)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                       cwd=self.dir)

    def leaf(self, name, hosts):
        self.openssl("ecparam", "-genkey", "-name", "prime256v1", "-noout", "-out", f"{name}.key")
        self.openssl("req", "-new", "-key", f"{name}.key", "-subj", f"/CN={name}", "-out", f"{name}.csr")
        (self.dir / "ext").write_text("subjectAltName=" + ",".join("DNS:" + host for host in hosts) +
                                      "\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n")
        self.openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "30",
                     "-sha256", "-extfile", "ext", "-out", f"{name}.pem")

    def make_certificates(self):
        self.openssl("ecparam", "-genkey", "-name", "prime256v1", "-noout", "-out", "ca.key")
        self.openssl("req", "-x509", "-new", "-key", "ca.key", "-subj", "/CN=Campus test CA", "-days", "30", "-out", "ca.pem",
                     "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign")
        self.leaf("server", HOSTS)
        self.leaf("wrong", ["mail.elsewhere.example"])
        self.cafile = self.dir / "ca.pem"
        for key in self.dir.glob("*.key"):
            key.chmod(0o644)  # worthless keys; Dovecot's processes may run as others

    # --- Dovecot ---

    def configure(self, extra):
        root = os.geteuid() == 0
        me = getpass.getuser() if not root else "root"
        mail_user = "nobody" if root else me
        mail_group = grp.getgrgid(pwd.getpwnam(mail_user).pw_gid).gr_name
        internal, login = ("dovecot", "dovenull") if root else (me, me)
        chroot = "" if root else "chroot ="
        for name in ("run", "state", "users"):
            (self.dir / name).mkdir(exist_ok=True)
        if root:
            shutil.chown(self.dir / "users", mail_user)
        (self.dir / "passwd").write_text("".join(f"{user}:{{PLAIN.b64}}{base64.b64encode(password.encode()).decode()}\n"
                                                 for user, password in self.users.items()))
        (self.dir / "passwd").chmod(0o644)
        listeners = {}
        for service, port in self.ports.items():
            listeners.setdefault(service.rstrip("s") if service != "pop3s" else "pop3", []).append((service, port, "127.0.0.1"))
        for service, port in self.wrong_ports.items():
            listeners[service.rstrip("s")].append((service + "-wrong", port, "127.0.0.2"))
        services = ""
        for protocol, entries in listeners.items():
            inet = "".join(f"  inet_listener {name} {{\n    address = {address}\n    port = {port}\n"
                           f"    ssl = {'yes' if 's' in name.split('-')[0][-1:] else 'no'}\n  }}\n"
                           for name, port, address in entries)
            unused = {"imap": ["imap", "imaps"], "pop3": ["pop3", "pop3s"], "submission": ["submission", "submissions"]}[protocol]
            inet += "".join(f"  inet_listener {name} {{\n    port = 0\n  }}\n" for name in unused
                            if name not in [entry[0] for entry in entries])
            services += f"service {protocol}-login {{\n  service_count = 0\n  {chroot}\n{inet}}}\n"
        (self.dir / "dovecot.conf").write_text(f"""
base_dir = {self.dir}/run
state_dir = {self.dir}/state
instance_name = fubako-{self.dir.name}
log_path = {self.dir}/log
auth_verbose = yes
auth_failure_delay = 0
default_internal_user = {internal}
default_login_user = {login}
default_internal_group = {grp.getgrgid(pwd.getpwnam(internal).pw_gid).gr_name}
default_vsz_limit = 0
first_valid_uid = 1
first_valid_gid = 1
mail_uid = {mail_user}
mail_gid = {mail_group}
mail_location = maildir:{self.dir}/users/%u/Maildir
mail_home = {self.dir}/users/%u
mail_max_userip_connections = 100
mail_fsync = never
protocols = imap pop3 submission
listen = 127.0.0.1
disable_plaintext_auth = yes
auth_mechanisms = plain login
auth_username_format = %u
ssl = required
ssl_cert = <{self.dir}/server.pem
ssl_key = <{self.dir}/server.key
local 127.0.0.2 {{
  ssl_cert = <{self.dir}/wrong.pem
  ssl_key = <{self.dir}/wrong.key
}}
passdb {{
  driver = passwd-file
  args = {self.dir}/passwd
}}
userdb {{
  driver = static
  args = uid={mail_user} gid={mail_group} home={self.dir}/users/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Sent {{
    auto = subscribe
    special_use = \\Sent
  }}
  mailbox Junk {{
    auto = subscribe
    special_use = \\Junk
  }}
}}
submission_relay_host = 127.0.0.1
submission_relay_port = {self.sink.port}
hostname = mail.campus.example
{services}
service anvil {{
  {chroot}
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
{extra}
""")

    def start(self):
        self.process = subprocess.Popen(["/usr/sbin/dovecot", "-F", "-c", self.dir / "dovecot.conf"], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=open(self.dir / "stderr", "wb"),
                                        start_new_session=True, preexec_fn=end_with_parent)
        end = time.monotonic() + 20
        for service, port in self.ports.items():
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    if time.monotonic() > end or self.process.poll() is not None:
                        words = (self.dir / "stderr").read_text()
                        if "already in use" in words:
                            raise PortTaken(words)
                        raise RuntimeError(f"Dovecot does not listen for {service}: " + words +
                                           self.log()[-2000:])
                    time.sleep(0.05)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(0.5)  # left alone it may wait seconds for its children
        except subprocess.TimeoutExpired:
            pass
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait(10)
        self.sink.stop()
        shutil.rmtree(self.dir, ignore_errors=True)

    def log(self):
        path = self.dir / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    # --- what tests ask ---

    def options(self, wrong_host=False):
        """--resolve for every campus host and port, and --cafile."""
        words = ["--cafile", str(self.cafile)]
        for host in HOSTS:
            for standard, service in STANDARD.items():
                address, port = "127.0.0.1", self.ports[service]
                if wrong_host and service in self.wrong_ports:
                    address, port = "127.0.0.2", self.wrong_ports[service]
                words += ["--resolve", f"{host}:{standard}:{address}:{port}"]
        return words

    def failed_sign_ins(self, user=None):
        """How many refused passwords the server's log tells of."""
        return sum(1 for line in self.log().splitlines()
                   if "assword mismatch" in line and (user is None or user in line))

    def imap(self, user):
        context = ssl.create_default_context(cafile=str(self.cafile))
        context.check_hostname = False
        connection = imaplib.IMAP4_SSL("127.0.0.1", self.ports["imaps"], ssl_context=context)
        connection.login(user, self.users[user])
        return connection

    def append(self, user, messages, folder="INBOX", flags=None):
        connection = self.imap(user)
        try:
            if folder != "INBOX":
                connection.create(folder)
            for message in messages:
                status, answer = connection.append(folder, flags, None, message.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
                assert status == "OK", answer
        finally:
            connection.logout()
