"""What the scripts here share: child processes, of which nothing is left however a script ends, and how they speak."""
import argparse
import contextlib
import ctypes
import os
import pathlib
import shutil
import signal
import subprocess
import sys

PATIENCE = 30  # Seconds between the wish to end and the end: rraebench writes what a run has so far.
PR_SET_PDEATHSIG = 1


def fail(text, code):
    print(f"{pathlib.Path(sys.argv[0]).name}: {text}", file=sys.stderr)
    sys.exit(code)


def require_programs(*programs):
    for program in programs:
        if shutil.which(program) is None:
            fail(f"no program '{program}'", 2)


def count(text):
    """Of an argument."""
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"'{text}' is no number from 1 on")
    return int(text)


def processor():
    """Name and cores, as a table of times needs them."""
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{names[0] if names else os.uname().machine}, {len(os.sched_getaffinity(0))} cores"


def end_with_this_script():
    """Called in a child: the kernel sends it SIGTERM where the script is killed."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def end(process):
    """Deaf to a further Ctrl-C meanwhile."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        process.terminate()
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    finally:
        signal.signal(signal.SIGINT, before)


@contextlib.contextmanager
def child(command, **options):
    """A process for the length of the block. In a session of its own, where Ctrl-C does not reach it: what it is told,
    it is told once."""
    process = subprocess.Popen(command, start_new_session=True, preexec_fn=end_with_this_script, **options)
    try:
        yield process
    finally:
        if process.poll() is None:
            end(process)


def run_script(main):
    """Calls main(); Ctrl-C, SIGTERM and a closed terminal end it with 130, after the blocks that it is in."""
    for wish in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(wish, signal.default_int_handler)
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
