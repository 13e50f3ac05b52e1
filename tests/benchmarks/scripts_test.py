#!/usr/bin/env python3
"""The scripts here, given programs that only pretend to: what they print, and that they leave nothing behind."""
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent

# Answers with the peak memory that it is made for; its files must not be there yet.
RRAEBENCH = """#!/bin/sh
if [ "$1" = query ]; then echo '[{{"bytes": {bytes}}}]'; exit; fi
for word; do
  if [ "$before" = --db ] || [ "$before" = --cache-dir ]; then
    if [ -e "$word" ]; then echo "$word is there"; exit 2; fi
    touch "$word"
  fi
  before=$word
done
"""

# Its four answers, call by call, each with the setting that it was called under.
STEP_BENCHMARK = """#!/bin/sh
echo "${{GOMP_SPINCOUNT-unset}} ${{OMP_WAIT_POLICY-unset}}" >> {folder}/settings
set -- {answers}
shift $(($(wc -l < {folder}/settings) - 1))
echo '{{"benchmarks": [{{"name": "a step/real_time", "real_time": '$1'}}]}}'
"""

SLEEPER = """#!/bin/sh
echo $$ > {folder}/child
exec sleep 100
"""


def is_alive(process_id):
    """Not so where all that is left is its entry in the table of processes."""
    try:
        return pathlib.Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def scripts_with(program):
    return ("whole_run.py", "--programs", program, program), ("busy_neighbour.py", "--program", program)


def wait_for(condition):
    for _ in range(1000):
        if condition():
            return True
        time.sleep(0.01)
    return False


class Scripts(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "temporary").mkdir()
        self.environment = os.environ | {"TMPDIR": str(self.folder / "temporary")}

    def program(self, name, text, **values):
        file = self.folder / name
        file.write_text(text.format(folder=self.folder, **values))
        file.chmod(0o755)
        return str(file)

    def start(self, script, *arguments):
        return subprocess.Popen([sys.executable, HERE / script, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                text=True, env=self.environment)

    def run_script(self, script, *arguments):
        process = self.start(script, *arguments)
        output, complaints = process.communicate(timeout=60)
        return process.returncode, output, complaints

    def test_whole_run_compares_two_programs(self):
        programs = [self.program("one", RRAEBENCH, bytes=100 * 2**20), self.program("two", RRAEBENCH, bytes=250 * 2**20)]
        code, output, _ = self.run_script("whole_run.py", "--rounds", "2", "--programs", *programs)
        self.assertEqual(code, 0)
        rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in output.splitlines() if line.startswith("|")]
        self.assertEqual(rows[0], ["program", "wall, s", "CPU, s", "peak memory, MiB"])
        self.assertEqual([row[0] for row in rows[2:]], [*programs, "second / first"])
        self.assertEqual([row[3] for row in rows[2:]], ["100.0 (100.0 to 100.0)", "250.0 (250.0 to 250.0)", "2.50"])

    def test_whole_run_says_why_a_run_failed(self):
        program = self.program("failing", "#!/bin/sh\necho all is lost; exit 1\n")
        code, _, complaints = self.run_script("whole_run.py", "--programs", program, program)
        self.assertEqual((code, complaints), (1, f"whole_run.py: {program} ended with 1: all is lost\n"))

    def test_busy_neighbour_sets_four_ways_beside_each_other(self):
        self.environment |= {"OMP_WAIT_POLICY": "active", "GOMP_SPINCOUNT": "7"}
        program = self.program("steps", STEP_BENCHMARK, answers="102 153 100 800")
        code, output, _ = self.run_script("busy_neighbour.py", "--rounds", "1", "--program", program)
        self.assertEqual(code, 0)
        self.assertIn("| a step | 102 | 153 | 1.50x | 100 | 800 | 8.00x | 1.02 |", output)
        settings = (self.folder / "settings").read_text().split("\n")
        self.assertEqual(settings, ["1000 unset"] * 2 + ["unset unset"] * 2 + [""])

    def test_a_missing_program_is_one_line(self):
        for script, *option in scripts_with("/nowhere"):
            self.assertEqual(self.run_script(script, *option), (2, "", f"{script}: no program '/nowhere'\n"))

    def test_no_child_is_left(self):
        program = self.program("sleeper", SLEEPER)
        for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            for script, *option in scripts_with(program):
                with self.subTest(script=script, ending=ending):
                    self.end_while_a_child_runs(self.start(script, *option), ending)

    def end_while_a_child_runs(self, process, ending):
        file = self.folder / "child"
        self.assertTrue(wait_for(lambda: file.exists() and file.read_text().endswith("\n")))
        child = int(file.read_text())
        file.unlink()
        process.send_signal(ending)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, -ending if ending == signal.SIGKILL else 130)
        self.assertTrue(wait_for(lambda: not is_alive(child)))
        if ending != signal.SIGKILL:  # Which no script lives to see.
            self.assertEqual(list((self.folder / "temporary").iterdir()), [])


if __name__ == "__main__":
    unittest.main()
