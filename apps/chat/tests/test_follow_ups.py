"""Follow-up questions are recognised and completed by rules on their words."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from apps.chat.answering.follow_ups import (
    LONGEST,
    FollowUpKind,
    Turn,
    follow_up_of,
    kind_of,
    settled,
    without_opening,
)


def first_reading(question: str, *earlier: str) -> str:
    return follow_up_of(question, [Turn(text) for text in earlier]).readings[0]


@pytest.mark.parametrize(
    ("earlier", "question", "reading"),
    [
        ("How do I install the agent on macOS?", "and on Windows?", "How do I install the agent on Windows?"),
        ("HOW DO I INSTALL THE AGENT ON MACOS", "AND ON WINDOWS", "HOW DO I INSTALL THE AGENT ON WINDOWS?"),
        ("How many members were there in 1868?", "and in 1869?", "How many members were there in 1869?"),
        (
            "How many vacation days do full-time staff get?",
            "what about part-time staff?",
            "How many vacation days do part-time staff get?",
        ),
        ("When does a simple schedule become late?", "and cron ones", "When does a cron schedule become late?"),
        ("How do I request parental leave?", "who approves it?", "who approves parental leave?"),
        ("How is parental leave requested?", "who approves it?", "who approves parental leave?"),
        ("How are reports exported?", "what about invoices?", "How are invoices exported?"),
        ("How much does the Team plan cost?", "and the Pro plan?", "How much does the Pro plan cost?"),
        ("How do I delete my account?", "no, I meant the price of the boat", "the price of the boat"),
        ("What are webhooks?", "where can I configure them?", "where can I configure webhooks?"),
        ("How do I transfer a project?", "Who can do that?", "Who can transfer a project?"),
        ("How do I delete my account?", "how long does it take?", "how long does it take to delete my account?"),
        ("How do I change my password?", "no, I meant my e-mail address", "How do I change my e-mail address?"),
        ("How do I delete my account?", "and if I lost my phone?", "How do I delete my account if I lost my phone?"),
        ("How do I set up Slack?", "and if it fails?", "How do I set up Slack if it fails?"),
        ("How do I set up Slack?", "and email?", "How do I set up email?"),
        ("How do I export a report?", "without a login?", "How do I export a report without a login?"),
        ("Wie viele Tage Urlaub bekomme ich?", "und in Teilzeit?", "Wie viele Tage Urlaub bekomme ich in Teilzeit?"),
    ],
)  # fmt: skip
def test_a_follow_up_becomes_one_question(earlier: str, question: str, reading: str) -> None:
    assert first_reading(question, earlier) == reading


@pytest.mark.parametrize(
    "question",
    [
        "How do I install the agent on Windows?",
        "What is the grace time?",
        "Is it possible to export all reports as a spreadsheet?",
        "How long does it take to restore a backup of the database?",
        "What happens to a check when its schedule is removed?",
        "I lost the phone with my codes, how can it be replaced?",
        "In what year was the museum founded?",
        "How do I check that the tunnel is up?",
        "How can we prove that the drill took place?",
        "How do people who work on this team report their vacation?",
        "Wie viele Urlaubstage bekomme ich im ersten Jahr?",
        "vacation " * 500,
    ],
)
def test_a_whole_question_is_left_alone(question: str) -> None:
    assert follow_up_of(question, [Turn("Who approves parental leave?")]).readings == ()


@pytest.mark.parametrize(
    "question", ["and in 1869?", "who approves it?", "what about them", "why?", "那周末呢？"]
)
def test_without_earlier_turns_nothing_is_completed(question: str) -> None:
    assert kind_of(question) == FollowUpKind.LEANING
    assert follow_up_of(question, []).readings == ()


@pytest.mark.parametrize("question", ["", "?!", "🙂", "and", "it", "\x00", "what about", "no, ", "那呢"])
def test_odd_input_is_no_error(question: str) -> None:
    follow_up_of(question, [Turn(""), Turn("🙂"), Turn("it")])


def test_chinese_keeps_its_words() -> None:
    assert first_reading("那周末呢？", "工作日的开放时间是什么？") == "工作日的开放时间是什么？ 周末"


def test_an_earlier_turn_is_taken_if_only_that_one_shares_a_word() -> None:
    leave = Turn("How do I request leave?", ("Your supervisor approves leave.",))
    readings = follow_up_of("who is the supervisor?", [leave, Turn("What is a webhook?")]).readings
    assert readings == ("How do I request leave? who is the supervisor?",)


def test_turns_are_completed_one_after_another() -> None:
    turns = settled([Turn("How do I send a ping from Python?"), Turn("and from PHP?", as_typed=True)])
    assert turns[-1].question == "How do I send a ping from PHP?"
    assert (
        first_reading("and from Ruby?", *(turn.question for turn in turns))
        == "How do I send a ping from Ruby?"
    )


def test_a_turn_that_was_searched_for_stays_as_it_was_searched() -> None:
    turns = (Turn("How do I send a ping from Python?"), Turn("and from PHP?"))
    assert settled(turns) == turns


def test_readings_have_a_size() -> None:
    turn = Turn("How do I delete " + "very " * 130 + "old accounts?")
    assert all(len(text) <= LONGEST for text in follow_up_of("and without a phone?", [turn]).readings)


@pytest.mark.parametrize(
    "question",
    [
        "What if I lose my security key?",
        "If I move to another state, do I have to tell payroll?",
        "Does it matter which airline I book?",
        "Now that the office moved, where do I park?",
        "Rather than flying, can I take the train?",
        "Great Lakes office address and phone?",
        "Well water testing: how often is it done?",
        "Non-profit discounts: who gets them?",
        "Thanks giving day office hours?",
    ],
)
def test_a_whole_question_is_no_follow_up(question: str) -> None:
    """Its first words look like those of a follow-up."""
    assert kind_of(question) != FollowUpKind.LEANING
    assert without_opening(question) in (question, question.removeprefix("What if "))


@pytest.mark.parametrize(
    "question",
    ["Is there a dress code?", "Are there any rules about social media?", "Is there a parking garage?"],
)
def test_asking_whether_there_is_something_is_a_whole_question(question: str) -> None:
    """It is never answered with what the earlier question found."""
    assert kind_of(question) == FollowUpKind.WHOLE


@pytest.mark.parametrize(
    "asked", ["and what about that?", "what is it?", "And those?", "so what about this one?"]
)
def test_a_question_that_only_points_does_not_find_the_earlier_answer_again(asked: str) -> None:
    found = follow_up_of(asked, (Turn("Which file types can be uploaded?"),))
    assert not any(text.startswith("Which file types can be uploaded?") for text in found.readings)


@pytest.mark.parametrize(
    ("earlier", "question", "reading"),
    [
        ("what does rule 2.3 say", "and 2.4?", "what does rule 2.4 say?"),
        ("What does clause 2.2 (b) say?", "and (c)?", "What does clause 2.2 (c) say?"),
        (
            "what does section 4 say about noise?",
            "what about section 5?",
            "what does section 5 say about noise?",
        ),
        ("What does article 12a say?", "no, I meant 12b", "What does article 12b say?"),
        ("Was sagt § 5?", "und § 6 (2)?", "Was sagt § 6 (2)?"),
        ("What does step 3 require?", "4?", "What does step 4 require?"),
    ],
)
def test_another_clause_or_step_takes_the_place_of_the_last_one(
    earlier: str, question: str, reading: str
) -> None:
    assert follow_up_of(question, [Turn(earlier)]).readings == (reading,)


def test_a_year_is_no_clause() -> None:
    assert follow_up_of("and in 1869?", [Turn("What does rule 3 say?")]).kind == FollowUpKind.LEANING
    assert follow_up_of("and 1869?", [Turn("What does rule 3 say?")]).kind == FollowUpKind.LEANING


def searched_for(*questions: str) -> list[str]:
    """What each is completed to, one after the other."""
    return [turn.question for turn in settled([Turn(text, as_typed=True) for text in questions])]


@pytest.mark.parametrize(
    "questions",
    [
        (
            ("How large may a file be?", "How large may a file be?"),
            ("and when?", "How large may a file be? when?"),
            ("for Word?", "How large may a file be for Word?"),
            ("and on Windows?", "How large may a file be on Windows?"),
        ),
        (
            ("How much does the Team plan cost?", "How much does the Team plan cost?"),
            ("and the Pro plan?", "How much does the Pro plan cost?"),
            ("per month?", "How much does the Pro plan cost per month?"),
            ("and yearly?", "How much does the Pro plan cost yearly?"),
            ("in euros?", "How much does the Pro plan cost in euros?"),
        ),
        (
            ("How many days of leave do guides get?", "How many days of leave do guides get?"),
            ("what about interns?", "How many days of leave do interns get?"),
            ("and cooks?", "How many days of leave do cooks get?"),
            ("in the first year?", "How many days of leave do cooks get in the first year?"),
            ("without a contract?", "How many days of leave do cooks get without a contract?"),
        ),
        (
            ("How do I request leave?", "How do I request leave?"),
            ("and when?", "When do I request leave?"),
            ("for interns?", "When do I request leave for interns?"),
            ("who approves it?", "who approves leave?"),
        ),
    ],
)
def test_what_follow_ups_only_add_does_not_accumulate(questions: Sequence[tuple[str, str]]) -> None:
    asked, searched = zip(*questions, strict=True)
    assert searched_for(*asked) == list(searched)


@pytest.mark.parametrize(
    "vague",
    [
        "one more?",
        "anything else?",
        "and more?",
        "something else please",
        "another one?",
        "the same?",
        "really?",
        "tell me more",
    ],
)
def test_a_follow_up_that_names_nothing_is_not_completed(vague: str) -> None:
    followed = follow_up_of(vague, [Turn("How large may a file be?")])
    assert not any("file" in text for text in followed.readings)
    assert (
        searched_for("How large may a file be?", vague, "for Word?")[-1]
        == "How large may a file be for Word?"
    )


@pytest.mark.parametrize("fragment", ["how large?", "how many more?", "when exactly?", "which one?"])
def test_a_question_word_is_not_put_in_the_place_of_a_name(fragment: str) -> None:
    readings = follow_up_of(fragment, [Turn("Which file types can be uploaded?")]).readings
    assert all(text.startswith("Which file types can be uploaded?") for text in readings)
