"""Finds the sentences that answer only together: a list with the line before it, a question with its answer, a heading
with the text below it, code with the sentence before it, a sentence with the one that it refers to.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from apps.knowledge.chunking.leaning import introduces, leans
from apps.knowledge.documents.parsed_document import Block, BlockKind

Span = tuple[int, int]

_CLOSING = "\"'”’»」』)]*_"
_QUESTION_MARKS = ("?", "？", "؟")
_ASKED = re.compile(r"(?:Q|Question|Frage|Pregunta|問|问)\s*\d{0,3}\s*[:：]\s*\S", re.IGNORECASE)
_SENTENCE_END = (".", "!", "。", "！", ".)", ".”", '."')
_FRAGMENT_WORDS = 12  # of an item of a bulleted list that says nothing without the others


@dataclass(frozen=True)
class Unit:
    """text[start:end] is quoted as one; `items` are the starts of the list items in it."""

    start: int
    end: int
    items: tuple[int, ...] = ()

    def within(self, start: int, end: int) -> tuple[Span, int]:
        """The part inside a passage, and how many list items are outside."""
        span = max(self.start, start), min(self.end, end)
        inside = bisect_left(self.items, span[1]) - bisect_left(self.items, span[0])
        return span, len(self.items) - inside


@dataclass(frozen=True)
class SpannedBlock:
    """A block with the spans of its sentences, of which there is at least one."""

    block: Block
    sentences: tuple[Span, ...]

    @property
    def start(self) -> int:
        return self.sentences[0][0]

    @property
    def end(self) -> int:
        return self.sentences[-1][1]

    @property
    def is_listed(self) -> bool:
        """An item of a list, or what follows it inside the item."""
        kind = self.block.kind
        return kind is BlockKind.LIST_ITEM or (
            self.block.level > 0 and kind not in (BlockKind.HEADING, BlockKind.TABLE_ROW)
        )


Units = dict[int, Unit]  # by the start of a sentence


def units_of(text: str, blocks: Sequence[SpannedBlock]) -> Units:
    """The units of one section. Sentences that answer alone are not in them."""
    units: Units = {}
    for first, last in _lists(blocks):
        units |= _list_units(text, blocks, first, last)
    units |= _question_units(text, blocks, units)
    if len(blocks) > 1 and blocks[0].block.kind is BlockKind.HEADING:
        below = units.get(blocks[1].start)
        units[blocks[0].start] = Unit(blocks[0].start, max(blocks[1].end, below.end if below else 0))
    units |= _code_units(text, blocks, units)
    return units | _leaning_units(text, blocks, units)


def together(blocks: Sequence[SpannedBlock], units: Units) -> Iterator[list[SpannedBlock]]:
    """The blocks in groups, none of which ends inside a unit."""
    group: list[SpannedBlock] = []
    end = 0
    for block in blocks:
        own = [units[start] for start, _ in block.sentences if start in units]
        if group and block.start >= end and all(unit.start >= block.start for unit in own):
            yield group
            group = []
        group.append(block)
        end = max(end, block.end, *(unit.end for unit in own))
    if group:
        yield group


def _lists(blocks: Sequence[SpannedBlock]) -> Iterator[Span]:
    """The ranges of blocks that are a list each."""
    first: int | None = None
    for place, block in enumerate(blocks):
        if block.is_listed and first is None:
            first = place
        elif not block.is_listed and first is not None:
            yield first, place
            first = None
    if first is not None:
        yield first, len(blocks)


def _list_units(text: str, blocks: Sequence[SpannedBlock], first: int, last: int) -> Units:
    items = [each for each in blocks[first:last] if each.block.kind is BlockKind.LIST_ITEM]
    if not items or _are_questions(text, items):
        return {}
    lead = _lead(text, blocks[first - 1] if first else None, items)
    if lead is None and not (len(items) > 1 and (items[0].block.label or _are_fragments(text, items))):
        return {}
    starts = [start for block in blocks[first:last] for start, _ in block.sentences]
    top = min(each.block.level for each in items)
    unit = Unit(
        starts[0] if lead is None else lead[0],
        blocks[last - 1].end,
        tuple(each.start for each in items if each.block.level == top),
    )
    return dict.fromkeys(starts if lead is None else [lead[0], *starts], unit)


def _lead(text: str, before: SpannedBlock | None, items: Sequence[SpannedBlock]) -> Span | None:
    """The sentence that introduces the list: any before numbered items or fragments, else one that says so."""
    if before is None or before.block.kind not in (BlockKind.PARAGRAPH, BlockKind.QUOTE):
        return None
    start, end = before.sentences[-1]
    leads = introduces(text[start:end]) or items[0].block.label or _are_fragments(text, items)
    return (start, end) if leads else None


def _are_fragments(text: str, items: Sequence[SpannedBlock]) -> bool:
    """Whether every item is a few words that are no sentence."""
    return all(
        len(each.sentences) == 1
        and not text[each.start : each.end].endswith(_SENTENCE_END)
        and len(text[each.start : each.end].split()) <= _FRAGMENT_WORDS
        for each in items
    )


def _are_questions(text: str, items: Sequence[SpannedBlock]) -> bool:
    """Whether the list is one of questions with their answers."""
    asked = sum(is_question(text[start:end]) for start, end in (each.sentences[0] for each in items))
    return 2 * asked >= len(items)


def is_question(sentence: str) -> bool:
    if sentence.rstrip().rstrip(_CLOSING).endswith(_QUESTION_MARKS):
        return True
    return (":" in sentence or "：" in sentence) and _ASKED.search(sentence) is not None


def _question_units(text: str, blocks: Sequence[SpannedBlock], lists: Units) -> Units:
    """A question with its answer: the rest of its block, or the block below it with a list that this leads to."""
    units: Units = {}
    for place, block in enumerate(blocks):
        below = blocks[place + 1] if place + 1 < len(blocks) else None
        for asked, answered in _questions(text, block, below):
            last = lists.get(answered[-1][0])
            unit = Unit(
                asked[0][0], max(answered[-1][1], last.end if last else 0), last.items if last else ()
            )
            starts = [start for start, _ in (*asked, answered[0])]
            units |= {start: unit for start in starts if start not in lists}
    return units


def _questions(
    text: str, block: SpannedBlock, below: SpannedBlock | None
) -> Iterator[tuple[list[Span], list[Span]]]:
    """The questions of a block, each with the sentences of its answer; questions one after the other are one."""
    if block.block.kind in (BlockKind.CODE, BlockKind.TABLE_ROW):
        return
    asked: list[Span] = []
    answered: list[Span] = []
    for span in block.sentences:
        if not is_question(text[slice(*span)]):
            if asked and (not answered or _begins_line(text, asked[0][0], block)):
                answered.append(span)
        else:
            if asked and answered:
                yield asked, answered
                asked, answered = [], []
            asked.append(span)
    if asked and not answered and below is not None and below.block.kind is not BlockKind.CODE:
        answered = _until_question(text, below)
    if asked and answered:
        yield asked, answered


def _until_question(text: str, block: SpannedBlock) -> list[Span]:
    found: list[Span] = []
    for span in block.sentences:
        if is_question(text[slice(*span)]):
            break
        found.append(span)
    return found


def _begins_line(text: str, start: int, block: SpannedBlock) -> bool:
    return start == block.start or text[start - 1] == "\n"


def _code_units(text: str, blocks: Sequence[SpannedBlock], others: Units) -> Units:
    """Blocks of code that follow each other, with the sentence before them. That sentence brings them along only if it
    introduces them.
    """
    units: Units = {}
    for is_code, group in groupby(range(len(blocks)), lambda at: blocks[at].block.kind is BlockKind.CODE):
        places = list(group)
        starts = [start for at in places for start, _ in blocks[at].sentences]
        if not is_code or not others.keys().isdisjoint(starts):
            continue
        before = blocks[places[0] - 1] if places[0] else None
        lead = None if before is None or before.block.kind is BlockKind.TABLE_ROW else before.sentences[-1]
        unit = Unit(starts[0] if lead is None else lead[0], blocks[places[-1]].end)
        units |= dict.fromkeys(starts, unit)
        if lead is not None and lead[0] not in others and introduces(text[slice(*lead)]):
            units[lead[0]] = unit
    return units


def _leaning_units(text: str, blocks: Sequence[SpannedBlock], others: Units) -> Units:
    """A sentence that refers to the one before it, with the unit of that one. If that one refers back, too, with both
    before it.
    """
    spans = [
        span for block in blocks if block.block.kind is not BlockKind.TABLE_ROW for span in block.sentences
    ]
    units: Units = {}
    for earlier, before, (start, end) in zip([None, *spans], spans, spans[1:], strict=False):
        if start in others or not leans(text[start:end]):
            continue
        if before[0] in others:
            units[start] = Unit(others[before[0]].start, end)
        else:
            first = earlier if earlier and leans(text[slice(*before)]) else before
            units[start] = Unit(first[0], end)
    return units
