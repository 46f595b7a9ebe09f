"""PID 1 of a machine: it runs the programs that it is sent, reaps, and ends with our socket.

Messages are packets of a SOCK_SEQPACKET socket: words and numbers. We are told ``run 7``
(descriptors: the ``Request`` by marshal, its input, its output) and ``kill 8``, which ends every
process but this one. We tell ``ready 0`` (descriptors: the two listening sockets), ``exited 7 1``,
``failed 7 11`` (an errno: no process could be made) and ``killed 8``.
"""

from __future__ import annotations

import marshal
import os
import resource
import select
import signal
import socket

from smile.sandbox import mounts
from smile.sandbox import namespaces as ns

TYPE_CHECKING = False  # typing itself costs milliseconds
if TYPE_CHECKING:
    from typing import NoReturn

    from smile.sandbox.plan import Plan, Request

LIMITED, WATCH = b"l", b"w"
"""Who keeps the limits: the kernel, or this process."""

HOSTNAME = "newcomer"
_WATCH_EVERY = 250  # milliseconds
_SPARE_PIDS = 8
_DEFAULT_SIGNALS = (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGCHLD)


def run(plan: Plan, control: socket.socket, blob: int, helper: socket.socket) -> None:
    """Build the machine, say that it is ready, and serve until our end closes."""
    signal.set_wakeup_fd(-1)
    # With their default actions, the kernel keeps signals from inside away from PID 1.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    keeper = helper.recv(1)
    if not keeper:
        return
    _prepare_network()
    socket.sethostname(HOSTNAME)
    ns.unshare(ns.CLONE_NEWCGROUP)
    proc = os.open("/proc", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    mounts.build(plan, blob)
    _protect(plan, helper, proc)
    os.close(proc)
    os.close(blob)
    listeners = [_listen(port) for port in plan["ports"]]
    socket.send_fds(control, [b"ready 0"], [listener.fileno() for listener in listeners])
    for listener in listeners:
        listener.close()
    _Init(plan, control, watching=keeper == WATCH).serve()


def _prepare_network() -> None:
    ns.raise_loopback()
    with open("/proc/sys/net/ipv4/ip_unprivileged_port_start", "w", encoding="ascii") as file:
        file.write("0")


def _listen(port: int) -> socket.socket:
    return socket.create_server(("127.0.0.1", port), backlog=128)


def _protect(plan: Plan, helper: socket.socket, proc: int) -> None:
    """Give up every power over the host; what is mounted is locked from here on."""
    if not plan["ids"]:
        ns.unshare(ns.CLONE_NEWUSER | ns.CLONE_NEWNS)
        helper.send(b".")
        helper.recv(1)
    helper.close()
    ns.die_with_parent(signal.SIGKILL)
    # Looked up by the namespace of whoever opens it, so through a /proc that isn't read-only.
    at = os.open("sys/user/max_user_namespaces", os.O_WRONLY, dir_fd=proc)
    os.write(at, b"0")
    os.close(at)
    with open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
        file.write("500")  # should the host run out of memory, better the machine than the host
    ns.leave_keyring()
    ns.rename(b"init")
    ns.forbid_inspection()


class _Init:
    def __init__(self, plan: Plan, control: socket.socket, *, watching: bool) -> None:
        self._plan = plan
        self._control = control
        self._watching = watching
        self._running: dict[int, int] = {}

    def serve(self) -> None:
        wake, waker = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        poll = select.poll()
        poll.register(wake, select.POLLIN)
        poll.register(self._control, select.POLLIN)
        while True:
            ready = [fd for fd, _ in poll.poll(_WATCH_EVERY if self._watching else None)]
            if wake in ready:
                os.read(wake, 4096)
                self._reap()
            if self._control.fileno() in ready and not self._obey():
                return
            if self._watching and self._too_much():
                # All are waited for: those still dying would count against the next program.
                self._kill_all()

    def _obey(self) -> bool:
        message, descriptors, _, _ = socket.recv_fds(self._control, 64, 3)
        if not message:
            return False
        verb, number = message.split()
        if verb == b"kill":
            self._kill_all()
            self._control.send(b"killed %d" % int(number))
            return True
        try:
            self._start(int(number), *descriptors)
        except OSError as error:
            self._control.send(b"failed %d %d" % (int(number), error.errno or 0))
        finally:
            for descriptor in descriptors:
                os.close(descriptor)
        return True

    def _start(self, number: int, request_file: int, stdin: int, output: int) -> None:
        content = os.pread(request_file, os.fstat(request_file).st_size, 0)
        request: Request = marshal.loads(content)  # noqa: S302  our own parent wrote it
        pid = os.fork()
        if pid == 0:
            _become(request, stdin, output, self._plan if self._watching else None)
        self._running[pid] = number

    def _reap(self) -> bool:
        """Take every process that has ended; whether others are left."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return False
            if pid == 0:
                return True
            if pid in self._running:
                code = os.waitstatus_to_exitcode(status)
                number = self._running.pop(pid)
                self._control.send(b"exited %d %d" % (number, code if code >= 0 else 128 - code))

    def _kill_all(self) -> None:
        # One call reaches all at once, so nothing can fork past it; orphans become ours.
        try:
            os.kill(-1, signal.SIGKILL)
        except ProcessLookupError:
            pass
        while self._reap():
            signal.sigtimedwait([signal.SIGCHLD], 0.01)

    def _too_much(self) -> bool:
        pids = [name for name in os.listdir("/proc") if name.isdecimal()]
        return len(pids) > self._plan["pids"] or sum(map(_memory, pids)) > self._plan["memory"]


def _memory(pid: str) -> int:
    """Bytes that a process has for itself: resident and not shared."""
    try:
        with open(f"/proc/{pid}/statm", encoding="ascii") as file:
            _, resident, shared, *_ = map(int, file.read().split())
    except OSError:
        return 0  # it has ended
    return (resident - shared) * resource.getpagesize()


def _become(request: Request, stdin: int, output: int, watched: Plan | None) -> NoReturn:
    """In the child: turn into the program, or say why that can't be."""
    code = 126
    try:
        os.setsid()
        for source, target in ((stdin, 0), (output, 1), (output, 2)):
            os.dup2(source, target)
        signal.set_wakeup_fd(-1)
        for number in _DEFAULT_SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        os.closerange(3, resource.getrlimit(resource.RLIMIT_NOFILE)[0])  # our end of the socket
        _limit(watched)
        ns.drop_capabilities()
        _enter(request["cwd"])
        os.execvpe(request["argv"][0], request["argv"], request["env"])
    except FileNotFoundError:
        code = 127
        os.write(2, f"{request['argv'][0]}: not found\n".encode())
    except (OSError, ValueError) as error:
        os.write(2, f"{request['argv'][0]}: {error}\n".encode())
    finally:
        os._exit(code)


def _enter(directory: str) -> None:
    try:
        os.chdir(directory)
    except FileNotFoundError:
        os.chdir("/")  # a learner who deleted it, or all there is, still gets a Mentor


def _limit(watched: Plan | None) -> None:
    """What a process can be held to by itself."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if watched:
        most = watched["pids"] + _SPARE_PIDS
        resource.setrlimit(resource.RLIMIT_NPROC, (most, most))
        resource.setrlimit(resource.RLIMIT_DATA, (watched["memory"], watched["memory"]))
