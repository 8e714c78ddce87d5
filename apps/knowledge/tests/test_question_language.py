import pytest

from apps.knowledge.search.question_language import is_foreign_script, language_not_held, language_of


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Wann muss ich den Schlüssel abgeben?", "de"),
        ("Quand est-ce que je peux utiliser la cuisine ?", "fr"),
        ("¿Cuándo puedo usar la cocina?", "es"),
        ("Hoeveel dagen verlof heb ik voor een verhuizing?", "nl"),
        ("When may I use the kitchen?", ""),
        ("kitchen hours", ""),
        ("What does die Brücke mean?", ""),
    ],
)
def test_a_language_is_known_by_its_common_words(question: str, language: str) -> None:
    assert language_of(question) == language


def test_a_language_is_held_where_passages_contain_its_words() -> None:
    question = "Wann muss ich den Schlüssel abgeben?"
    assert language_not_held(question, {"muss": 0, "ich": 1}, 100) == "de"
    assert language_not_held(question, {"muss": 30, "ich": 20}, 100) == ""
    assert language_not_held("When is it?", {}, 100) == ""


@pytest.mark.parametrize("question", ["谁是经理？", "Где ключ?", "คีย์อยู่ไหน", "E-7とは何ですか"])
def test_scripts_that_the_encoder_cannot_read(question: str) -> None:
    assert is_foreign_script(question)


@pytest.mark.parametrize("question", ["Wie groß ist die Brücke?", "What is π?", "123", ""])
def test_scripts_that_it_can_read(question: str) -> None:
    assert not is_foreign_script(question)
