"""The first program inside the walls: it raises the rest of them, runs the command and cleans up.

Run by `run` through `boot`, in tier A as process 1 of bubblewrap's namespaces. It forks:
the child gives up its rights and becomes the command; the parent stays outside the child's walls,
waits for it and ends whatever it leaves behind, also when nobody waits for the answer any more.
Its start is paid for with every command, so it imports nothing that is not needed.
"""

from __future__ import annotations

import os
import resource

from pmagent.sandbox import landlock, processes, seccomp, syscalls

NOT_FOUND = 127
NOT_RUNNABLE = 126
UNCONFINED = 125

TYPE_CHECKING = False  # importing `typing` for it would cost 4 ms
if TYPE_CHECKING:
    from typing import NoReturn

Policy = dict[str, object]


def main(policy: Policy, status_at: int, life_at: int) -> None:
    """Run the policy, tell of it in descriptor `status_at`, end when `life_at` does."""
    is_inside = policy["profile"] == "inside"
    can_signal_all = False
    try:
        has_namespace = is_inside or (bool(policy["namespace"]) and _start_first(status_at))
        if not has_namespace:
            can_signal_all = processes.keep_within_reach(_number(policy, "abi"))
        syscalls.set_option(syscalls.PR_SET_DUMPABLE, 0)
    except OSError as exc:
        _fail(status_at, f"the walls cannot be raised: {exc.strerror}")
    child = os.fork()
    if child == 0:
        _become(policy, status_at, has_namespace=has_namespace)
    _let_go_of_streams()
    most = _number(policy, "processes")
    told = processes.watch(child, life_at, most, sees_all=not is_inside)
    if not has_namespace:
        processes.end_all(can_signal_all=can_signal_all)
    os.write(status_at, told)
    os._exit(0)


def _start_first(status_at: int) -> bool:
    """Go on as the first process of a namespace, if there can be one; whether this is it.

    The process that was started waits outside until the namespace is gone.
    """
    if not processes.enter_namespace():
        return False
    first = os.fork()
    if first:
        os.close(status_at)
        _let_go_of_streams()
        os.waitpid(first, 0)
        os._exit(0)
    syscalls.set_option(syscalls.PR_SET_PDEATHSIG, processes.KILL)
    return True


def _become(policy: Policy, status_at: int, *, has_namespace: bool) -> None:
    """Confine this process and replace it by the command. Never returns."""
    try:
        environment = _words(policy, "environment")
        program = _find(_words(policy, "argv")[0], environment)
        _confine(policy, status_at, has_namespace=has_namespace)
    except OSError as exc:
        _fail(status_at, f"the walls cannot be raised: {exc.strerror}")
    argv = _words(policy, "argv")
    if program is None:
        os.write(2, f'there is no program "{argv[0]}" here\n'.encode(errors="replace"))
        os._exit(NOT_FOUND)
    try:
        os.execve(program, argv, dict(word.split("=", 1) for word in environment))  # noqa: S606 - the command
    except OSError as exc:
        os.write(2, f'"{argv[0]}" cannot be run: {exc.strerror}\n'.encode(errors="replace"))
        os._exit(NOT_RUNNABLE)


def _confine(policy: Policy, status_at: int, *, has_namespace: bool) -> None:
    os.set_inheritable(status_at, False)
    os.closerange(3, status_at)
    os.closerange(status_at + 1, 1 << 16)
    syscalls.restore_signals()
    syscalls.drop_capabilities()
    os.chdir(str(policy["folder"]))
    os.umask(0o022)
    # A session of its own is also a share of the processor of its own, beside the launcher's.
    os.setsid()
    abi = _number(policy, "abi")
    program = seccomp.build_filter(
        str(syscalls.machine()), str(policy["profile"]), abi, has_namespace=has_namespace
    )
    # The kernel counts all processes of a user, or only those of the namespace where it has one.
    others = 0 if has_namespace else processes.count_of_user()
    _limit(resource.RLIMIT_NPROC, others + _number(policy, "processes"))
    for kind, limit in _limits(policy):
        _limit(kind, limit)
    if abi:
        rules: list[landlock.Rule] = policy["rules"]  # pyright: ignore[reportAssignmentType]
        landlock.restrict(rules, abi)
    seccomp.install(program)


def _limit(kind: int, limit: int) -> None:
    most = resource.getrlimit(kind)[1]
    least = limit if most == resource.RLIM_INFINITY else min(limit, most)
    resource.setrlimit(kind, (least, least))


def _limits(policy: Policy) -> list[tuple[int, int]]:
    limits: list[tuple[int, int]] = policy["limits"]  # pyright: ignore[reportAssignmentType]
    return limits


def _find(name: str, environment: list[str]) -> str | None:
    if "/" in name:
        return name
    paths = [word[5:] for word in environment if word.startswith("PATH=")]
    for folder in (paths or ["/usr/bin:/bin"])[-1].split(":"):
        place = f"{folder}/{name}"
        if folder.startswith("/") and os.access(place, os.X_OK) and not os.path.isdir(place):  # noqa: PTH112 - pathlib costs 10 ms
            return place
    return None


def _let_go_of_streams() -> None:
    nothing = os.open("/dev/null", os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)


def _fail(status_at: int, why: str) -> NoReturn:
    os.write(status_at, b"e" + why.encode(errors="replace") + b"\0")
    os._exit(UNCONFINED)


def _number(policy: Policy, name: str) -> int:
    value = policy[name]
    return value if isinstance(value, int) else 0


def _words(policy: Policy, name: str) -> list[str]:
    words: list[str] = policy[name]  # pyright: ignore[reportAssignmentType]
    return words
