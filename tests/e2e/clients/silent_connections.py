"""Opens many connections that say nothing, tells how many stand, and ends once the server has closed them all.

silent_connections.py HOST PORT COUNT
"""
import resource
import selectors
import socket
import sys

host, port, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
hard_limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (hard_limit, hard_limit))
waiting = selectors.DefaultSelector()
for number in range(count):
    # A source address has fewer free ports than this takes.
    connection = socket.socket()
    connection.bind((f"127.0.{1 + number // 10000}.1", 0))
    connection.connect((host, port))
    waiting.register(connection, selectors.EVENT_READ)
print(count, flush=True)
while waiting.get_map():
    for key, _ in waiting.select():
        try:
            ended = not key.fileobj.recv(4096)
        except OSError:
            ended = True
        if ended:
            waiting.unregister(key.fileobj)
            key.fileobj.close()
