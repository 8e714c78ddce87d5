import pytest

from apps.knowledge.chunking.statements import says_something


@pytest.mark.parametrize(
    "heading",
    [
        "The sauna is shut in June",
        "Guest passes cost 9 crowns",
        "Caretaker: Olof Brandt, room 4",
        "Dogs must not enter the hall",
        "Bezahlung ist bis zum Monatsende fällig",
    ],
)
def test_headings_that_say_something(heading: str) -> None:
    assert says_something(heading)


@pytest.mark.parametrize(
    "heading",
    [
        "Opening hours",
        "Chapter 3",
        "Step 2: Payment",
        "How much is a pass?",
        "What to do in a storm",
        "Costs and fees",
    ],
)
def test_headings_that_only_name_what_follows(heading: str) -> None:
    assert not says_something(heading)
