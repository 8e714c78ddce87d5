"""Answers made and stored by the real services, then changed behind their backs: the verifier finds each change."""

from __future__ import annotations

import io
import json
import random
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, ManagementUtility, call_command

from apps.accounts.models import Role
from apps.accounts.services import register, set_role
from apps.accounts.viewer import Viewer
from apps.chat.answering.pipeline import answer_batch, configured_rules
from apps.chat.answering.verification import verify_answer
from apps.chat.models import Answer, AnswerStatus, Quote
from apps.chat.services import claim_answers, complete_answer, send_message
from apps.common.proof import Problem, canonical
from apps.knowledge.models import Collection, DocumentVersion
from apps.knowledge.search.retrieval import retrieve
from apps.knowledge.tests.files import collection_in, load

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]

LEAVE = "# Leave\n\nYou get 25 days of leave a year. Ask your lead before you book.\n\nÜbertrag 🙂 expires in March.\n"
ASKED = "You get 25 days of leave a year?"
MUTATIONS = range(8)


@pytest.fixture
def collection() -> Collection:
    chosen = collection_in()
    load(chosen, "leave.md", LEAVE.encode())
    load(chosen, "travel.md", b"# Travel\n\nBook trains at least a week ahead. Keep your tickets.\n")
    return chosen


@pytest.fixture
def viewer(collection: Collection) -> Viewer:
    user = register("alice@example.org", password="x")
    set_role(user, collection.workspace, Role.MEMBER)
    return Viewer(user=user)


@pytest.fixture
def answer(viewer: Viewer, collection: Collection) -> Answer:
    return answered(viewer, collection, ASKED)


def answered(viewer: Viewer, collection: Collection, text: str) -> Answer:
    """As a worker does it."""
    sent = send_message(viewer, client_id=uuid.uuid4(), text=text, collection=collection.uid)
    (claim,) = claim_answers([sent.message.answer.pk])
    (draft,) = answer_batch([claim.question], retrieve, configured_rules())
    assert complete_answer(claim, draft)
    return Answer.objects.get(pk=claim.answer.pk)


def problems(answer: Answer) -> set[Problem]:
    return {finding.problem for finding in verify_answer(Answer.objects.get(pk=answer.pk)).findings}


def quoted_version(answer: Answer) -> DocumentVersion:
    quote = answer.quotes.filter(kind=Quote.Kind.QUOTE).select_related("version").order_by("position")[0]
    return quote.version


def original_of(answer: Answer) -> Path:
    return Path(default_storage.path(quoted_version(answer).original))


def test_an_honest_answer_is_verified(answer: Answer) -> None:
    verdict = verify_answer(answer)
    assert (answer.status, verdict.verified, verdict.quotes) == ("answered", True, answer.quotes.count())
    assert quoted_version(answer).document.path == "leave.md"


def test_a_refusal_is_verified_and_holds_no_quote(viewer: Viewer, collection: Collection) -> None:
    refusal = answered(viewer, collection, "Zebra quantum xylophone?")
    assert refusal.status == AnswerStatus.REFUSED
    assert (verify_answer(refusal).verified, verify_answer(refusal).quotes) == (True, 0)


def test_a_quote_added_to_a_refusal_is_found(viewer: Viewer, collection: Collection, answer: Answer) -> None:
    refusal = answered(viewer, collection, "Zebra quantum xylophone?")
    Quote.objects.filter(answer=answer, position=0).update(answer=refusal, position=90)
    assert problems(refusal) == {Problem.REFUSAL_WITH_QUOTE, Problem.ROW_CHANGED}
    assert Problem.ROW_CHANGED in problems(answer)


@pytest.mark.parametrize("seed", MUTATIONS)
def test_a_changed_byte_of_the_file_is_found(answer: Answer, seed: int) -> None:
    chance, file = random.Random(seed), original_of(answer)
    data = bytearray(file.read_bytes())
    data[chance.randrange(len(data))] ^= chance.randrange(1, 256)
    file.write_bytes(data)
    assert problems(answer) == {Problem.FILE_CHANGED}


@pytest.mark.parametrize("change", [lambda data: data + b" ", lambda data: data[:-1], lambda data: b""])
def test_a_longer_or_shorter_file_is_found(answer: Answer, change: Callable[[bytes], bytes]) -> None:
    file = original_of(answer)
    file.write_bytes(change(file.read_bytes()))
    assert problems(answer) == {Problem.FILE_CHANGED}


def test_a_missing_file_is_found(answer: Answer) -> None:
    original_of(answer).unlink()
    assert problems(answer) == {Problem.SOURCE_MISSING}


@pytest.mark.parametrize("seed", MUTATIONS)
def test_a_changed_character_of_the_text_is_found(answer: Answer, seed: int) -> None:
    chance, version = random.Random(seed), quoted_version(answer)
    at = chance.randrange(len(version.text))
    other = chance.choice([char for char in "aé日🙂 \n" if char != version.text[at]])
    DocumentVersion.objects.filter(pk=version.pk).update(
        text=version.text[:at] + other + version.text[at + 1 :]
    )
    assert problems(answer) >= {Problem.TEXT_CHANGED}


def test_changed_words_are_named_beside_the_changed_text(answer: Answer) -> None:
    version = quoted_version(answer)
    DocumentVersion.objects.filter(pk=version.pk).update(text=version.text.replace("25 days", "26 days"))
    assert problems(answer) == {Problem.TEXT_CHANGED, Problem.WORDS_CHANGED}


@pytest.mark.parametrize("seed", MUTATIONS)
def test_a_moved_quote_is_found(answer: Answer, seed: int) -> None:
    chance, row = random.Random(seed), answer.quotes.get(kind=Quote.Kind.QUOTE, position=0)
    start, end = row.start, row.end
    while (start, end) == (row.start, row.end):
        start, end = sorted(chance.sample(range(row.end + 9), 2))
    Quote.objects.filter(pk=row.pk).update(start=start, end=end)
    assert problems(answer) == {Problem.ROW_CHANGED}


@pytest.mark.parametrize("seed", MUTATIONS)
def test_a_changed_character_of_the_manifest_is_found(answer: Answer, seed: int) -> None:
    chance = random.Random(seed)
    changed = answer.manifest
    while changed == answer.manifest:
        changed = one_character_changed(answer.manifest, chance)
    Answer.objects.filter(pk=answer.pk).update(manifest=changed)
    assert problems(answer) & {Problem.MANIFEST_CHANGED, Problem.MANIFEST_MALFORMED}


def one_character_changed(manifest: Any, chance: random.Random) -> Any:
    """Still JSON; the same manifest where the change would break it."""
    text = canonical(manifest).decode()
    at = chance.randrange(len(text))
    try:
        return json.loads(text[:at] + chance.choice("0123456789abcdef xyz") + text[at + 1 :])
    except json.JSONDecodeError:
        return manifest


def test_a_changed_digest_or_strength_is_found(answer: Answer) -> None:
    Answer.objects.filter(pk=answer.pk).update(manifest_sha256="0" * 64, status=AnswerStatus.PARTIAL)
    assert problems(answer) == {Problem.MANIFEST_CHANGED, Problem.STATUS_CHANGED}


def test_the_command_verifies(answer: Answer) -> None:
    verdict = json.loads(verified_by_command(answer, "--json"))
    guarantee = verdict.pop("guarantee")
    assert verdict == {
        "answer": str(answer.uid),
        "verified": True,
        "quotes": answer.quotes.count(),
        "manifest_sha256": answer.manifest_sha256,
        "unreliable_quotes": [],
        "findings": [],
    }
    verified, last = verified_by_command(answer).splitlines()
    assert verified.startswith("verified: ")
    assert last == guarantee


def test_the_command_says_what_is_compared_and_what_is_not(
    answer: Answer, capsys: pytest.CaptureFixture[str]
) -> None:
    original_of(answer).write_bytes(b"other")
    with pytest.raises(SystemExit):
        call_command("verify", str(answer.uid))
    with pytest.raises(SystemExit):
        ManagementUtility(["manage.py", "verify", "--help"]).execute()
    for text in capsys.readouterr().out.split("usage:"):
        said = " ".join(text.split())
        assert "each quote with that text, character by character" in said
        assert "Not compared: the extracted text with what a person sees in the original." in said


def test_the_command_ends_with_1_and_names_each_problem(answer: Answer) -> None:
    original_of(answer).write_bytes(b"other")
    out = io.StringIO()
    with pytest.raises(SystemExit) as caught:
        call_command("verify", str(answer.uid), "--json", stdout=out)
    verdict = json.loads(out.getvalue())
    assert (caught.value.code, verdict["verified"]) == (1, False)
    assert {"problem": "file_changed", "quote": 1} in verdict["findings"]


@pytest.mark.parametrize("name", ["nonsense", "01890000-0000-7000-8000-000000000000"])
def test_the_command_ends_with_2_without_such_an_answer(name: str) -> None:
    with pytest.raises(CommandError, match="no finished answer") as caught:
        call_command("verify", name)
    assert caught.value.returncode == 2


def test_the_command_does_not_know_a_waiting_answer(viewer: Viewer, collection: Collection) -> None:
    sent = send_message(viewer, client_id=uuid.uuid4(), text=ASKED, collection=collection.uid)
    with pytest.raises(CommandError) as caught:
        call_command("verify", str(sent.message.answer.uid))
    assert caught.value.returncode == 2


def verified_by_command(answer: Answer, *options: str) -> str:
    out = io.StringIO()
    call_command("verify", str(answer.uid), *options, stdout=out)
    return out.getvalue()
