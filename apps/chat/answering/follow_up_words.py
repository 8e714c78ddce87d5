"""Closed classes of words by which a follow-up question is recognised and completed: English, and the openings of other
languages.
"""

from __future__ import annotations

import re


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _opening(*phrases: str) -> re.Pattern[str]:
    """One of the phrases at the start, as whole words, with what separates it from the rest. "Now that", "rather than"
    and the like are other words.
    """
    longest_first = sorted(phrases, key=len, reverse=True)
    either = "|".join(re.escape(each).replace(r"\ ", r"\s+") for each in longest_first)
    others = r"now\s+that|rather\s+than|so\s+that|no\s+one|et\s+al"
    return re.compile(rf"\s*(?!(?:{others})\b)(?:{either})(?![\w'-])[\s,.:;!…-]*", re.IGNORECASE)


OPENING = _opening(
    "and", "but", "or", "also", "then", "so", "ok", "okay", "well", "now", "great", "thanks", "thank you", "got it",
    "i see", "what about", "how about", "what if", "no", "nope", "sorry", "actually", "wait", "rather",
    "i meant", "i mean", "i was asking about", "i am asking about", "i'm asking about", "i am talking about",
    "i'm talking about", "not that", "that is not what i meant", "that's not what i meant",
    "that was not my question", "i didn't mean that",
    "und", "aber", "oder", "was ist mit", "wie ist es mit", "wie sieht es mit", "nein", "ich meinte", "ich meine",
    "et", "mais", "et pour", "qu'en est-il de", "non", "je voulais dire", "y", "pero", "qué hay de", "quise decir",
    "¿y",
)  # fmt: skip
# Before a name without a comma, they are part of it: "Great Lakes", "well water".
INTERJECTIONS = _set("also then ok okay well great thanks no rather")
CORRECTION = re.compile(
    r"\b(?:i meant?|asking about|talking about|ich meinte?|je voulais dire|quise decir)\b", re.IGNORECASE
)
# Chinese: "那 ... 呢" asks the last question of something else.
UNSPACED_OPENING = re.compile(r"\s*(?:那么|那|还有|还|而)(?P<rest>.+?)(?:呢|吗)?[？?。]*\s*$")

SINGULAR = _set("it this that")
DEMONSTRATIVES = _set("this that these those")
PLURAL = _set("they them these those")
POSSESSIVE = _set("its their his her")
PERSONS = _set("he she him hers")
# A question of these alone has no words of its own.
POINTING = SINGULAR | PLURAL | _set("what about of and so is are the then one ones")
ONES = _set("one ones")
# "One more?", "anything else?": they do not say what is asked for.
VAGUE = _set(
    """more less again please anything something everything nothing someone anyone everyone exactly
    precisely really tell explain elaborate"""
)
# Added to a question, not put in the place of a name: "and yearly?"
ADVERBS = _set("hourly daily nightly weekly monthly quarterly yearly annually today tomorrow online")
# With one of these, a question of few words leans on what was said before.
RELATIVE = _set(
    """same other others another else instead otherwise too either both neither former latter then there above such"""
)
AUXILIARIES = _set(
    """is are was were be been do does did can could will would shall should may might must has have had am isn't
    aren't wasn't weren't don't doesn't didn't can't couldn't won't wouldn't shouldn't haven't hasn't hadn't"""
)
QUESTION_WORDS = _set("what which who whom whose when where why how")
SUBJECTS = _set("i you we they one he she it")
DETERMINERS = _set("a an the my your our their its his her this that these those any some every each all no")
PREPOSITIONS = _set(
    """about after against at before between by during for from in inside into of on onto outside over per since
    through to under until via when while with within without if als bei für in im mit nach ohne von vor auf am
    an zu"""
)
CLAUSES = _set(
    """when if after before because while once until unless since so and but although where that who which"""
)
CONDITIONS = PREPOSITIONS | _set("if unless because wenn falls si")
SUBORDINATING = _set("if unless because when while until once wenn falls si")
VERBS = _set(
    """get gets got have has use uses used need needs want wants make makes made take takes mean means meant work
    works happen happens know find give gives given goes say says tell show shows let become becomes come comes
    keep keeps look looks see seem call called cost costs"""
)
# "Set up Slack": part of the verb, not of the name.
PARTICLES = _set("up down off out")
# Words that hold a phrase of a question together and begin none that could be named again.
LIGHT = VERBS | _set(
    """many much long often far big large soon more most less few different go please possible allowed also not
    really just only ever always"""
)
# "It" before one of these and "to", "that" or "if" stands for nothing.
IMPERSONAL = _set(
    """possible necessary ok okay fine better best good allowed permitted safe true right required important worth
    legal mandatory hard easy normal take takes matter cost costs mean"""
)
