#!/usr/bin/python3
"""kill -9 at every durable step of a fetch, then again to the end: each message exactly once, and a third run does nothing."""
import collections
import concurrent.futures
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "servers"))
from campus import Campus  # noqa: E402
from tap import run  # noqa: E402
from walk import Home, fault, letter, samples, steps_taken  # noqa: E402


def subjects(home, folder):
    listed = home.run("list", "--json", "--limit", "1000", folder)
    assert listed.status == 0, listed
    return collections.Counter(row["message_id"] for row in listed.json())


def check_whole(home, expected, what):
    """Both folders hold what the server has, once, in list, Maildir and index; another run finds nothing to do."""
    for folder, messages in expected.items():
        found = subjects(home, folder)
        assert found == messages, f"{what}: {folder} has {found}"
    files = home.maildir_files()
    wanted = sum(sum(messages.values()) for messages in expected.values())
    assert len(files) == wanted, f"{what}: {len(files)} files for {wanted} messages"
    left = list((home.dir / "data" / "mail").glob("*/*/tmp/*"))
    assert not left, f"{what}: left in tmp: {left}"
    hits = home.run("search", "--json", "--limit", "1000", "*")
    assert hits.status == 0, hits
    distinct = set().union(*(set(messages) for messages in expected.values()))
    found = collections.Counter(row["message_id"] for row in hits.json())
    assert set(found) == distinct and max(found.values()) == 1, f"{what}: the index has {found}"
    idle = home.run("sync", "--json")
    assert idle.status == 0 and idle.json()["fetched"] == 0 and idle.json()["indexed"] == 0, f"{what}: third run: {idle}"


def walk(options, kind, expected, **account):
    with Home(options) as template:
        template.account(**account)
        with template.copy() as counted:
            whole = counted.run("sync", environment=fault(counted))
            assert whole.status == 0, whole
            steps = steps_taken(counted)
            check_whole(counted, expected, "without a crash")
        assert steps > 40, f"only {steps} durable steps are seen: the layer is not under the program"

        crashes = []

        def crash(step):
            with template.copy() as home:
                killed = home.run("sync", environment=fault(home, kill=step))
                # Where the child that indexes was the one that was killed, the program goes on without it.
                assert killed.status in (-9, 0), f"step {step}: {killed}"
                if killed.status == -9:
                    crashes.append(step)
                again = home.run("sync", "--json")
                assert again.status == 0, f"{kind}, killed at step {step}: the next run: {again}"
                check_whole(home, expected, f"{kind}, killed at step {step} of {steps}")

        stride = int(os.environ.get("FUBAKO_CRASH_STRIDE", "1"))
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for done in [pool.submit(crash, step) for step in range(1, steps + 1, stride)]:
                done.result()
        tried = len(range(1, steps + 1, stride))
        assert len(crashes) > tried // 2, f"only {len(crashes)} of {tried} runs were killed"
        print(f"# {kind}: {steps} durable steps, killed at {len(crashes)} of {tried}")


def ids(messages):
    return collections.Counter(line.split(b"<")[1].split(b">")[0].decode() for message in messages
                               for line in message.splitlines() if line.lower().startswith(b"message-id:"))


def test_imap_fetch_killed_at_every_step():
    inbox, sent = samples("INBOX")[:5] + [letter(1)], samples("Sent") + [letter(2), letter(3)]
    with Campus() as campus:
        campus.append("s2410001", inbox)
        campus.append("s2410001", sent, folder="Sent")
        walk(campus.options(), "IMAP", {"INBOX": ids(inbox), "Sent": ids(sent)})


def test_pop_fetch_killed_at_every_step():
    inbox = samples("INBOX")[:3] + [letter(1)]
    with Campus() as campus:
        campus.append("s2410001", inbox)
        walk(campus.options(), "POP3", {"INBOX": ids(inbox)}, protocol="pop", port=995)


def test_a_mail_that_ends_the_indexing_does_not_keep_the_others_out():
    with Campus() as campus, Home(campus.options()) as home:
        campus.append("s2410001", [letter(n, body=f"word{n}") for n in range(1, 8)])
        home.account()
        assert home.run("sync", "--no-index").status == 0
        done = home.run("sync", "--json", environment=fault(home, poison=".4.fubako"))
        assert done.status == 0, done
        assert (done.json()["indexed"], done.json()["not_indexable"]) == (6, 1), done
        for n in (1, 3, 5, 7):
            assert len(home.run("search", "--json", f"word{n}").json()) == 1, n
        assert len(home.run("list", "--json").json()) == 7


if __name__ == "__main__":
    sys.exit(run(sys.modules[__name__]))
