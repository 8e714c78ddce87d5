"""The embedded profile's broker: what is put into a queue wakes its reader."""

from __future__ import annotations

import threading
import time
import uuid

import pytest
from kombu import Connection, Consumer, Producer, Queue

import chatbot_saas.broker  # noqa: F401 - makes the scheme known

ADDRESS = "threads://localhost/"


def test_an_arrival_wakes_the_reader() -> None:
    queue, read, put = Queue(uuid.uuid4().hex, durable=False), [], []

    def write() -> None:
        time.sleep(0.3)
        with Connection(ADDRESS) as connection:
            put.append(time.monotonic())
            Producer(connection).publish({"id": 7}, routing_key=queue.name, declare=[queue])

    threading.Thread(target=write).start()
    with (
        Connection(ADDRESS) as connection,
        Consumer(connection, [queue], callbacks=[lambda body, _: read.append(body)]),
    ):
        connection.drain_events(timeout=5)
    assert read == [{"id": 7}]
    assert time.monotonic() - put[0] < 0.1


def test_an_empty_queue_times_out() -> None:
    queue, started = Queue(uuid.uuid4().hex, durable=False), time.monotonic()
    with (
        Connection(ADDRESS) as connection,
        Consumer(connection, [queue], callbacks=[]),
        pytest.raises(TimeoutError),
    ):
        connection.drain_events(timeout=0.3)
    assert 0.25 < time.monotonic() - started < 2


def test_waiting_costs_no_processor() -> None:
    queue = Queue(uuid.uuid4().hex, durable=False)
    with Connection(ADDRESS) as connection, Consumer(connection, [queue], callbacks=[]):
        started = time.thread_time()
        with pytest.raises(TimeoutError):
            connection.drain_events(timeout=1)
        assert time.thread_time() - started < 0.02


def test_a_released_message_is_found_without_an_arrival() -> None:
    """A reader that may hold one message reads the next after its acknowledgement."""
    queue, held = Queue(uuid.uuid4().hex, durable=False), []
    with Connection(ADDRESS) as connection:
        for number in range(2):
            Producer(connection).publish(number, routing_key=queue.name, declare=[queue])
        with Consumer(
            connection, [queue], prefetch_count=1, callbacks=[lambda _, message: held.append(message)]
        ):
            connection.drain_events(timeout=1)
            threading.Timer(0.2, held[0].ack).start()
            connection.drain_events(timeout=5)
    assert [message.payload for message in held] == [0, 1]
