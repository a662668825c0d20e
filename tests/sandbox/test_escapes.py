"""Ways out that have worked somewhere, each tried in every tier."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from pmagent.errors import SandboxError
from pmagent.sandbox.ground import find_shared_files
from tests.sandbox.conftest import Walls

CANARY = "canary"


def tree_of(folder: Path) -> list[tuple[str, int, bytes | str]]:
    """Every name below `folder` with its mode and content."""
    found: list[tuple[str, int, bytes | str]] = []
    for path in sorted(folder.rglob("*")):
        content: bytes | str = b""
        if path.is_symlink():
            content = str(path.readlink())
        elif path.is_file():
            content = path.read_bytes()
        found.append((str(path.relative_to(folder)), path.lstat().st_mode, content))
    return found


@pytest.mark.parametrize(
    "script",
    [
        "cat {secret}",
        "cat ../outside/secret.txt",
        "cat /proc/self/root{secret}; cat /proc/self/cwd/../outside/secret.txt",
        "cat /proc/1/root{secret}; cat /proc/$PPID/root{secret}; cat /proc/*/root{secret}",
        "cat /proc/1/cwd{secret}; cat /proc/*/fd/[3-9]*",
        "ln -s {secret} notes/leak.md; cat notes/leak.md",
        "ln -s {outside} notes/out; cat notes/out/secret.txt; ls notes/out",
        "ln {secret} notes/hard.md; cat notes/hard.md",
        "cp -r {outside} notes/; cat notes/outside/*; tar c {outside} | cat",
        "ls -A {outside}; find {outside}; echo {outside}/*",
        "grep -r canary / 2>/dev/null",
        "exec 9< {secret}; cat <&9; head -c 99 {secret}; dd if={secret}",
        ". {secret}; source {secret}; sh {secret}",
        "mount --bind {outside} notes; cat notes/secret.txt",
        "unshare -Urm sh -c 'mount --bind {outside} notes; cat notes/secret.txt'",
        "chroot / cat {secret}; nsenter -t 1 -m cat {secret}",
        "cat private/k.md; cp private/k.md notes/x; cat notes/x",
        "cd private && cat k.md; cat < ./private/k.md; grep -r canary .",
        "mv private notes/p; cat notes/p/k.md; ln private/k.md notes/k; cat notes/k",
        "cat /proc/self/cwd/private/k.md; cat notes/../private/k.md; tar c . | cat",
        "umount private; umount -l private; rmdir private; rm -rf private; cat private/k.md",
    ],
)
def test_nothing_outside_or_hidden_is_read(walls: Walls, script: str) -> None:
    before = tree_of(walls.outside)

    done = walls.sh(script.format(secret=walls.secret, outside=walls.outside))

    assert CANARY not in done.stdout + done.stderr
    assert all(CANARY.encode() not in path.read_bytes()
               for path in (walls.garden / "notes").rglob("*") if not path.is_symlink()
               and path.is_file())  # fmt: skip
    assert tree_of(walls.outside) == before
    assert (walls.garden / "private" / "k.md").read_text(encoding="utf-8") == "the hidden canary\n"


@pytest.mark.parametrize(
    "script",
    [
        "echo x > {outside}/new; mkdir {outside}/d; touch {outside}/t; mkfifo {outside}/f",
        "echo x > {secret}; echo x >> {secret}; truncate -s 0 {secret}; : > {secret}",
        "rm -f {secret}; rm -rf {outside}; mv {secret} notes/; mv {outside} notes/",
        "mv notes/a.md {outside}/; ln notes/a.md {outside}/l; cp -r . {outside}",
        "chmod 000 {secret}; chmod 777 {outside}; touch -t 200001010000 {secret}; chown 1 {secret}",
        "cd {outside} && chmod 777 . && touch -d 2000-01-01 secret.txt && chmod 000 secret.txt",
        "setfattr -n user.x -v y {secret}; chattr +i {secret}",
        "ln -s {outside} notes/o; echo x > notes/o/new; rm notes/o/secret.txt; chmod 000 notes/o",
        "ln -s {secret} notes/o; echo x > notes/o; chmod 000 notes/o; touch -d 2000-01-01 notes/o",
        "cd notes; ln -s ../../outside o; echo x > o/new; cd o && echo x > new",
    ],
)
def test_nothing_outside_is_changed(walls: Walls, script: str) -> None:
    before, times = tree_of(walls.outside), walls.secret.stat().st_mtime_ns

    walls.sh(script.format(secret=walls.secret, outside=walls.outside))

    assert tree_of(walls.outside) == before
    assert walls.secret.stat().st_mtime_ns == times


@pytest.mark.parametrize(
    "script",
    [
        "echo x > .pmagent/settings.json; rm -rf .pmagent; mv .pmagent notes/; chmod 777 .pmagent",
        "echo x > .pmagent/new; mkdir .pmagent/hooks; ln -s x .pmagent/l; ln notes/a.md .pmagent/l",
        "mkdir .git; mkdir -p .git/hooks; echo x > .git; ln -s notes .git; git init -q .",
        "mkdir notes/g; mv notes/g .git; mv -T notes .git; ln notes/a.md AGENTS.md; rmdir .git",
        "echo x > AGENTS.md; rm -f AGENTS.md; mv notes/a.md AGENTS.md; ln -s notes/a.md AGENTS.md",
        "mkdir hooks; echo x > hooks/x; mkfifo hooks; umount hooks; umount -l .pmagent",
        "chmod 777 hooks .git AGENTS.md; touch -d 2000-01-01 .git; exec 9>> AGENTS.md",
        "ln -s .pmagent notes/way; echo x > notes/way/settings.json; rm -rf notes/way/",
        "ln .pmagent/settings.json notes/s; echo x > notes/s",
        "mv ../garden ../moved; cd .. && mv garden moved; mkdir garden",
        "cd .. ; rm -rf garden/.pmagent; ln -s x garden/.git",
    ],
)
def test_protected_names_are_not_made_changed_or_moved(walls: Walls, script: str) -> None:
    before = tree_of(walls.garden / ".pmagent")

    walls.sh(script)

    assert tree_of(walls.garden / ".pmagent") == before
    assert {".git", "hooks", "AGENTS.md"} & set(os.listdir(walls.garden)) == set()


def test_a_protected_name_deep_in_the_garden_is_not_replaced_by_moving_its_folder(
    walls: Walls,
) -> None:
    (walls.garden / "code" / "lib").mkdir(parents=True)
    (walls.garden / "code" / "lib" / ".git").mkdir()
    kept = (walls.garden / "code" / "lib" / ".git", walls.garden / "code" / "new" / ".git")

    walls.sh(
        "mv code/lib code/old; mkdir -p code/lib/.git; echo x > code/lib/.git/config;"
        "mv code old; mkdir -p code/new/.git; echo x > code/new/.git/config",
        read_only=kept,
    )

    assert kept[0].is_dir()
    assert list(kept[0].iterdir()) == []
    assert not kept[1].exists()


def test_a_protected_name_that_is_a_link_is_not_replaced(walls: Walls) -> None:
    (walls.garden / "CLAUDE.md").symlink_to("AGENTS.md")
    (walls.garden / "AGENTS.md").write_text("kept", encoding="utf-8")
    names = tuple(walls.garden / name for name in ("AGENTS.md", "CLAUDE.md"))

    walls.sh(
        "echo x > CLAUDE.md; rm CLAUDE.md; echo x > CLAUDE.md; mv notes/a.md CLAUDE.md;"
        "ln -sf notes/a.md CLAUDE.md; cat AGENTS.md > notes/out",
        read_only=names,
    )

    assert (walls.garden / "CLAUDE.md").readlink() == Path("AGENTS.md")
    assert (walls.garden / "AGENTS.md").read_text(encoding="utf-8") == "kept"
    assert (walls.garden / "notes" / "out").read_text(encoding="utf-8") == "kept"


def test_a_link_to_a_hidden_file_hides_what_it_leads_to(walls: Walls) -> None:
    (walls.garden / "notes" / "way.md").symlink_to(walls.garden / "private" / "k.md")

    done = walls.sh("cat private/k.md notes/way.md", hidden=(walls.garden / "notes" / "way.md",))

    assert CANARY not in done.stdout


def test_a_hidden_file_looks_empty_or_is_refused_and_its_neighbours_are_there(walls: Walls) -> None:
    (walls.garden / "private" / "other.md").write_text("seen", encoding="utf-8")

    done = walls.sh("cat private/*", hidden=(walls.garden / "private" / "k.md",))

    assert done.stdout == "seen"


def test_many_hidden_and_protected_files_are_held_as_well(walls: Walls) -> None:
    kept, lost, fixed = [], [], []
    for number in range(100):
        for name, paths in (("kept", kept), ("lost", lost), ("fixed", fixed)):
            path = walls.garden / "notes" / f"{name}{number}.md"
            path.write_text(f"{name} {CANARY if name == 'lost' else ''}\n", encoding="utf-8")
            paths.append(path)

    done = walls.sh(
        "cat private/* notes/lost*; cat notes/kept* | wc -l; for f in notes/fixed*; do"
        " echo x > $f; rm -f $f; done; cat notes/fixed* | sort -u; echo x > notes/kept0.md",
        hidden=(*lost, walls.garden / "private"),
        read_only=(*fixed, walls.garden / ".git"),
    )

    assert CANARY not in done.stdout
    assert done.stdout == "100\nfixed \n"
    assert {path.read_text(encoding="utf-8") for path in fixed} == {"fixed \n"}
    assert kept[0].read_text(encoding="utf-8") == "x\n"


def test_names_in_a_hidden_folder_are_not_listed(walls: Walls) -> None:
    done = walls.sh("ls -A private; find private; echo private/*; ls -R")

    assert "k.md" not in done.stdout


def test_the_environment_of_no_other_process_is_read(
    walls: Walls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", CANARY)

    with subprocess.Popen(["/bin/sleep", "30"], env={"KEY": CANARY}) as other:
        done = walls.sh(
            f"env; set; cat /proc/self/environ /proc/1/environ /proc/$PPID/environ "
            f"/proc/{other.pid}/environ /proc/{os.getpid()}/environ; cat /proc/*/environ"
        )
        other.kill()

    assert CANARY not in done.stdout


def test_a_library_named_in_the_environment_is_not_loaded_outside(walls: Walls) -> None:
    done = walls.sh(
        "echo ran",
        environment={
            "PATH": "/usr/bin:/bin",
            "LD_PRELOAD": f"{walls.garden}/evil.so",
            "PYTHONPATH": str(walls.garden),
            "PYTHONSTARTUP": str(walls.garden / "evil.py"),
            "LD_AUDIT": f"{walls.garden}/evil.so",
        },
    )

    # Only the command's own loader complains: once for each program inside.
    assert done.stdout == "ran\n"
    assert done.stderr.count("LD_PRELOAD") <= 1


def test_no_descriptor_of_ours_is_left_open(walls: Walls) -> None:
    with walls.secret.open("rb") as ours:
        os.set_inheritable(ours.fileno(), True)
        done = walls.python(
            "import os\nfor n in range(3, 4096):\n"
            "    try: os.fstat(n); print('open', n)\n"
            "    except OSError: pass"
        )

    assert done.stdout == ""


def test_no_network_is_reached(walls: Walls) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
        socket.socket(socket.AF_UNIX) as abstract,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as by_path,
    ):
        udp.bind(("127.0.0.1", 0))
        abstract.bind("\0pmagent-test-of-walls")
        abstract.listen()
        by_path.bind(str(walls.garden / "notes" / "s"))
        for server in (tcp, udp, abstract, by_path):
            server.setblocking(False)
        done = walls.python(
            "import socket as s\n"
            "def tried(f):\n"
            "    try: f(); print('through', f.__code__.co_firstlineno)\n"
            "    except OSError: pass\n"
            f"tried(lambda: s.create_connection(('127.0.0.1', {tcp.getsockname()[1]}), 1))\n"
            f"tried(lambda: s.socket(2, 2).sendto(b'x', ('127.0.0.1', {udp.getsockname()[1]})))\n"
            "tried(lambda: s.socket(1).connect('\\0pmagent-test-of-walls'))\n"
            "tried(lambda: s.socket(1, 2).sendto(b'x', 'notes/s'))\n"
            "tried(lambda: s.socketpair(s.AF_UNIX, s.SOCK_DGRAM)[0].sendto(b'x', 'notes/s'))\n"
            "for family in range(1, 46):\n"
            "    for kind in (1, 2, 3, 5): tried(lambda: s.socket(family, kind))\n"
            "a, b = s.socketpair(); a.send(b'pair'); print(b.recv(4))\n"
        )

        assert done.stdout == "b'pair'\n", done.stderr
        for server in (tcp, abstract):
            with pytest.raises(BlockingIOError):
                server.accept()
        for server in (udp, by_path):
            with pytest.raises(BlockingIOError):
                server.recv(1)


def test_a_process_outside_is_not_signalled_slowed_or_traced(walls: Walls) -> None:
    with subprocess.Popen(["/bin/sleep", "30"]) as other:
        done = walls.python(
            "import os, resource\n"
            f"pid = {other.pid}\n"
            "def tried(f):\n"
            "    try: f(); print('through', f.__code__.co_firstlineno)\n"
            "    except OSError: pass\n"
            "tried(lambda: os.kill(pid, 19))\n"
            "tried(lambda: os.kill(-pid, 9))\n"
            "tried(lambda: os.setpriority(os.PRIO_PROCESS, pid, 19))\n"
            "tried(lambda: os.sched_setaffinity(pid, {0}))\n"
            "tried(lambda: resource.prlimit(pid, resource.RLIMIT_CPU, (0, 0)))\n"
            "tried(lambda: os.pidfd_open(pid) and open(f'/proc/{pid}/mem', 'rb').read(1))\n"
        )
        assert other.poll() is None
        other.kill()

    assert done.stdout == "", done.stderr


def test_signalling_everybody_reaches_nobody_outside(walls: Walls) -> None:
    with subprocess.Popen(["/bin/sleep", "30"]) as other:
        walls.sh("kill -9 -1; kill -9 0")

        assert other.poll() is None
        other.kill()


def test_the_launcher_is_not_ended_to_set_its_command_free(walls: Walls) -> None:
    done = walls.sh("kill -9 $PPID; kill -9 1; kill -STOP $PPID 1; sleep 0.1; echo still here")

    assert done.stdout == "still here\n"
    assert not done.timed_out


def test_nothing_is_typed_into_the_terminal(walls: Walls) -> None:
    above, below = os.openpty()
    try:
        done = walls.python(
            "import fcntl, os, termios\n"
            f"for name in ('/dev/tty', {os.ttyname(below)!r}, '/dev/console', '/dev/tty1'):\n"
            "    try: fd = os.open(name, os.O_RDWR); print('open', name)\n"
            "    except OSError: continue\n"
            "    fcntl.ioctl(fd, termios.TIOCSTI, b'x')\n"
            "for fd in (0, 1, 2):\n"
            "    for request in (termios.TIOCSTI, 0x541c, termios.TIOCSTI | 1 << 32):\n"
            "        try: fcntl.ioctl(fd, request & 0xffffffff, b'x'); print('through')\n"
            "        except OSError as exc: assert exc.errno == 1, exc\n"
        )
    finally:
        os.close(above)
        os.close(below)

    assert (done.stdout, done.stderr) == ("", "")


@pytest.mark.parametrize(
    "place", ["/usr/bin/x", "/etc/x", "/bin/x", "/boot/x", "/var/tmp/x", "/dev/shm/x", "/x",
              "/proc/sys/kernel/core_pattern", "/sys/x", "/run/x", "{prefix}/x"],
)  # fmt: skip
def test_nothing_of_the_system_is_written(walls: Walls, place: str) -> None:
    real = Path(place.format(prefix=sys.prefix))
    before = real.read_bytes() if os.access(real, os.R_OK) else None

    walls.sh(f"echo changed > {real}")

    assert (real.read_bytes() if os.access(real, os.R_OK) else None) == before


def test_no_device_is_made_or_opened(walls: Walls) -> None:
    done = walls.python(
        "import os, stat\n"
        "for kind in (stat.S_IFBLK, stat.S_IFCHR):\n"
        "    try: os.mknod('notes/dev', kind | 0o600, os.makedev(1, 5)); print('made')\n"
        "    except OSError: pass\n"
        "for name in ('/dev/mem', '/dev/vda', '/dev/sda', '/dev/kmsg', '/dev/fuse', '/dev/kvm'):\n"
        "    try: os.open(name, os.O_RDONLY); print(name)\n"
        "    except OSError: pass\n"
    )

    assert done.stdout == ""


def test_no_file_is_left_that_runs_as_its_owner(walls: Walls) -> None:
    walls.python(
        "import os, shutil\n"
        "def tried(f):\n"
        "    try: f()\n"
        "    except OSError: pass\n"
        "shutil.copy('/bin/true', 'notes/p')\n"
        "tried(lambda: os.chmod('notes/p', 0o6755))\n"
        "tried(lambda: os.close(os.open('notes/q', os.O_CREAT | os.O_WRONLY, 0o4755)))\n"
        "tried(lambda: os.mknod('notes/r', 0o104755))\n"
        "fd = os.open('notes/p', os.O_RDONLY)\n"
        "tried(lambda: os.fchmod(fd, 0o4755))\n"
        "tried(lambda: os.mkdir('notes/d', 0o2755))\n"
    )

    assert all(not path.stat().st_mode & 0o6000 for path in (walls.garden / "notes").iterdir())


def test_a_root_that_holds_another_is_no_way_around_what_is_hidden(walls: Walls) -> None:
    done = walls.sh(
        "cat private/k.md",
        readable=(walls.garden / "private", walls.garden),
        writable=(walls.garden, walls.garden / "private"),
    )

    assert CANARY not in done.stdout


def test_a_readable_folder_is_read_and_not_written(walls: Walls) -> None:
    done = walls.sh(
        f"cd {walls.outside}; cat secret.txt; echo x > secret.txt; echo x > new; rm secret.txt",
        readable=(walls.outside,),
    )

    assert done.stdout == "the outside canary\n"
    assert os.listdir(walls.outside) == ["secret.txt"]
    assert walls.secret.read_text(encoding="utf-8") == "the outside canary\n"


def test_a_garden_that_is_only_read_stays_as_it_is(walls: Walls) -> None:
    before = tree_of(walls.garden)

    done = walls.sh("cat notes/a.md; echo x > notes/n; rm notes/a.md; mkdir .git", writable=())

    assert done.stdout == "hello world\n"
    assert tree_of(walls.garden) == before


def test_files_linked_to_outside_are_found_so_that_they_can_be_hidden(walls: Walls) -> None:
    os.link(walls.secret, walls.garden / "notes" / "shared.md")

    shared = find_shared_files(walls.garden)
    done = walls.sh("cat notes/shared.md; echo x > notes/shared.md", hidden=shared)

    assert shared == (walls.garden / "notes" / "shared.md",)
    assert CANARY not in done.stdout
    assert walls.secret.read_text(encoding="utf-8") == "the outside canary\n"


def test_a_garden_reached_by_a_link_has_the_same_walls(walls: Walls, tmp_path: Path) -> None:
    way = tmp_path / "way"
    way.symlink_to(walls.garden)

    done = walls.sh(
        "cat private/k.md; mkdir .git; echo x > .pmagent/settings.json; cat notes/a.md",
        folder=way, writable=(way,), hidden=(way / "private",),
        read_only=(way / ".git", way / ".pmagent"),
    )  # fmt: skip

    assert done.stdout == "hello world\n"
    assert not (walls.garden / ".git").exists()
    assert (walls.garden / ".pmagent" / "settings.json").read_text(encoding="utf-8") == "{}"


def test_a_protected_link_without_landlock_is_refused(walls_a: Walls) -> None:
    (walls_a.garden / "AGENTS.md").symlink_to("notes/a.md")
    walls_a.tier = replace(walls_a.tier, landlock=0)

    with pytest.raises(SandboxError, match="is a link or"):
        walls_a.sh("true")


def test_namespaces_hold_without_landlock(walls_a: Walls) -> None:
    walls_a.tier = replace(walls_a.tier, landlock=0)

    done = walls_a.sh(f"cat {walls_a.secret}; cat private/*; echo x > AGENTS.md; cat notes/a.md")

    assert done.stdout == "hello world\n"


@pytest.mark.parametrize("abi", [1, 2, 3, 4, 5, 6])
def test_an_older_kernel_is_confined_with_what_it_has(walls_b: Walls, abi: int) -> None:
    if abi > walls_b.tier.landlock:
        pytest.skip(f"this kernel has Landlock {walls_b.tier.landlock}")
    walls_b.tier = replace(walls_b.tier, landlock=abi, own_processes=False)
    with subprocess.Popen(["/bin/sleep", "30"]) as other:
        done = walls_b.sh(
            f"kill -9 {other.pid}; kill -9 $PPID; truncate -s 0 .pmagent/settings.json;"
            f"cat {walls_b.secret}; (setsid sleep 900 &); cat notes/a.md"
        )
        emptied = walls_b.python(
            "import os\nos.open('.pmagent/settings.json', os.O_RDONLY | os.O_TRUNC)"
        )

        assert other.poll() is None
        other.kill()

    assert done.stdout == "hello world\n"
    assert emptied.status != 0
    assert (walls_b.garden / ".pmagent" / "settings.json").read_text(encoding="utf-8") == "{}"
