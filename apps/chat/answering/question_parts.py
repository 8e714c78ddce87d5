"""Splits a text that asks several things into its questions. By rules on English words, and only where both sides of an
"and" or of a punctuation mark are whole questions: "terms and conditions" and "Monday and Friday" stay together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from apps.chat.answering import follow_up_words as closed
from apps.chat.answering.phrases import Word, words_of

LONGEST = 600  # characters of a text that is split
MOST = 4  # questions of one text
_SENTENCE = re.compile(r"(?<=[?!;])\s+|(?<=\.)\s+(?=[A-Z])|\s*\n\s*")
_JOINT = re.compile(
    r"(?:,\s*(?P<joined>and|or|but)?|\s(?P<loose>and|or|but))\s+(?:also\s+|then\s+)?", re.IGNORECASE
)
_OPENING = re.compile(r"^(?:and|also|but|or|so)[,\s]\s*(?:also\s+|then\s+)?", re.IGNORECASE)
_QUOTED = re.compile(r"[“”„\"«»]")
_EMBEDDING = closed.QUESTION_WORDS | {"whether", "if"}
_INVERTED = closed.SUBJECTS | closed.DETERMINERS | {"there"}
_OWN = frozenset("my your our their his her its this that these those".split())
_ALSO_VERBS = frozenset(("do", "have", "has", "had", "be"))  # "and do the test there" asks nothing
_BE = frozenset(("is", "are", "was", "were"))  # "and is the best" asks nothing either
_WITHIN = 5  # words between "which" and its verb


def question_parts(text: str) -> tuple[str, ...]:
    """The questions in order, each as a text of its own; the text itself if it asks one thing, or too many."""
    if len(text) > LONGEST or _QUOTED.search(text):
        return (text,)
    parts: list[str] = []
    context = ""  # "I lost my phone." belongs to the question after it
    for sentence in filter(None, _SENTENCE.split(text.strip())):
        if _asks(words_of(sentence), is_first=True):
            first, *others = _clauses(sentence)
            parts += [_OPENING.sub("", first) if parts else f"{context} {first}".strip(), *others]
        elif parts:  # a story, not a list of questions
            return (text,)
        else:
            context = f"{context} {sentence}".strip()
    is_list = 1 < len(parts) <= MOST and all(map(_says_something, parts))
    return tuple(map(_ended, parts)) if is_list else (text,)


def _clauses(sentence: str) -> Iterator[str]:
    """The sentence, or what stands before and after its joints."""
    start = 0
    for joint in _JOINT.finditer(sentence):
        before, after = sentence[start : joint.start()], sentence[joint.end() :]
        if _is_joint(joint, words_of(before), words_of(after)):
            yield before
            start = joint.end()
    yield sentence[start:]


def _is_joint(joint: re.Match[str], before: Sequence[Word], after: Sequence[Word]) -> bool:
    """Whether whole questions stand on both sides. "Do I need A or can I use B?" is one question, as is "where do I see
    who asked and who answered?"
    """
    if not after or not _asks(before, is_first=True):
        return False
    is_inner = any(word.text in _EMBEDDING for word in before[2:])
    conjunction = (joint["joined"] or joint["loose"] or "").lower()
    is_yes_or_no = after[0].text in closed.AUXILIARIES
    if is_yes_or_no and conjunction in ("or", ""):
        return False
    if not conjunction and all(word.text in closed.LIGHT for word in before if word.is_content):
        return False  # "Can you tell me, what is ..."
    return _asks(after, is_inner=is_inner or not conjunction)


def _asks(words: Sequence[Word], *, is_first: bool = False, is_inner: bool = False) -> bool:
    """Whether the words are a main clause that asks. After an inner clause ("who has access"), "who ..." may go on with
    it unless its verb stands before its subject.
    """
    texts = [word.text for word in words]
    while texts and texts[0] in closed.PREPOSITIONS - closed.QUESTION_WORDS | {
        "and",
        "also",
        "but",
        "so",
        "or",
    }:
        texts = texts[1:]
    if len(texts) < 2:
        return False
    if texts[0] in closed.AUXILIARIES:
        return is_first or _has_subject(*texts[:2])
    if texts[0] not in closed.QUESTION_WORDS:
        return False
    return _has_verb_first(texts) if is_inner else _has_verb(texts, is_first=is_first)


def _has_subject(verb: str, after: str) -> bool:
    """ "Do I", "can the"; not "do the", "have it", "is no", which may go on with the clause before."""
    if verb in _ALSO_VERBS - {"do"}:
        return after in ("i", "we")
    if after in closed.SUBJECTS | {"there"}:
        return True
    return after in (_OWN if verb in _BE else closed.DETERMINERS) and verb not in _ALSO_VERBS


def _has_verb(texts: Sequence[str], *, is_first: bool) -> bool:
    """ "Who approves", "what happens", "which plan is", "how long does"; not "when I leave", "how it is", "how to"."""
    asked, after = texts[0], texts[1]
    if asked == "which" and after in ("is", "are", "was", "were") and not is_first:
        return False  # "and which are not?" leaves its noun out
    if after in closed.AUXILIARIES:
        return True
    if after in closed.SUBJECTS | closed.DETERMINERS | closed.PREPOSITIONS or after in ("to", "and", "or"):
        return False
    if asked == "who":
        return True
    if asked == "what" and after in closed.VERBS:
        return True
    if asked == "which" and any(text.endswith("s") for text in texts[2:4] if text != texts[-1]):
        return True  # "which signal starts it"
    return asked in ("what", "which", "whose", "how") and _verb_place(texts) > 0


def _has_verb_first(texts: Sequence[str]) -> bool:
    place = 1 if texts[1] in closed.AUXILIARIES else _verb_place(texts)
    return 0 < place < len(texts) - 1 and texts[place + 1] in _INVERTED


def _verb_place(texts: Sequence[str]) -> int:
    """Of the auxiliary verb that comes before any subject; 0 if there is none."""
    for place, text in enumerate(texts[1 : 1 + _WITHIN], start=1):
        if text in closed.AUXILIARIES:
            return place
        if text in closed.SUBJECTS | closed.DETERMINERS:
            return 0
    return 0


def _says_something(part: str) -> bool:
    """ "And when?" says nothing that could be answered by itself."""
    return any(word.is_content and word.text not in closed.VAGUE for word in words_of(part))


def _ended(part: str) -> str:
    return f"{part.rstrip(' ,;')}?" if part.rstrip()[-1:] not in ("?", ".", "!") else part
