"""One sentence for a person per failure: what is wrong with the file and what to do. Parent only: needs Django."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.knowledge.parsing.detect import Format, listed_format
from apps.knowledge.parsing.document import FailureCode, ParseError

SENTENCES: dict[FailureCode, Promise] = {
    FailureCode.ENCRYPTED: _(
        "It is protected by a password. Save a copy without the password and load that."
    ),
    FailureCode.EMPTY: _("It holds no text. Check that this is the right file."),
    FailureCode.SCANNED: _(
        "No text in it: the pages are pictures. Run it through text recognition and load it again."
    ),
    FailureCode.MALFORMED: _(
        "It is damaged or not saved as its format asks. Open it in the program that made it, save it anew "
        "(text files as UTF-8) and load that."
    ),
    FailureCode.OVERSIZED: _("It is too large. Split it into smaller files and load those."),
    FailureCode.MISLABELLED: _(
        "Its content is not what its name says. Save it as a plain file of the type in its name and load that."
    ),
    FailureCode.UNLISTED_TYPE: _(
        "Files of this type cannot be read. Save it as PDF, DOCX, HTML, Markdown or plain text and load that."
    ),
    FailureCode.TOO_SLOW: _("Reading it took too long. Split it into smaller files and load those."),
    FailureCode.TOO_MUCH_MEMORY: _(
        "Reading it took too much memory. Split it into smaller files, or leave out large pictures, and load those."
    ),
    FailureCode.LONG_NAME: _(
        "Its name, with those of its folders, is too long. Shorten it and load it again."
    ),
    FailureCode.UNREADABLE: _(
        "It cannot be opened or read. Check its permissions and its disk, and load it again."
    ),
    FailureCode.INTERRUPTED: _(
        "The work on it broke off several times. Try again, or ask your administrator to look."
    ),
    FailureCode.CANCELLED: _("It was cancelled. Load it again if you want it after all."),
    FailureCode.SUPERSEDED: _(
        "A newer copy of it was loaded before this one was finished. Nothing is left to do."
    ),
}

# What the same codes mean for a file of a known format: only text has an encoding to get wrong.
TEXT = (Format.PLAIN, Format.MARKDOWN, Format.HTML)
NOT_UTF_8 = _(
    "It is damaged, or its text is not in UTF-8. Open it in a text editor, save it as UTF-8 and load that."
)
NOT_TEXT = _(
    "Its content is not text. Give it the ending of its true type, or save it as UTF-8 text, and load that."
)
NOT_WORD = _("It is no plain Word document. Open it in Word, save it as the type DOCX and load that.")
NOT_PDF = _(
    "It is no PDF, whatever its name says. Open it in the program that made it, save it as PDF and load that."
)
BY_FORMAT: dict[tuple[FailureCode, Format], Promise] = {
    **{(FailureCode.MALFORMED, text): NOT_UTF_8 for text in TEXT},
    **{(FailureCode.MISLABELLED, text): NOT_TEXT for text in TEXT},
    (FailureCode.MISLABELLED, Format.DOCX): NOT_WORD,
    (FailureCode.MISLABELLED, Format.PDF): NOT_PDF,
}

# The file need not change for these to end well another time.
RETRYABLE = {
    FailureCode.INTERRUPTED,
    FailureCode.CANCELLED,
    FailureCode.TOO_SLOW,
    FailureCode.TOO_MUCH_MEMORY,
}


def is_retryable(code: FailureCode | str) -> bool:
    return FailureCode(code) in RETRYABLE


def sentence_for(code: FailureCode | str, path: str = "") -> Promise:
    """Translated when shown; `path` makes it fit the format. Raises ValueError for a code that does not exist."""
    code = FailureCode(code)
    try:
        return BY_FORMAT[code, listed_format(path)]
    except (ParseError, KeyError):  # a type that cannot be read, or nothing of its own to say
        return SENTENCES[code]
