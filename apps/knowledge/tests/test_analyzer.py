from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.knowledge.index.analyzer import (
    MAX_CHARS,
    count_stems,
    joined_words,
    stems,
    word_spans,
    words,
    written_words,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Travelling travels TRAVELLED", ["travel", "travel", "travel"]),
        ("the company's policies", ["compani", "polici"]),
        ("the company’s policies", ["compani", "polici"]),
        ("What is it, and who are you?", []),
        ("I don’t know", ["know"]),
        ("401(k) and 25,000", ["401", "k", "25000"]),
        ("Café STRASSE straße", ["cafe", "strass", "strass"]),
        ("snake_case e-mail", ["snake", "case", "e", "mail", "email"]),
        ("", []),
    ],
)
def test_stems(text: str, expected: list[str]) -> None:
    assert stems(text) == expected


@pytest.mark.parametrize("written", ["E-1042", "e1042", "E1042", "E 1042", "e\u20111042", "E\u20131042"])
def test_a_code_is_one_token_however_a_document_writes_it(written: str) -> None:
    assert "e1042" in stems(f"Code {written} is shown.")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("E-1042", ["e1042"]),
        ("RX-410 or RX-410B", ["rx410", "or", "rx410b"]),
        ("v3.10", ["3p10"]),
        ("3.1", ["3p1"]),
        ("10⁶", ["10r6"]),
        ("10^6", ["10r6"]),
        ("106", ["106"]),
        ("10⁻⁶", ["10rm6"]),
        ("1,250", ["1250"]),
        ("2,5", ["2p5"]),
        ("H₂O", ["h2o"]),
        ("COVID-19", ["covid19"]),
    ],
)
def test_codes_and_numbers_of_a_question(text: str, expected: list[str]) -> None:
    assert [stem for _, stem in words(text)] == [stem for stem in expected if stem != "or"]


def test_a_document_is_found_by_the_parts_of_its_codes_and_versions() -> None:
    assert stems("E-1042") == ["e1042", "1042"]
    assert stems("3.10.2") == ["3p10p2", "3p10", "3"]
    assert set(stems("ISO 9001")) == {"iso", "9001", "iso9001"}


def test_neighbouring_words_may_be_one() -> None:
    assert ("e", "1057", "e1057") in joined_words("printer shows e 1057 what now")
    assert ("wi", "fi", "wifi") in joined_words("Is there wi-fi?")
    assert "wifi" in stems("the guest Wi-Fi")


@pytest.mark.parametrize(
    ("question", "document"),
    [
        ("产假有几周？", "女员工享有十六周产假。"),
        ("駐車場はどこですか", "来客用の駐車場は建物の裏です。"),
        ("주차장은 어디에 있나요?", "주차장이 건물 뒤에 있습니다."),
        ("ที่จอดรถอยู่ที่ไหน", "ที่จอดรถอยู่หลังอาคาร"),
    ],
)
def test_scripts_without_spaces_are_found_by_pieces(question: str, document: str) -> None:
    asked = {stem for _, stem in words(question)}
    assert len(asked & set(stems(document))) >= max(1, len(asked) / 2)


@pytest.mark.parametrize("question", ["为什么？", "どうですか", "누구인가요?"])
def test_words_of_every_question_are_no_terms(question: str) -> None:
    assert words(question) == []


def test_a_voiced_kana_is_another_letter() -> None:
    assert stems("ガス") != stems("カス")


def test_names_are_told_by_their_capitals_inside_a_sentence() -> None:
    written = written_words("Where is Okta? Who is ANNA, and what is MQTT or SCHEDULES?")
    assert [written[stem] for stem in ("okta", "anna", "mqtt", "schedul")] == [
        ("Okta", True),
        ("ANNA", True),
        ("MQTT", True),
        ("SCHEDULES", False),
    ]


@pytest.mark.parametrize("question", ["HOW LONG IS THE WARRANTY OF A PUMP?", "How Long Is The Warranty?"])
def test_nothing_is_a_name_where_all_words_have_capitals(question: str) -> None:
    assert not any(is_name for _, is_name in written_words(question).values())


def test_counts_repeat() -> None:
    assert count_stems("Leave, leaves and more leave") == {"leav": 3, "more": 1}


def test_a_long_word_is_cut() -> None:
    assert [len(stem) for stem in stems("x" * 500)] == [MAX_CHARS]


@given(st.text())
def test_a_stem_is_one_token_for_every_index(text: str) -> None:
    for stem in stems(text):
        assert stem
        assert stem.isalnum()
        assert len(stem) <= MAX_CHARS


@given(st.text())
def test_stems_of_stored_stems_stay_apart(text: str) -> None:
    assert " ".join(stems(text)).split() == stems(text)


def test_threads_agree() -> None:
    words = [f"organisations{number} travelling{number}" for number in range(2000)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(stems, words))
    assert found == [stems(text) for text in words]
    assert found[7] == ["organisations7", "travelling7"]


@pytest.mark.parametrize("piece", ["1.", "a-1", "E 1 ", "1,111,", "1^", "RX-", "年"])
def test_long_runs_of_codes_are_read_in_linear_time(piece: str) -> None:
    def seconds(times: int) -> float:
        started = time.process_time()
        stems(piece * times)
        return time.process_time() - started

    assert seconds(40_000) < 12 * seconds(10_000) + 0.5


@given(
    st.text("aE1.,'-_\u2019\u00e9\u0301\u4e2d ", max_size=MAX_CHARS + 10),
    st.sampled_from(" \n\t\u00a0"),
    st.text("bR2,'-", max_size=20),
)
def test_white_space_parts_words(first: str, space: str, second: str) -> None:
    """So that a text can be read in chunks, most of which are known from before."""
    shift = len(first + space)
    after = [(shift + start, shift + end) for start, end in word_spans(second)]
    assert word_spans(first + space + second) == word_spans(first) + after
    assert set(stems(first) + stems(second)) <= set(stems(first + space + second))
