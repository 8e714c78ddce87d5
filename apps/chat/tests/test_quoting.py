"""Which sentences are quoted, and that a quote is always cut from its passage."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.chat.answering.quoting import choose_quotes, whole_passage
from apps.chat.config import answer_config
from apps.chat.tests.found import passage
from apps.knowledge.documents.parsed_document import Range
from apps.knowledge.search.results import RankedPassage

RULES = answer_config()
LONG = "is a sentence of its own here."

words = st.text("ab ÅŞ🙂:.", min_size=1, max_size=30).map(lambda text: f"x{text}x")
sentences = st.lists(st.tuples(words, st.floats(-3, 3)), min_size=1, max_size=6)
passages = st.lists(sentences, max_size=5).map(lambda rows: [passage(n, row) for n, row in enumerate(rows)])


def texts(*found: RankedPassage) -> list[str]:
    return [span.text for span in choose_quotes(found, RULES)]


@given(passages)
def test_every_quote_is_cut_from_its_passage(found: list[RankedPassage]) -> None:
    quotes = choose_quotes(found, RULES)
    by_start = {row.start: row for row in found}
    for quote in quotes:
        row = by_start[quote.start // 1000 * 1000]
        assert quote.text == row.text[quote.start - row.start : quote.end - row.start] != ""
    assert len(quotes) <= RULES.quotes
    spans = sorted((quote.start, quote.end) for quote in quotes)
    assert all(first[1] <= second[0] for first, second in pairwise(spans))


@given(passages)
def test_the_same_passages_give_the_same_quotes(found: list[RankedPassage]) -> None:
    assert choose_quotes(found, RULES) == choose_quotes(list(found), RULES)


@given(passages)
def test_something_found_is_something_quoted(found: list[RankedPassage]) -> None:
    assert bool(choose_quotes(found, RULES)) == bool(found)


def test_the_best_sentence_comes_first_wherever_it_stands() -> None:
    first = passage(0, [(f"First {LONG}", 0.1), (f"Second {LONG}", 0.2)])
    second = passage(1, [(f"Third {LONG}", 0.0), (f"Fourth {LONG}", 0.9)], document="b.md")
    assert texts(first, second)[0].endswith(f"Fourth {LONG}")


def test_chosen_neighbours_become_one_quote() -> None:
    row = passage(0, [(f"First {LONG}", 0.8), (f"Second {LONG}", 0.9), (f"Third {LONG}", -1.0)])
    assert texts(row) == [f"First {LONG} Second {LONG}"]


def test_a_passage_gives_two_sentences_at_most() -> None:
    row = passage(0, [(f"Number {n} {LONG}", 1 - n / 10) for n in (1, 5, 2, 6, 3)])
    assert sum(text.count("Number") for text in texts(row)) == RULES.per_passage == 2


def test_copies_in_other_documents_are_not_quoted_again() -> None:
    copies = [
        passage(n, [(f"Passwords need twelve characters, and this {LONG}", 1.0)], document=f"{n}.md")
        for n in range(3)
    ]
    other = passage(3, [(f"Another {LONG}", 0.9)])
    assert len(texts(*copies, other)) == 2


def test_a_second_and_third_quote_must_be_nearly_as_good_as_the_first() -> None:
    def count(*scores: float) -> int:
        names = ("apple", "berry", "cherry")
        return len(texts(*(passage(n, [(f"{names[n]} {LONG}", score)]) for n, score in enumerate(scores))))

    second, third = RULES.further_within
    assert count(3.0, 3.0 - third, 3.0 - third) == 3
    assert count(3.0, 3.0 - third, 2.9 - third) == 2
    assert count(3.0, 3.0 - second) == 2
    assert count(3.0, 2.9 - second, 2.9 - second) == 1


def test_a_further_quote_says_more_than_the_question() -> None:
    rows = [passage(0, [("A canoe is lent for a day.", 1.0)]), passage(1, [("Lending of canoes", 0.9)])]
    asked = [quote.text for quote in choose_quotes(rows, RULES, "lending of a canoe?")]
    assert asked == ["A canoe is lent for a day."]
    assert len(choose_quotes(rows, RULES, "boats?")) == 2


@given(passages, st.sampled_from(["how long?", "when is x?", "how many xs?", "who is x?"]))
def test_marked_words_are_within_their_quote(found: list[RankedPassage], question: str) -> None:
    for quote in choose_quotes(found, RULES, question):
        assert all(0 <= start < end <= len(quote.text) for start, end in quote.marked)


def test_the_words_that_answer_are_marked_unless_the_text_is_unreliable() -> None:
    row = passage(0, [("Our old ferry takes 25 minutes.", 0.9)])
    [quote] = choose_quotes([row], RULES, "How long does the ferry take?")
    assert [quote.text[start:end] for start, end in quote.marked] == ["25 minutes"]
    doubtful = row._replace(unreliable=(Range(row.start, row.start + 5),))
    assert choose_quotes([doubtful], RULES, "How long does the ferry take?")[0].marked == ()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("The pass costs 25 crowns in the summer season.", "The pass costs 28 crowns in the summer season."),
        ("Guests may swim in the lake after dark.", "Guests may not swim in the lake after dark."),
        ("Keys are kept by Ada Holm at the front desk.", "Keys are kept by Eva Holm at the front desk."),
        ("Use release 3.1 of the meter on every roof.", "Use release 3.10 of the meter on every roof."),
        ("The mill pays the farm for the grain.", "The farm pays the mill for the grain."),
    ],
)
def test_texts_that_differ_in_one_word_are_both_quoted(first: str, second: str) -> None:
    rows = [passage(n, [(text, 1.0)], document=f"{n}.md") for n, text in enumerate((first, second))]
    assert texts(*rows) == [first, second]


def test_the_same_words_under_another_heading_are_told_apart() -> None:
    adults, children = (passage(n, [("The fee is six crowns a year.", 1.0)]) for n in range(2))
    other = children._replace(heading_path=("Title", "Children"))
    assert len(texts(adults, children)) == 1
    assert [span.heading_path[-1] for span in choose_quotes([adults, other], RULES)] == ["Part", "Children"]


def test_words_that_another_quote_holds_are_not_quoted_again() -> None:
    long, short = passage(0, [("Wait for ten minutes, then rinse.", 1.0)]), passage(1, [("then rinse", 0.9)])
    assert texts(long, short) == ["Wait for ten minutes, then rinse."]


@given(passages, st.data())
def test_quotes_with_units_never_overlap(found: list[RankedPassage], data: st.DataObject) -> None:
    drawn = []
    for row in found:
        sentences = []
        for place, sentence in enumerate(row.sentences):
            first = data.draw(st.integers(0, place))
            last = data.draw(st.integers(place, len(row.sentences) - 1))
            start, end = row.sentences[first].start, row.sentences[last].end
            sentences.append(sentence._replace(unit_start=start, unit_end=end))
        drawn.append(row._replace(sentences=tuple(sentences)))
    spans = sorted((quote.start, quote.end) for quote in choose_quotes(drawn, RULES))
    assert all(first[1] <= second[0] for first, second in pairwise(spans))


def test_a_quote_holds_the_whole_unit_and_says_what_is_missing() -> None:
    row = passage(0, [("Bring:", 0.1), ("boots", 0.9), ("a torch", -1.0), ("The hut is old.", -2.0)])
    end = row.sentences[2].end
    items = [each._replace(unit_start=row.start, unit_end=end, more=2) for each in row.sentences[:3]]
    in_a_list = row._replace(sentences=(*items, row.sentences[3]))
    [quote] = choose_quotes([in_a_list], RULES)
    assert (quote.text, quote.more) == ("Bring: boots a torch", 2)


def test_a_sentence_that_leads_to_the_next_brings_it_along() -> None:
    row = passage(
        0, [("Follow these steps:", 0.9), (f"Open the page, which {LONG}", -2.0), (f"Last {LONG}", -3.0)]
    )
    assert texts(row)[0] == f"Follow these steps: Open the page, which {LONG}"


def test_a_short_row_of_a_table_stands_alone() -> None:
    found = passage(1, [("OF-630 | Donated leave", 0.9), ("Fill in the form and send it.", 0.1)])
    row = found.sentences[0]._replace(context="Form | For", text="OF-630 leave")
    in_a_table = found._replace(sentences=(row, found.sentences[1]))
    (quote,) = choose_quotes([in_a_table], RULES.model_copy(update={"per_passage": 1}))
    assert (quote.start, quote.end) == (row.start, row.end)
    assert quote.columns == "Form | For"
    assert whole_passage(in_a_table).columns == "Form | For"


def test_rows_of_one_table_name_its_columns_once() -> None:
    found = passage(1, [("A\t1", 0.9), ("B\t2", 0.8), ("Said below the table.", 0.1)])
    rows = [sentence._replace(context="Grade; Hours") for sentence in found.sentences[:2]]
    assert whole_passage(found._replace(sentences=(*rows, found.sentences[2]))).columns == "Grade; Hours"


def test_a_quote_says_which_of_its_words_are_code() -> None:
    found = passage(
        1, [("Run this:", 0.9), ("waffle --clean", 0.1), ("waffle --off", 0.1), ("Then wait.", 0.1)]
    )
    code = [each._replace(is_code=True) for each in found.sentences[1:3]]
    whole = whole_passage(found._replace(sentences=(found.sentences[0], *code, found.sentences[3])))
    assert [whole.text[start:end] for start, end in whole.code] == ["waffle --clean waffle --off"]


def test_inline_code_of_a_quote_is_code() -> None:
    found = passage(1, [("Run waffle --clean or waffle.", 0.9), ("Then wait.", 0.1), ("waffle --off", 0.1)])
    first, second, block = found.sentences
    at = first.start
    inline = first._replace(inline_code=(at + 4, at + 18, at + 22, at + 28))
    whole = whole_passage(found._replace(sentences=(inline, second, block._replace(is_code=True))))
    words = [whole.text[start:end] for start, end in whole.code]
    assert words == ["waffle --clean", "waffle", "waffle --off"]


def test_late_neighbours_lengthen_a_quote_and_no_new_one_begins() -> None:
    names = ("apple", "berry", "cherry", "date")
    rows = [
        passage(n, [(" ".join([name] * 5), 0.9), (" ".join([f"{name}s"] * 5), 0.5)])
        for n, name in enumerate(names)
    ]
    assert texts(*rows) == [row.text for row in rows[:3]]


def test_a_quote_names_the_page_on_which_it_begins() -> None:
    row = passage(0, [(f"First {LONG}", 0.9), (f"Second {LONG}", 0.1), (f"Third {LONG}", 0.8)])
    second, third = row.sentences[1].start, row.sentences[2].start
    paged = row._replace(page=2, page_starts=(second, third))
    assert [quote.page for quote in choose_quotes([paged], RULES)] == [2, 4]
    labelled = paged._replace(page_labels=("ii", "1", "2"))
    assert [quote.page_label for quote in choose_quotes([labelled], RULES)] == ["ii", "2"]
    assert {quote.page_label for quote in choose_quotes([paged], RULES)} == {""}
    assert whole_passage(paged).page == 2
    assert whole_passage(row).page is None


def test_a_whole_passage_is_its_text() -> None:
    row = passage(2, [(f"One {LONG}", 0.0), (f"Two {LONG}", 0.0)])
    span = whole_passage(row)
    assert (span.start, span.end, span.text) == (2000, 2000 + len(row.text), row.text)


def test_words_are_marked_in_the_first_quote_only() -> None:
    found = [
        passage(1, [("The ferry takes 25 minutes.", 5.0)]),
        passage(2, [("In a storm the ferry takes 40 minutes.", 4.9)]),
    ]
    first, second = choose_quotes(found, RULES, "How long does the ferry take?")
    assert [first.text[start:end] for start, end in first.marked] == ["25 minutes"]
    assert second.marked == ()
