#!/usr/bin/env python3
"""grpc_health_server.py PORT: grpc.health.v1.Health for probes; every service serves but "unwell"."""
import sys
import threading
from concurrent import futures

import grpc

SERVING, NOT_SERVING = b"\x08\x01", b"\x08\x02"


def check(request: bytes, _context) -> bytes:
    return NOT_SERVING if b"unwell" in request else SERVING


def main() -> None:
    method = grpc.unary_unary_rpc_method_handler(check)  # bytes in, bytes out
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=2))
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("grpc.health.v1.Health", {"Check": method}),))
    server.add_insecure_port(f"0.0.0.0:{sys.argv[1]}")
    server.start()
    threading.Event().wait()


main()
