"""A6: one socket's work does not hold up another's."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress

from websockets.exceptions import ConnectionClosed

from checks.browser import Browser
from checks.chat_socket import Socket
from checks.database import Database
from checks.installation import Checkout
from checks.questions import distinct_questions
from checks.results import Check, Result, at_most, none_of, p95
from checks.tenants import staged

LOCKED_SECONDS, PING_SECONDS, PING_EVERY = 8.0, 0.1, 0.2
ASKERS, PEOPLE, RESENDS = 24, 2, 10  # one person may open 20 sockets
FRAME_LIMIT = 65_536
TYPED_CHARS, HOSTILE_QUESTIONS = 3_660, 6
BYSTANDER_SECONDS, SLOWEST_SECONDS = 0.5, 1.0
EVERY, WARM_UP, QUIET_QUESTIONS, LOADED_QUESTIONS = 0.25, 30, 40, 60
MADE_UP_WORDS = 15_000
SYLLABLES = "ba ce di fo gu ha je ki lo mu na pe ri so tu va we xi yo zu bra cle dro fli gra".split()


def ping_behind_a_lock(checkout: Checkout) -> Iterator[Result]:
    with checkout.installation("a6-ping").serving() as server, ExitStack() as stack:
        people = [server.member(f"member-{number}@example.org") for number in range(PEOPLE)]
        own = [(person, person.new_collection("Papers")) for person in people]
        pinging = stack.enter_context(server.member("bystander@example.org").socket())
        asking = [
            (stack.enter_context(person.socket()), collection)
            for person, collection in own * (ASKERS // PEOPLE)
        ]
        pinging.ping()
        answers: list[dict[str, object]] = []
        lock = threading.Thread(target=_lock, args=(server.installation.database,))
        lock.start()
        threads = [_ask_in_a_thread(each, collection, answers) for each, collection in asking]
        seconds = _pings(pinging)
        for thread in (lock, *threads):
            thread.join()
        note = f"slowest {max(seconds):.3f} s of {len(seconds)}"
        yield at_most("A6.ping", p95(seconds), PING_SECONDS, "s behind a locked database", note)
        problems = [str(answer) for answer in answers if answer["type"] != "answer.done"]
        problems += ["never answered"] * (ASKERS - len(answers))
        yield none_of("A6.ping.answers", problems, f"of {ASKERS} questions lost to the lock")


def _lock(database: Database) -> None:
    with database.locked():
        time.sleep(LOCKED_SECONDS)


def _ask_in_a_thread(asking: Socket, collection: str, answers: list[dict[str, object]]) -> threading.Thread:
    def ask() -> None:
        frame = asking.ask("Where do visitors park?", collection=collection)
        for _ in range(RESENDS):
            if frame.get("code") != "unavailable":
                break
            time.sleep(1)  # "Try again in a moment", it says
            sent = {
                "client_id": frame["client_id"],
                "text": "Where do visitors park?",
                "collection": collection,
            }
            asking.send(type="message.send", **sent)
            frame = asking.until("answer.done", "error")
        answers.append(frame)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    return thread


def _pings(socket: Socket) -> list[float]:
    seconds = []
    end = time.monotonic() + LOCKED_SECONDS
    while time.monotonic() < end:
        seconds.append(socket.ping())
        time.sleep(PING_EVERY)
    return seconds


def long_frames(checkout: Checkout) -> Iterator[Result]:
    with checkout.installation("a6-frames").serving() as server:
        member = server.member("member@example.org")
        collection = member.new_collection("Papers")
        for size in (FRAME_LIMIT + 1, 2 * FRAME_LIMIT):
            yield none_of(f"A6.frame-{size}", _long_frame(member, collection, size), "faults")


def _long_frame(member: Browser, collection: str, size: int) -> list[str]:
    with member.socket() as socket:
        try:
            socket.question("a" * size, collection=collection)
            frame = socket.until("error", "message.accepted", timeout=20)
            socket.ping()
        except (ConnectionClosed, TimeoutError) as error:
            return [f"the socket did not live: {error}"]
    code = frame.get("code", frame["type"])
    return [] if code == "too_long" else [f"answered by {code}"]


def typing_errors(checkout: Checkout) -> Iterator[Result]:
    """The asker's documents hold very many words, so that each typing error could stand for many."""
    with staged(checkout, "a6-typing") as scene:
        words = made_up_words()
        scene.busy.upload(scene.busy_collection, "words.txt", _text_of(words))
        found = scene.database.wait_for("words.txt", 300)
        assert found is not None, "words.txt was not listed"
        assert found.state == "ready", f"words.txt is {found.state} {found.reason}"
        time.sleep(5)
        texts = distinct_questions(WARM_UP + QUIET_QUESTIONS + LOADED_QUESTIONS)
        with scene.bystander.socket() as socket, scene.busy.socket() as typing:
            typing.ask("A first question", collection=scene.busy_collection)
            socket.ask_at_pace(texts[:WARM_UP], scene.collection, every=EVERY)
            quiet = socket.ask_at_pace(
                texts[WARM_UP : WARM_UP + QUIET_QUESTIONS], scene.collection, every=EVERY
            )
            typist = threading.Thread(
                target=_mistype, args=(typing, scene.busy_collection, words), daemon=True
            )
            typist.start()
            loaded = socket.ask_at_pace(texts[WARM_UP + QUIET_QUESTIONS :], scene.collection, every=EVERY)
            typist.join()
        note = f"quiet {p95(quiet.seconds):.3f} s"
        yield at_most("A6.typing-errors.bystander", p95(loaded.seconds), BYSTANDER_SECONDS, "s", note)
        yield at_most("A6.typing-errors.slowest", max(loaded.seconds), SLOWEST_SECONDS, "s")
        yield none_of("A6.typing-errors.unavailable", loaded.problems, "questions without an answer")


def _mistype(socket: Socket, collection: str, words: list[str]) -> None:
    chance = random.Random(6)
    with suppress(ConnectionClosed, TimeoutError):  # how the typist fares is not measured
        for _ in range(HOSTILE_QUESTIONS):
            socket.ask(_mistyped(chance, words), collection=collection)


def _mistyped(chance: random.Random, words: list[str]) -> str:
    """Two letters of each word swapped with their neighbours, up to the length of the question."""
    text = ""
    while len(text) < TYPED_CHARS:
        word = list(chance.choice(words))
        for place in (1, len(word) - 3):
            word[place], word[place + 1] = word[place + 1], word[place]
        text += f"{''.join(word)} "
    return text[:TYPED_CHARS].rpartition(" ")[0]


def made_up_words() -> list[str]:
    chance = random.Random(60)
    return sorted({"".join(chance.choices(SYLLABLES, k=4)) for _ in range(MADE_UP_WORDS)})


def _text_of(words: list[str]) -> bytes:
    lines = (" ".join(words[n : n + 9]).capitalize() + "." for n in range(0, len(words), 9))
    return "\n\n".join(lines).encode()


CHECKS = [
    Check("A6.frames", long_frames, quick=True),
    Check("A6.ping", ping_behind_a_lock, quick=True),
    Check("A6.typing-errors", typing_errors),
]
