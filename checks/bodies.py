"""A4: large bodies, large headers, half-sent requests, and many requests at once."""

from __future__ import annotations

import itertools
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing

import psycopg

from checks.browser import Browser, multipart
from checks.installation import Checkout, Server
from checks.probes import Pages, probing
from checks.raw_http import Sent, connection, exchange, is_closed, send_body
from checks.results import Check, Result, at_most, none_of, p95
from deploy.testing.servers import postgres

BODY_BYTES = 40 * 1_000_000
ACCEPTED_MB = 2.0  # what may be in the system's buffers when the refusal comes
HALF_SENT, CLOSED_SECONDS, PAGE_SECONDS = 150, 30.0, 0.5
DRIP_SECONDS = 3
HANDSHAKE_SECONDS = 2.0
QUOTA_TAKEN_MB = 16.0
SMALL_BYTES, UNFINISHED, SMALL_CLOSED_SECONDS = 1_000_000, 70, 25.0
AT_ONCE, CONNECTIONS, SLOW_SECONDS = 200, 40, 6
ANSWERED_SECONDS = 60
ONE_AFTER_ANOTHER, NEW_CONNECTIONS = 40, 8


def large_bodies(checkout: Checkout) -> Iterator[Result]:
    with checkout.installation("a4-bodies").serving() as server:
        owner, stranger = server.member("owner@example.org"), server.member("stranger@example.org")
        collection = owner.new_collection("Papers")
        path = f"/collections/{collection}/files/"
        visitor = server.browser()
        visitor.get("/accounts/login/")
        wrong_token = {"X-CSRFToken": "0" * 32}
        cases = {
            "no-sign-in": (visitor, path, {}),
            "no-token": (owner, path, wrong_token),
            "strangers-collection": (stranger, path, {}),
            "no-such-collection": (owner, path.replace(collection, "0" * 8 + collection[8:]), {}),
            "other-address": (owner, "/theme/", {}),
        }
        for name, (browser, where, headers) in cases.items():
            yield _taken(
                f"A4.body.{name}", send_body(server.port, _head(server, browser, where, headers), BODY_BYTES)
            )
        head = _head(server, visitor, path, {}, chunked=True)
        yield _taken("A4.body.chunked", send_body(server.port, head, BODY_BYTES, chunked=True))


def _head(
    server: Server, browser: Browser, path: str, headers: dict[str, str], *, chunked: bool = False
) -> bytes:
    sent = {
        "Host": f"127.0.0.1:{server.port}",
        "Cookie": browser.cookie_header(),
        "Referer": f"{server.address}/",
        "X-CSRFToken": browser.cookie("csrftoken"),
        "Content-Type": "multipart/form-data; boundary=border",
    }
    length = {"Transfer-Encoding": "chunked"} if chunked else {"Content-Length": str(BODY_BYTES)}
    lines = [f"{name}: {value}" for name, value in (sent | headers | length).items()]
    return "\r\n".join([f"POST {path} HTTP/1.1", *lines, "", ""]).encode()


def _taken(check: str, sent: Sent) -> Result:
    """Refused with a status of its own, before much of it was sent."""
    result = at_most(check, sent.sent / 1_000_000, ACCEPTED_MB, "MB accepted", f"status {sent.status}")
    refused = sent.status == 0 or 300 <= sent.status < 500
    return result if refused else Result(check, sent.status, "a refusal", False, sent.body[:100])


def large_headers(checkout: Checkout) -> Iterator[Result]:
    with checkout.installation("a4-headers").serving() as server:
        start = f"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nConnection: close\r\n"
        many = "".join(f"X-{n}: {'a' * 40}\r\n" for n in range(2000))
        cases = {"one": f"{start}X-Large: {'a' * 100_000}\r\n\r\n", "many": f"{start}{many}\r\n"}
        for name, request in cases.items():
            answer = exchange(server.port, request.encode())
            passed = answer.status in {0, 400, 413, 431}
            yield Result(f"A4.headers.{name}", answer.status, "400, 413, 431 or closed", passed, "100 KB")
        usual = exchange(server.port, f"{start}X-Usual: {'a' * 4000}\r\n\r\n".encode())
        yield Result("A4.headers.usual", usual.status, "200", usual.status == 200, "4 KB")


def half_sent(checkout: Checkout) -> Iterator[Result]:
    with checkout.installation("a4-half").serving() as server, ExitStack() as stack:
        server.browser().get("/")
        connections = [
            stack.enter_context(closing(socket.create_connection(("127.0.0.1", server.port))))
            for _ in range(HALF_SENT)
        ]
        pages = Pages(server.browser(), "/accounts/login/")
        with probing(pages):
            still_open = _hold(server, connections)
        yield at_most(
            "A4.half-sent.open", still_open, 0, f"of {HALF_SENT} still open after {CLOSED_SECONDS:.0f} s"
        )
        yield at_most(
            "A4.half-sent.pages", p95(pages.seconds), PAGE_SECONDS, "s", "; ".join(pages.failed[:1])
        )


def _hold(server: Server, connections: list[socket.socket]) -> int:
    """Half a head, half a body, and a head that drips; how many are open when the time is over."""
    host = f"Host: 127.0.0.1:{server.port}\r\n"
    starts = (
        f"GET / HTTP/1.1\r\n{host}X-Half: ",
        f"POST /theme/ HTTP/1.1\r\n{host}Content-Length: 1000\r\n\r\ntheme=",
        f"GET / HTTP/1.1\r\n{host}X-Drip: ",
    )
    kinds = list(zip(connections, itertools.cycle(starts), strict=False))
    for made, start in kinds:
        made.sendall(start.encode())
    end = time.monotonic() + CLOSED_SECONDS
    while time.monotonic() < end:
        time.sleep(DRIP_SECONDS)
        dripping = [made for made, start in kinds if start is starts[2] and not is_closed(made)]
        for made in dripping:
            _drip(made)
    return sum(not is_closed(made) for made in connections)


def _drip(made: socket.socket) -> None:
    try:
        made.send(b"a")
    except OSError:
        return  # closed meanwhile, as it should be


def unfinished_small_bodies(checkout: Checkout) -> Iterator[Result]:
    """One address that never ends its small bodies must not keep others from sending forms."""
    with checkout.installation("a4-small").serving() as server, ExitStack() as stack:
        bystander = Browser(server.address, "127.0.0.2")
        bystander.get("/accounts/login/")
        head = (
            f"POST /theme/ HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nContent-Length: {SMALL_BYTES + 1}\r\n\r\n"
        ).encode()
        connections = [stack.enter_context(closing(connection(server.port))) for _ in range(UNFINISHED)]
        for made in connections:
            made.sendall(head + b"x" * SMALL_BYTES)
        time.sleep(1)
        answer = bystander.post("/theme/", {"theme": "dark"})
        yield Result("A4.small-bodies.form", answer.status, "302", answer.status == 302, "of another address")
        time.sleep(SMALL_CLOSED_SECONDS)
        still_open = sum(not is_closed(made) for made in connections)
        yield at_most("A4.small-bodies.open", still_open, 0, f"still open after {SMALL_CLOSED_SECONDS:.0f} s")


def chunked_uploads(checkout: Checkout) -> Iterator[Result]:
    with checkout.installation("a4-chunked", config={"workspace_mb": 5}).serving() as server:
        owner = server.member("owner@example.org")
        path = f"/collections/{owner.new_collection('Papers')}/files/"
        head = _head(server, owner, path, {"Accept": "application/json"}, chunked=True)
        border, whole = multipart("leave.md", b"# Leave\n\nYou get 25 days of leave a year.\n", {})
        head = head.replace(b"boundary=border", f"boundary={border}".encode())
        arrived = exchange(server.port, head + _chunked(whole))
        passed = arrived.status == 201 and '"received": 1' in arrived.body
        yield Result("A4.chunked.whole", arrived.status, "201 with one file", passed)
        cut_off = exchange(server.port, head + _chunked(whole[: len(whole) // 2]))
        yield Result("A4.chunked.cut-off", cut_off.status, "400", cut_off.status == 400)
        sent = send_body(server.port, head, BODY_BYTES, chunked=True)
        yield at_most("A4.chunked.quota", sent.sent / 1_000_000, QUOTA_TAKEN_MB, "MB taken with a quota of 5")


def _chunked(body: bytes) -> bytes:
    return b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)


def unreadable_handshakes(checkout: Checkout) -> Iterator[Result]:
    """WebSocket handshakes that a parser refuses must be answered and closed, so that they occupy no connection."""
    with checkout.installation("a4-handshakes").serving() as server:
        cases = {
            "address": (f"/ws/v1/?x={'a' * 9000}", ""),
            "cookie": ("/ws/v1/", f"Cookie: a={'b' * 9000}\r\n"),
            "headers": ("/ws/v1/", "".join(f"X-{number}: a\r\n" for number in range(150))),
            "body": ("/ws/v1/", "Content-Length: 5\r\n"),
            "chunked": ("/ws/v1/", "Transfer-Encoding: chunked\r\n"),
        }
        for name, (address, headers) in cases.items():
            began = time.monotonic()
            answer = exchange(server.port, _handshake(server, address, headers))
            seconds = time.monotonic() - began
            passed = answer.status in {400, 431} and seconds < HANDSHAKE_SECONDS
            yield Result(
                f"A4.handshake.{name}", answer.status, "400 or 431 at once", passed, f"{seconds:.1f} s"
            )


def _handshake(server: Server, address: str, headers: str) -> bytes:
    lines = [
        f"GET {address} HTTP/1.1",
        f"Host: 127.0.0.1:{server.port}",
        f"Origin: {server.address}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version: 13",
    ]
    return ("\r\n".join([*lines, headers]) + "\r\n").encode()


def many_at_once(checkout: Checkout) -> Iterator[Result]:
    """PostgreSQL: requests that wait for a lock, far more than there may be connections."""
    folder = checkout.folder / "postgres"
    folder.mkdir()
    folder.chmod(0o711)  # PostgreSQL's own user must get through
    with postgres(folder) as url:
        installation = checkout.installation("a4-postgres", DATABASE_URL=url)
        installation.manage("migrate", "-v", "0")
        with installation.serving() as server, psycopg.connect(url, autocommit=True) as watch:
            for _ in range(3):
                server.browser().get("/")
            yield from _all_at_once(server, url, watch)
            yield _reused(server, watch)


def _all_at_once(server: Server, url: str, watch: psycopg.Connection[tuple[int]]) -> Iterator[Result]:
    answers: list[tuple[int, float]] = []
    threads = [threading.Thread(target=_visit, args=(server, answers), daemon=True) for _ in range(AT_ONCE)]
    most = 0
    with psycopg.connect(url) as holder:
        holder.execute("LOCK TABLE knowledge_collection IN ACCESS EXCLUSIVE MODE")
        for thread in threads:
            thread.start()
        end = time.monotonic() + SLOW_SECONDS
        while time.monotonic() < end:
            most = max(most, _connections(watch))
            time.sleep(0.1)
    for thread in threads:
        thread.join(ANSWERED_SECONDS)
    yield at_most("A4.postgres.connections", most, CONNECTIONS, f"connections for {AT_ONCE} slow requests")
    failed = [str(status) for status, _ in answers if status not in {200, 429, 503}]
    missing = ["no answer"] * (AT_ONCE - len(answers))
    yield none_of("A4.postgres.answers", failed + missing, "answers other than 200, 429 and 503")


def _visit(server: Server, answers: list[tuple[int, float]]) -> None:
    try:
        response = server.browser().get("/", timeout=ANSWERED_SECONDS)
    except OSError:
        return
    answers.append((response.status, response.seconds))


def _connections(watch: psycopg.Connection[tuple[int]]) -> int:
    """Of the product: all but the two of this check."""
    row = watch.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
    ).fetchone()
    return (row[0] if row else 0) - 2


def _reused(server: Server, watch: psycopg.Connection[tuple[int]]) -> Result:
    def begun() -> int:
        row = watch.execute("SELECT sum(sessions)::int FROM pg_stat_database").fetchone()
        return row[0] if row else 0

    time.sleep(1.5)  # PostgreSQL reports its counts once a second
    before = begun()
    for _ in range(ONE_AFTER_ANOTHER):
        server.browser().get("/")
    time.sleep(1.5)
    made = begun() - before
    return at_most("A4.postgres.reuse", made, NEW_CONNECTIONS, f"new ones for {ONE_AFTER_ANOTHER} requests")


CHECKS = [
    Check("A4.bodies", large_bodies, quick=True),
    Check("A4.headers", large_headers, quick=True),
    Check("A4.chunked", chunked_uploads, quick=True),
    Check("A4.small-bodies", unfinished_small_bodies),
    Check("A4.handshakes", unreadable_handshakes, quick=True),
    Check("A4.half-sent", half_sent),
    Check("A4.postgres", many_at_once),
]
