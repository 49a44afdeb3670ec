"""What the end-to-end tests share: homes, runs of the program, sample mail."""
import json
import os
import pathlib
import shutil
import struct
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = pathlib.Path(os.environ.get("FUBAKO_BUILD", ROOT / "build" / "gcc"))
FUBAKO = pathlib.Path(os.environ.get("FUBAKO", BUILD / "fubako"))
SAMPLES = ROOT / "tests" / "data" / "demo"

ACCOUNT = """[account]
name = {name}
profile = {profile}
user = {user}
address = {address}
real-name = Taro
poll-minutes = 10

[incoming]
protocol = {protocol}
host = {host}
port = {port}
security = {security}

[outgoing]
protocol = smtp
host = {smtp}
port = 465
security = tls

[secret]
keep = command
command = {command}
"""


class Run:
    def __init__(self, done):
        self.status, self.out, self.err = done.returncode, done.stdout, done.stderr

    def json(self):
        """The last line that is JSON; for NDJSON the final object."""
        return json.loads(self.out.strip().splitlines()[-1])

    def __str__(self):
        return f"exit {self.status}\n{self.out}\n{self.err}"


class Home:
    """A --home directory of its own, with the global options of a campus."""

    def __init__(self, options=()):
        self.top = pathlib.Path(tempfile.mkdtemp(prefix="fubako-e2e."))
        self.dir = self.top / "home"
        self.options = [str(word) for word in options]

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        shutil.rmtree(self.top, ignore_errors=True)

    def copy(self):
        other = Home(self.options)
        shutil.copytree(self.dir, other.dir)
        return other

    def argv(self, *words):
        return [str(FUBAKO), "--home", str(self.dir), *self.options, *map(str, words)]

    def run(self, *words, environment=None, input=None, timeout=120):
        env = {key: value for key, value in os.environ.items() if not key.startswith(("LC_", "LANG"))}
        env.update({"LANG": "C.UTF-8", "TZ": "Asia/Tokyo"})
        env.update(environment or {})
        done = subprocess.run(self.argv(*words), capture_output=True, text=True, errors="surrogateescape", env=env,
                              stdin=subprocess.DEVNULL if input is None else None, input=input, timeout=timeout,
                              start_new_session=True)
        return Run(done)

    def account(self, name="jaist", profile="jaist", user="s2410001", password="correct-horse", protocol="imap", port=993,
                security="tls", host=None, smtp="smtp.jaist.ac.jp", address="taro@jaist.ac.jp"):
        accounts = self.dir / "config" / "accounts.d"
        accounts.mkdir(parents=True, mode=0o700, exist_ok=True)
        secret = self.top / f"{name}.secret"
        secret.write_text(password + "\n")
        path = accounts / f"{name}.ini"
        path.write_text(ACCOUNT.format(name=name, profile=profile, user=user, address=address, protocol=protocol, port=port,
                                       security=security, smtp=smtp, command=f"cat {secret}",
                                       host=host or {"imap": "imap.jaist.ac.jp", "pop": "pop.jaist.ac.jp"}[protocol]))
        path.chmod(0o600)
        return path

    def maildir_files(self):
        return sorted(path for path in (self.dir / "data" / "mail").glob("*/*/*/*") if path.is_file() and
                      path.parent.name in ("cur", "new"))


def fault(home, **settings):
    """The environment that puts the fault layer under the program; kill=N, full=N."""
    count = home.top / "steps"
    count.unlink(missing_ok=True)
    env = {"LD_PRELOAD": str(BUILD / "fault.so"), "FUBAKO_FAULT_DIR": str(home.dir), "FUBAKO_FAULT_COUNT": str(count)}
    env.update({f"FUBAKO_FAULT_{key.upper()}": str(value) for key, value in settings.items()})
    if "address" in str(BUILD):
        env["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"
    return env


def steps_taken(home):
    """How many durable steps the last run under fault() took, its children's included."""
    return struct.unpack("l", (home.top / "steps").read_bytes())[0]


def samples(folder="INBOX"):
    return [path.read_bytes() for path in sorted((SAMPLES / folder).glob("*.eml"))]


def letter(number, subject="Letter", body="Hello.", extra=""):
    return (f"From: Somebody <somebody@example.org>\nTo: taro@jaist.ac.jp\nSubject: {subject} {number}\n"
            f"Date: Mon, 2 Nov 2026 09:{number // 60 % 60:02}:{number % 60:02} +0900\nMessage-ID: <letter-{number}@example.org>\n{extra}"
            f"MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n\n{body}\n").encode()
