from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from pmagent.errors import SandboxError
from pmagent.sandbox.confinement import Confinement
from pmagent.sandbox.run import run_confined
from pmagent.sandbox.tiers import TierReport
from tests.sandbox.conftest import Walls


def test_an_ordinary_pipeline_works_in_the_garden(walls: Walls) -> None:
    done = walls.sh(
        "grep -c hello notes/a.md && echo done > notes/out.txt && cat notes/out.txt | sort"
    )

    assert (done.stdout, done.stderr, done.status) == ("1\ndone\n", "", 0)
    assert (walls.garden / "notes" / "out.txt").read_text(encoding="utf-8") == "done\n"


def test_files_are_made_moved_linked_and_removed_in_the_garden(walls: Walls) -> None:
    done = walls.sh(
        "cd notes && mkdir -p x/y && cp a.md x/b.md && mv x/b.md x/y/c.md && ln -s a.md l"
        " && cat l && touch new && rm a.md && rm -r x && ls"
    )

    assert (done.stdout, done.status) == ("hello world\nl\nnew\n", 0), done.stderr


def test_a_file_is_edited_in_place(walls: Walls) -> None:
    walls.sh("sed -i s/hello/goodbye/ notes/a.md")

    assert (walls.garden / "notes" / "a.md").read_text(encoding="utf-8") == "goodbye world\n"


def test_names_are_made_directly_in_the_garden(walls_a: Walls) -> None:
    done = walls_a.sh("echo x > index.md && mkdir new && cat *.md && sed -i s/x/y/ index.md")

    assert (done.stdout, done.stderr, done.status) == ("x\n", "", 0)
    assert (walls_a.garden / "index.md").read_text(encoding="utf-8") == "y\n"


def test_what_is_given_on_standard_input_arrives_whole(walls: Walls) -> None:
    given = os.urandom(300_000)

    done = walls.sh("wc -c; md5sum < /dev/null > /dev/null", stdin=given)

    assert done.stdout.strip() == "300000"


def test_input_that_is_not_read_does_no_harm(walls: Walls) -> None:
    done = walls.sh("exec 0<&-; echo ok", stdin=bytes(1_000_000))

    assert (done.stdout, done.status) == ("ok\n", 0)


def test_the_status_is_the_commands_own(walls: Walls) -> None:
    assert walls.sh("exit 7").status == 7
    assert walls.sh("kill -TERM $$").status == -15
    assert walls.sh("exit 137").status == 137


def test_a_program_that_is_not_there_is_said(walls: Walls) -> None:
    done = walls.run("no-such-program", "x")

    assert done.status == 127
    assert done.stderr == 'there is no program "no-such-program" here\n'


def test_a_file_that_is_no_program_is_said(walls: Walls) -> None:
    done = walls.run(str(walls.garden / "notes" / "a.md"))

    assert done.status == 126
    assert "cannot be run" in done.stderr


def test_a_pipe_that_is_closed_early_ends_the_writer_quietly(walls: Walls) -> None:
    done = walls.sh("yes | head -n 2")

    assert (done.stdout, done.stderr) == ("y\ny\n", "")


def test_a_command_that_never_ends_is_ended(walls: Walls) -> None:
    done = walls.sh("trap '' TERM INT HUP; echo started; sleep 1000", timeout_s=0.5)

    assert done.timed_out
    assert (done.stdout, done.status) == ("started\n", -9)


def test_nothing_that_a_command_starts_outlives_it(walls: Walls) -> None:
    done = walls.sh(
        "(sleep 900; touch notes/late) & setsid sleep 901 & (setsid sleep 902 &) & "
        "nohup sleep 903 > /dev/null 2>&1 & echo over"
    )

    assert done.stdout == "over\n"
    assert not done.timed_out


def test_a_daemon_that_cut_every_tie_is_ended_too(walls: Walls) -> None:
    done = walls.python(
        "import os, signal, time\n"
        "for n in {*range(1, 65)} - {signal.SIGCHLD}:\n"
        "    try: signal.signal(n, signal.SIG_IGN)\n"
        "    except (OSError, ValueError): pass\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    if os.fork() == 0:\n"
        "        os.closerange(0, 99)\n"
        "        while True: time.sleep(9)\n"
        "    os._exit(0)\n"
        "os.wait(); print('over')"
    )

    assert done.stdout == "over\n"


def test_processes_that_keep_forking_away_are_all_ended(walls: Walls) -> None:
    done = walls.python(
        "import os, time\n"
        "for _ in range(5):\n"
        "    if os.fork() == 0:\n"
        "        os.setsid()\n"
        "        for _ in range(1000):\n"  # bounded, so that a wall that fails does no harm
        "            if os.fork(): os._exit(0)\n"
        "            time.sleep(0.002)\n"
        "        os._exit(0)\n"
        "time.sleep(0.2); print('over')"
    )

    assert done.stdout == "over\n"


def test_too_many_processes_are_ended_together(walls: Walls) -> None:
    done = walls.python(
        "import os, time\n"
        "for _ in range(200):\n"
        "    if os.fork() == 0:\n"
        "        time.sleep(20); os._exit(0)\n"
        "    time.sleep(0.005)\n"
        "time.sleep(20)",
        max_processes=40,
    )

    assert not done.timed_out
    # The superuser has no limit of its own, so the launcher looks; others fail to fork.
    assert done.status == -9 or "BlockingIOError" in done.stderr


def test_output_without_end_keeps_its_head_and_its_tail(walls: Walls) -> None:
    done = walls.sh("echo first; yes | head -c 3000000; echo last", max_output_bytes=1000)

    assert done.was_cut
    assert done.stdout.startswith("first\ny\n")
    assert done.stdout.endswith("last\n")
    assert "bytes left out" in done.stdout
    assert len(done.stdout) < 1_100


def test_memory_is_limited(walls: Walls) -> None:
    done = walls.python("x = bytearray(900_000_000)", memory_mb=300)

    assert "MemoryError" in done.stderr


def test_processor_time_is_limited(walls: Walls) -> None:
    done = walls.python("while True: pass", cpu_s=1)

    assert done.status == -9 or done.status == -24


def test_a_file_cannot_grow_past_its_limit(walls: Walls) -> None:
    walls.sh("head -c 3000000 /dev/zero > notes/big", max_file_mb=1)

    assert (walls.garden / "notes" / "big").stat().st_size <= 1_000_000


def test_no_core_is_dumped(walls: Walls) -> None:
    done = walls.sh("ulimit -c; cd notes; kill -SEGV $$")

    assert done.stdout == "0\n"
    assert sorted(path.name for path in (walls.garden / "notes").iterdir()) == ["a.md"]


def test_the_temporary_folder_is_private_and_gone_afterwards(walls: Walls) -> None:
    first = walls.sh('echo x > "$TMPDIR/left"; cat "$(mktemp)" "$TMPDIR/left"; echo "$TMPDIR"')
    second = walls.sh('cat "$TMPDIR/left"')

    assert (first.status, first.stderr) == (0, "")
    assert second.stdout == ""
    assert not Path(first.stdout.split()[-1], "left").exists()


def test_the_environment_is_what_was_given_and_nothing_else(
    walls: Walls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_API_KEY", "the canary")

    done = walls.run("/usr/bin/env")

    names = {line.partition("=")[0] for line in done.stdout.splitlines()}
    assert names == {"PATH", "HOME", "TMPDIR"}


def test_a_program_in_the_garden_is_not_taken_for_one_of_the_systems(walls: Walls) -> None:
    for name in ("ls", "python3"):
        fake = walls.garden / "notes" / name
        fake.write_text("#!/bin/sh\necho taken over\n", encoding="utf-8")
        fake.chmod(0o755)
    path = f"{walls.garden}/notes:.::notes:/usr/bin:/bin"

    done = walls.run("ls", "notes/a.md", environment={"PATH": path}, folder=walls.garden / "notes")

    assert "taken over" not in done.stdout


def test_the_interpreter_is_there_where_path_names_it(walls: Walls) -> None:
    done = walls.sh("python3.11 -c 'import json; print(json.dumps([1]))' || python3 -V")

    assert done.status == 0


def test_two_commands_at_once_do_not_take_each_others_walls_away(walls: Walls) -> None:
    said: list[str] = []

    def run() -> None:
        for _ in range(5):
            done = walls.sh("mkdir .git; mkdir hooks; echo x > AGENTS.md; echo ran")
            said.append(done.stdout)

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert said == ["ran\n"] * 15
    assert sorted(os.listdir(walls.garden)) == [".pmagent", "notes", "private"]


def test_nothing_is_run_without_a_sandbox(tmp_path: Path) -> None:
    confinement = Confinement(folder=tmp_path, environment={}, timeout_s=5)
    none = TierReport(tier="D", says="there is none", fix="install one")

    with pytest.raises(SandboxError, match="nothing is run: there is none"):
        run_confined(["/usr/bin/touch", str(tmp_path / "ran")], confinement, tier=none)

    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("root", ["/", "/proc", "/dev", "relative", "/no/such/folder"])
def test_a_root_that_is_no_folder_of_the_persons_is_refused(walls: Walls, root: str) -> None:
    with pytest.raises(SandboxError):
        walls.sh("true", readable=(Path(root),))


def test_no_command_at_all_is_refused(walls: Walls) -> None:
    with pytest.raises(SandboxError, match="no command"):
        walls.run()


def test_a_tier_that_stopped_working_is_an_error_and_not_a_weaker_tier(walls_a: Walls) -> None:
    walls_a.tier = TierReport(tier="A", says="", landlock=walls_a.tier.landlock, bwrap="/bin/false")

    with pytest.raises(SandboxError, match="does not start"):
        walls_a.sh(f"touch {walls_a.garden}/ran")

    assert not (walls_a.garden / "ran").exists()
