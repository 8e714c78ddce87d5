"""What is known of a question's language: a script that the encoder cannot read, or a language that no document has.

The encoder was trained on English. It still knows something of languages in Latin script, and nothing of others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_LATIN_ENDS = 0x250
_LATIN_ADDITIONAL = range(0x1E00, 0x1F00)
_MOST_FOREIGN = 0.3  # share of the letters
_FEWEST_WORDS = 2  # of a language, in a question
_HELD_SHARE = 0.02  # of the passages contain a word of the language
_WORD = re.compile(r"[^\W\d_]+")
# Words that most sentences of a language contain and that no other of these languages has.
_WORDS: dict[str, frozenset[str]] = {
    "de": frozenset(
        """der die das und ist nicht ich wie viele wo wann wer wird werden muss kann darf gibt bekomme mein meine
        für mit auf im zum zur wir sind eine einen warum welche welcher haben habe lange man bei""".split()
    ),
    "fr": frozenset(
        """le les des du et est une je nous vous pour dans avec combien où quand qui comment pourquoi quel quelle
        quels faut peut puis sont au aux ce cette mon ma mes il elle sur pas jours""".split()
    ),
    "es": frozenset(
        """el los las y es una cuántos cuántas cuánto cuándo dónde quién cómo qué cuál para con puedo está hay mi
        por del se tengo debo son al""".split()
    ),
    "it": frozenset(
        "il gli della dei è sono quanti quanto dove quando chi come perché posso devo per con che".split()
    ),
    "pt": frozenset(
        "o os um uma é são quantos quanto onde quando quem como posso não para com meu minha do da".split()
    ),
    "nl": frozenset(
        "het een is niet hoeveel waar wanneer wie hoe kan moet ik mijn voor met van zijn op wordt".split()
    ),
    "pl": frozenset("jest nie ile gdzie kiedy kto jak czy mogę się na dla w z do są".split()),
    "sv": frozenset("det är inte hur många var när vem kan jag min för med och att på en ett".split()),
}
_ENGLISH = frozenset(
    """the is are what where when who how why which do does can i my of to in a an and for many much it be on
        with""".split()
)


def is_foreign_script(question: str) -> bool:
    """Whether many of the letters are not Latin."""
    letters = [char for char in question if char.isalpha()]
    foreign = sum(ord(char) >= _LATIN_ENDS and ord(char) not in _LATIN_ADDITIONAL for char in letters)
    return foreign > _MOST_FOREIGN * len(letters)


def language_of(question: str) -> str:
    """The code of the language whose common words the question contains, "" if that is English or unclear."""
    words = _WORD.findall(question.lower())
    counts = {code: sum(word in common for word in words) for code, common in _WORDS.items()}
    best = max(counts, key=lambda code: counts[code])
    english = sum(word in _ENGLISH for word in words)
    return best if counts[best] >= _FEWEST_WORDS and counts[best] > english else ""


def language_not_held(question: str, frequencies: Mapping[str, int], passages: int) -> str:
    """The code of the question's language if hardly any passage contains its words in the question, else "".

    `frequencies` counts the passages by stem.
    """
    code = language_of(question)
    if not code or not passages:
        return ""
    common = {word for word in _WORD.findall(question.lower()) if word in _WORDS[code]} - _ENGLISH
    held = max((frequencies.get(word, 0) for word in common), default=0)
    return code if held <= _HELD_SHARE * passages else ""
