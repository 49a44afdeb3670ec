#!/usr/bin/python3
"""A disk that fills up at any write of a fetch: it is said, nothing half stays in cur/, and the next run completes."""
import collections
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "servers"))
from campus import Campus  # noqa: E402
from tap import run  # noqa: E402
from walk import Home, fault, letter, samples, steps_taken  # noqa: E402

NO_SPACE = 74


def digest_of_server(messages):
    return sorted(message.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") for message in messages)


def test_disk_full_at_every_write():
    messages = samples("INBOX")[:3] + [letter(1), letter(2)]
    whole = digest_of_server(messages)
    said = collections.Counter()
    with Campus() as campus, Home(campus.options()) as template:
        campus.append("s2410001", messages)
        template.account()
        with template.copy() as counted:
            first = counted.run("sync", environment=fault(counted))
            assert first.status == 0, first
            steps = steps_taken(counted)
        for step in range(1, steps + 1, int(os.environ.get("FUBAKO_CRASH_STRIDE", "3"))):
            with template.copy() as home:
                full = home.run("sync", environment=fault(home, full=step))
                assert full.status != -6 and full.status >= 0, f"step {step}: {full}"
                if full.status != 0:
                    assert "fubako: " in full.err, f"step {step}: no sentence: {full}"
                    said[full.status] += 1
                for path in home.maildir_files():
                    assert path.read_bytes() in whole, f"step {step}: {path} is not whole"
                again = home.run("sync")
                assert again.status == 0, f"after step {step}: {again}"
                held = sorted(path.read_bytes() for path in home.maildir_files())
                assert held == whole, f"after step {step}: {len(held)} messages of {len(whole)}"
    assert said[NO_SPACE] > sum(said.values()) * 0.9, f"a full disk is called something else: {said}"
    print(f"# {steps} steps; exit codes {dict(said)}")


if __name__ == "__main__":
    sys.exit(run(sys.modules[__name__]))
