"""What a question asks for ("how long", "when", "wie viel"), and what such values look like in a text."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from apps.knowledge.index.analyzer import words

NUMBER_WORDS = (
    r"one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|ninety|"
    r"eine[rnm]?|ein|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|"
    r"deux|trois|quatre|cinq|sept|huit|neuf|dix|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez"
)
_DIGITS = r"\d+(?:[.,'’ \u00a0\u202f]\d{3})*(?:[.,]\d+)?(?![\d.,]*\d)"
_NUMBER = rf"(?<![\w.,-])(?:{_DIGITS}|(?:{NUMBER_WORDS})(?!\w)(?:-(?:one|two|five|six|hour|day)(?!\w))?)"
_RANGE = rf"{_NUMBER}(?:\s?(?:-|–|to|or|and|bis|oder|à|a|o)\s?(?:{_DIGITS}|{NUMBER_WORDS}))?"
_MANY = r"(?:\s(?:hundred|thousand|million|billion|tausend|millionen|milliarden|mille|mil|millones)(?!\w))?"
_BETWEEN = r"(?:(?!(?:and|or|und|oder|et|ou|y|o)\s|\d)[\w-]+\s+)"
_BOUND = r"(?:(?:at least|at most|up to|more than|less than|about|within|no more than|mindestens|höchstens|bis zu)\s+)?"
_TIME = (
    r"(?:(?:business|working|calendar|full|consecutive)\s+)?"
    r"(?:seconds?|minutes?|mins?|hours?|hrs?|days?|nights?|weeks?|fortnights?|months?|quarters?|years?|decades?|"
    r"sekunden?|minuten?|stunden?|tagen?|tage?s?|wochen?|monate?n?|jahre?n?|"
    r"secondes?|heures?|jours?|semaines?|mois|ans?|années?|segundos?|minutos?|horas?|días?|semanas?|mes(?:es)?|años?)"
)
MONTHS = (
    r"(?:jan(?:\.|uary|uar)?|feb(?:\.|ruary|ruar)?|mar(?:\.|ch)?|märz|apr(?:\.|il)?|may|mai|june?|juni|july?|juli|aug(?:\.|ust)?|"
    r"sep(?:tember|t?\.|t)?|o[ck]t(?:\.|ober)?|nov(?:\.|ember)?|de[cz](?:\.|ember)?|janvier|février|mars|avril|juin|juillet|août|"
    r"septembre|octobre|novembre|décembre|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|"
    r"noviembre|diciembre)"
)
_YEAR = r"(?:1[0-9]|20|21)\d\d(?![\d%])"
_DAY = r"\d{1,2}(?:st|nd|rd|th|\.|er)?"
WEEKDAYS = (
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?|montags?|dienstags?|mittwochs?|donnerstags?|freitags?|samstags?|"
    r"sonntags?|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miércoles|jueves|viernes|sábado|domingo"
)
_CLOCK = (
    r"(?:\d{1,2}[:.h]\d{2}(?:\s?[ap]\.?m\b\.?)?(?:\s?(?:uhr|o['’]clock))?|"
    r"\d{1,2}\s?(?:[ap]\.?m\b\.?|uhr|o['’]clock)|noon|midnight|mittags?|mitternacht)"
)
_CLOCKS = rf"{_CLOCK}(?:\s?(?:-|–|to|until|and|bis)\s?{_CLOCK})?"
_AFTER = (
    "(?:"
    + "|".join(rf"(?<=\b{word} )" for word in "in by since from until of each every seit ab bis en".split())
    + ")"
)
_DATE = (
    rf"(?:(?:{WEEKDAYS}),?\s+)?(?:(?:the\s+)?{_DAY}\s+(?:of\s+|de\s+)?{MONTHS}(?:,?\s+(?:de\s+)?{_YEAR})?|"
    rf"{MONTHS}\s+{_DAY}(?!\d)(?:,?\s+{_YEAR})?|{MONTHS}\s+(?:de\s+)?{_YEAR}|"
    rf"\d{{4}}-\d\d-\d\d|\d{{1,2}}[./]\d{{1,2}}[./](?:\d{{4}}|\d\d)(?!\d)|"
    rf"(?:{WEEKDAYS})(?:\s?(?:-|–|to|and|bis)\s?(?:{WEEKDAYS}))?|"
    rf"the\s+{_DAY}\s+of\s+(?:each|every|the)\s+month|{_AFTER}(?:{MONTHS}|{_YEAR}))"
)
_CURRENCY = (
    r"(?:euros?|cents?|dollars?|pounds?|pence|francs?|franken|kronor|kroner|crowns?|yen|yuan|rupees?|zloty|"
    r"eur|usd|gbp|chf|sek|nok|dkk|jpy|cny|inr|pln|aud|cad)"
)
_MONEY = (
    rf"(?:(?:US|A|C|NZ)?[$€£¥₹]\s?{_DIGITS}(?:\s?(?:million|billion|thousand|[kKmM])\b)?|"
    rf"{_NUMBER}(?:\s?(?:million|billion|thousand))?\s?(?:[€£¥$]|{_CURRENCY}\b)|"
    rf"(?:EUR|USD|GBP|CHF|SEK|NOK|DKK)\s?{_DIGITS}|free of charge|kostenlos|kostenfrei|gratuite?s?|gratis)"
)
_NAME_WORD = r"(?:[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ'’]+(?:-[A-ZÀ-ÖØ-Þ]\w+)*|[A-Z]\.)"
_DETERMINERS = (
    "The|A|An|This|That|These|Those|All|Any|Each|Every|Your|Our|My|Their|His|Her|Its|If|When|In|On|At|For|To|From|By|With|"
    "Please|Ask|Call|Contact|Since|After|Before|And|But|Or|As|Only|Der|Die|Das|Ein|Eine|Bei|Le|Les|Un|Une"
)
_NAME = (
    rf"(?<!\w)(?-i:(?!(?:{_DETERMINERS})\s)(?:(?:Dr|Mr|Mrs|Ms|Prof|Herr|Frau|Mme)\.?\s+)?{_NAME_WORD}"
    rf"(?:\s+(?:(?:van|von|de|der|den|di|da|del|la|of)\s+){{0,2}}{_NAME_WORD}){{1,3}})(?!\w)"
)
_OFTEN = (
    rf"(?:(?:once|twice|{_NUMBER}\s+times)\s+(?:an?|per|every|each)\s+{_TIME}|"
    rf"every\s+(?:other\s+|second\s+)?(?:{_NUMBER}\s+)?{_TIME}|every\s+(?:{WEEKDAYS})|"
    r"(?:hourly|daily|weekly|fortnightly|biweekly|monthly|quarterly|yearly|annually)|"
    r"(?:stündlich|täglich|wöchentlich|monatlich|vierteljährlich|jährlich)|"
    rf"(?:alle|jeden?|jedes)\s+(?:{_NUMBER}\s+)?{_TIME}|(?:einmal|zweimal|dreimal)\s+(?:im|pro|am)\s+{_TIME})"
)
_SIZE = (
    rf"{_BOUND}{_RANGE}\s?(?:mm|cm|km|m|miles?|feet|ft|inch(?:es)?|yards?|met(?:er|re)s?|metern?|kilomet(?:er|re)s?|"
    r"kg|g|grams?|kilograms?|kilos?|tons?|tonnes?|lbs?|litres?|liters?|l|ml|[kKMGT]i?B|bytes?|megabytes?|gigabytes?|"
    r"°\s?[CF]|degrees?|km/h|mph|watts?|k?W|volts?|V|square\s+\w+|m²)(?![\w/²³])"
)
_SHARE = rf"{_BOUND}{_RANGE}\s?(?:%|per\s?cent\b|percent\b|prozent\b|pour cent\b|por ciento\b)"
_MAIL = r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
_PHONE = r"(?<![\w.])\+?\(?\d[\d\s()./-]{6,}\d(?!\w)"

_BREAK = re.compile(r"([.!?,;:\n])\W*+")
_OPENING = (
    r"(?:^|[.!?,;:\n])\W*+(?:(?:and|so|but|ok|hi|hello|please|tell me|(?:can|could) you tell me|do you know|"
    r"i(?:['’]d like| want) to know|und|et|y)\W++)*+(?:(?:for|by|since|until|on|in|at|from|to|within)\s++)?"
)
_AUXILIARY = r"is|are|was|were|do|does|did|will|can|could|should|must|may|has|have|would"


@dataclass(frozen=True)
class ValueKind:
    """`values` makes the pattern of such values, with a group "value", from the question. `asking` are the stems that
    only say which kind is meant.
    """

    asked: re.Pattern[str]
    values: Callable[[str], re.Pattern[str]]
    asking: frozenset[str]


def _fixed(pattern: str) -> Callable[[str], re.Pattern[str]]:
    compiled = re.compile(rf"(?P<value>{pattern})", re.IGNORECASE)
    return lambda question: compiled


def _counted(question: str) -> re.Pattern[str]:
    """A number before the thing that is counted: "how many pegs", "at most 8 steel pegs"."""
    match = _asking("count", question)
    following = words(match.string[match.end() :])[:1] if match else []
    return _number_of(following[0][1] if following else "")


@lru_cache(maxsize=256)
def _number_of(stem: str) -> re.Pattern[str]:
    thing = re.escape(stem) if stem else "(?!)"
    return re.compile(
        rf"(?P<value>{_BOUND}{_RANGE}{_MANY}(?:\s+{_TIME}(?!\w))?)\s+{_BETWEEN}{{0,2}}{thing}\w{{0,3}}\b",
        re.IGNORECASE,
    )


def _kind(asked: str, values: Callable[[str], re.Pattern[str]], asking: str) -> ValueKind:
    """`asked` begins the question or a part of it: "When I lock it, how long does it beep?" asks for no date."""
    stems = frozenset(stem for _, stem in words(asking))
    return ValueKind(re.compile(rf"{_OPENING}(?:{asked})(?!\w)", re.IGNORECASE), values, stems)


KINDS = {  # the first that matches a question is the one
    "mail": _kind(r"(?:which|what|whose)\b.*\be-?mail(?: address)?|an welche e-?mail\S*",
                  _fixed(_MAIL), "email address mail"),
    "phone": _kind(
        r"(?:which|what)\b.*\b(?:phone|telephone|number\b.*\b(?:call|ring|dial))(?: number)?|"
        r"(?:welche|unter welcher)\b.*\btelefonnummer",
        _fixed(_PHONE), "phone telephone number call ring dial",
    ),
    "often": _kind(r"how (?:often|frequently)|wie oft|(?:à )?quelle fréquence|con qué frecuencia|cada cuánto",
                   _fixed(_OFTEN), "often frequently oft"),
    "duration": _kind(
        r"how long|how many (?:seconds|minutes|hours|days|nights|weeks|months|years)|how much time|wie lange|"
        r"wie viele (?:minuten|stunden|tage|wochen|monate|jahre)|combien de (?:temps|jours|mois|heures|semaines)|"
        r"cu[aá]nto tiempo|cu[aá]nt[oa]s (?:días|horas|meses|semanas|años)",
        _fixed(rf"{_BOUND}{_RANGE}[\s-]{_TIME}(?!\w)(?!\s(?:before|after|ago|prior|in advance|vor|nach)\b)"),
        "long many seconds minutes hours days nights weeks months years time lange take takes last lasts",
    ),
    "clock": _kind(r"what (?:time|hour)|um wie viel uhr|(?:à )?quelle heure|a qué hora",
                   _fixed(_CLOCKS), "time hour uhr"),
    "share": _kind(r"(?:what|which) (?:percent(?:age)?|share|proportion)|how many percent|wie viel prozent|"
                   r"quel pourcentage|qué porcentaje", _fixed(_SHARE), "percent percentage share proportion"),
    "money": _kind(
        r"how much (?:does|do|did|is|are|will|would|must|should|money)(?!.*\b(?:weigh|time)\b)|"
        r"(?:what(?:['’]s| is| are| does| do| was)?)\b.*\b(?:price|costs?|fees?|fare|charges?|deposit|fine|rent|salary)"
        r"|was kostet|wie viel kostet|wie teuer|wie hoch (?:ist|sind) die (?:gebühr|kosten|miete)\w*|"
        r"combien (?:coûte\w*|ça coûte)|quel est le prix|cu[aá]nto (?:cuesta\w*|vale)",
        _fixed(_MONEY), "much money price cost costs fee fees charge charges fare pay kostet teuer",
    ),
    "size": _kind(
        r"how (?:far|tall|high|deep|wide|heavy|big|large|hot|cold|warm|fast|thick)|how much\b.*\bweigh|"
        r"(?:what|which) (?:size|temperature|distance|weight|speed|height|depth|width)|"
        r"wie (?:weit|hoch|tief|breit|schwer|groß|heiß|schnell)",
        _fixed(_SIZE), "far tall high deep wide heavy big large hot cold warm fast thick weigh",
    ),
    "count": _kind(r"how many|how much|wie viele?|combien de|cu[aá]nt[oa]s", _counted, "many much viele"),
    "date": _kind(
        rf"when(?:['’]s| (?:{_AUXILIARY})|(?=\W*$))|(?:what|which) (?:(?:is|was) the )?(?:day|date|year|month|deadline)"
        r"|(?:seit |bis )?wann|quand|cu[aá]ndo|quelle (?:date|année)|qué (?:fecha|año|día)",
        _fixed(rf"(?<![\w/-]){_DATE}(?![\w/-])"), "when day date year month deadline wann",
    ),
    "name": _kind(r"who(?:m|se)?|(?:what|which) (?:person|team|office|department)|wer|wen|wem|qui|quién",
                  _fixed(_NAME), "person team office department"),
}  # fmt: skip


def kind_asked(question: str) -> str | None:
    """The name of the kind of value that the question asks for."""
    return next((name for name in KINDS if _asking(name, question)), None)


def asked_about(kind: str, question: str) -> str:
    """The question after the words that ask for the kind: "does the ferry take?" of "How long does the ferry take?"."""
    asking = _asking(kind, question)
    return asking.string[asking.end() :] if asking else question


def _asking(kind: str, question: str) -> re.Match[str] | None:
    """Each row of punctuation is shortened to one character: every one of them might begin a part of the question."""
    return KINDS[kind].asked.search(_BREAK.sub(r"\1 ", question))
