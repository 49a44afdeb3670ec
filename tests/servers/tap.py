"""Test functions to TAP: every function of the module whose name begins with test_ is one line."""
import signal
import sys
import traceback


def run(module):
    # A shell's background job (and nohup) has these ignored, and hands that on to the programs under test.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGQUIT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, lambda *unused: sys.exit(143))  # so that what was begun is ended and removed
    tests = [(name, thing) for name, thing in vars(module).items() if name.startswith("test_") and callable(thing)]
    wanted = sys.argv[1:]
    tests = [(name, thing) for name, thing in tests if not wanted or name in wanted]
    print(f"1..{len(tests)}", flush=True)
    failed = 0
    for number, (name, thing) in enumerate(tests, 1):
        try:
            thing()
            print(f"ok {number} {name}", flush=True)
        except Exception:  # a failed test is told, and the next one runs
            failed += 1
            print(f"not ok {number} {name}")
            for line in traceback.format_exc().splitlines():
                print("# " + line, file=sys.stderr)
            sys.stdout.flush()
    return 1 if failed else 0
