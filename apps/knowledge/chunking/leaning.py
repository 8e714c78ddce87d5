"""Tells sentences that need a neighbour: "However, ..." needs the one before, "Run the following:" the one after it."""

from __future__ import annotations

import re

_ITSELF = (
    r"(?:handbook|document|page|section|chapter|guide|manual|policy|agreement|contract|article|website|site|book|"
    r"seite|dokument|handbuch|abschnitt|kapitel|anleitung|vertrag|richtlinie|page|guide|manuel|contrat|chapitre|"
    r"página|documento|manual|guía|contrato|sección)"
)
_POINTER = r"this|these|those|diese[rsmn]?|dies|ceci|cela|cette|ces|cet|ce|esto|eso|ello|est[ae]s?|estos|es[ao]s|esos"
_CONNECTIVE = (
    r"however|therefore|thus|hence|otherwise|instead|moreover|furthermore|additionally|besides|consequently|"
    r"accordingly|nevertheless|nonetheless|afterwards?|meanwhile|similarly|likewise|conversely|then|also|but|and|or|so|"
    r"yet|in (?:addition|contrast|other words)|as a result|for (?:example|instance)|on the other hand|if (?:so|not)|"
    r"in either case|either way|"
    r"jedoch|allerdings|dennoch|trotzdem|daher|deshalb|deswegen|darum|somit|außerdem|zudem|ferner|andernfalls|sonst|"
    r"ansonsten|danach|dann|anschließend|dabei|dafür|dagegen|damit|dazu|dadurch|hier(?:für|zu|bei|durch)|aber|und|oder|"
    r"denn|zum beispiel|"
    r"cependant|toutefois|néanmoins|pourtant|donc|ainsi|par conséquent|de plus|en outre|sinon|ensuite|par exemple|mais|"
    r"sin embargo|por (?:lo )?tanto|además|por ejemplo|pero|entonces|de lo contrario|luego|no obstante"
)
_PREPOSITION = (
    r"in|for|to|on|at|by|with|from|under|of|without|during|despite|if|when|once|after|before|until|unless|while|because|"
    r"since|bei|mit|aus|nach|von|zu|an|auf|für|wenn|falls|dans|pour|avec|à|de|après|avant|si|en|para|con|después de"
)
_OPINION = (  # "It is important to ..." refers to nothing
    r"important|possible|impossible|recommended|necessary|advisable|best|better|good|easy|hard|difficult|useful|helpful|"
    r"required|allowed|forbidden|common|clear|likely|safe|essential"
)
_STARTS = (
    rf"(?:{_POINTER})\b(?!\s+{_ITSELF}\b)",
    r"that(?:['’]s|\s+(?:is|was|means|includes?|depends|applies|said|way|does|will|would|can|may|should|must))\b",
    r"das\s+(?:ist|gilt|wird|muss|kann|bedeutet|heißt|sind|war)\b",
    rf"its?\b(?!(?:['’]s|\s+(?:is|was))\s+(?:not\s+)?(?:{_OPINION})\s+(?:to|that|for)\b)",
    r"(?:they|he|she|their|his|her|both|neither|such|the (?:former|latter)|elles?|ils|celle?s?-ci|celui-ci|ceux-ci)\b",
    r"c['’]est\b",
    rf"(?:{_CONNECTIVE})\b",
    rf"(?:{_PREPOSITION})\s+(?:(?:{_POINTER}|that case|such)\b(?!\s+{_ITSELF}\b)|(?:it|they|them|that)\b[\s,])",
    r"(?:这|该|其|它|但|因此|所以|然而|此外|否则|これ|それ|この|その|しかし|ただし|そのため)",
)
_LEANING = re.compile(rf"[\W_]*(?:{'|'.join(_STARTS)})", re.IGNORECASE)
_INTRODUCES = re.compile(
    r"[:：]\s*$|\b(?:following|as follows|(?:listed|shown|see) below|folgende[rsmn]?|wie folgt|suivante?s?|siguientes?)"
    r"\b",
    re.IGNORECASE,
)


def leans(sentence: str) -> bool:
    """Whether it begins with a pronoun or connective that refers to the sentence before it."""
    return _LEANING.match(sentence) is not None


def introduces(sentence: str) -> bool:
    """Whether it introduces the list or code after it."""
    return _INTRODUCES.search(sentence) is not None
