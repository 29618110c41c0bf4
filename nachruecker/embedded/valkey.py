"""One embedded Valkey: memory only, reached by a socket only."""

import redis

from nachruecker.embedded.account import our_account
from nachruecker.embedded.binaries import find_valkey
from nachruecker.embedded.children import Child, wait_until
from nachruecker.embedded.folders import make_private
from nachruecker.embedded.run_folder import RunFolder


def valkey_child(folder: RunFolder) -> Child:
    """The server for `folder`. It keeps nothing: what a restart forgets, the sweep finds in PostgreSQL."""
    sockets = make_private(folder.socket_folder, our_account())
    sockets.chmod(0o711)
    socket = sockets / "valkey.sock"
    settings = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "600",
        "save": "",
        "appendonly": "no",
        "daemonize": "no",
        "maxmemory": "128mb",
        "maxmemory-policy": "noeviction",
    }
    command = [str(find_valkey())]
    for name, value in settings.items():
        command += [f"--{name}", value]
    return Child(name="valkey", command=command, log=folder.log / "valkey.log", cwd=folder.path)


def start_valkey(child: Child, url: str) -> None:
    """Start the server and wait until it answers."""
    child.start()
    wait_until(lambda: answers(url), child, seconds=20)


def answers(url: str) -> bool:
    """Whether the server takes commands now."""
    client = redis.Redis.from_url(url, socket_timeout=2)
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False
    finally:
        client.close()
