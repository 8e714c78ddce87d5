"""One sentence for a person per failure: what is wrong with the file and what to do. Parent only: needs Django."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.knowledge.parsing.document import FailureCode

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
        "Its content is not what its name says, or it carries macros. Save it as a plain file of the type in its "
        "name and load that."
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

# The file need not change for these to end well another time.
PASSING = {
    FailureCode.INTERRUPTED,
    FailureCode.CANCELLED,
    FailureCode.TOO_SLOW,
    FailureCode.TOO_MUCH_MEMORY,
}


def may_pass(code: FailureCode | str) -> bool:
    return FailureCode(code) in PASSING


def sentence_for(code: FailureCode | str) -> Promise:
    """Translated when shown. Raises ValueError for a code that does not exist."""
    return SENTENCES[FailureCode(code)]
