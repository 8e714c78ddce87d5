"""One sentence for each failure: what is wrong with the file and what to do. It needs Django, so only the parent of the
reading process uses it.
"""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.common.disk_space import NO_ROOM
from apps.knowledge.config import upload_config
from apps.knowledge.documents.parsed_document import FailureCode, ParseError
from apps.knowledge.documents.quota import OVER_QUOTA
from apps.knowledge.parsing.detect import Format, listed_format

SENTENCES: dict[FailureCode, Promise] = {
    FailureCode.ENCRYPTED: _(
        "This file is protected by a password. Save a copy without the password and upload that."
    ),
    FailureCode.EMPTY: _("This file contains no text. Check that it is the right file."),
    FailureCode.SCANNED: _(
        "This file contains images of pages but no text. Run text recognition (OCR) on it and upload the result."
    ),
    FailureCode.MALFORMED: _(
        "This file is damaged or isn't valid. Open it in the program that made it, save it again and upload it."
    ),
    FailureCode.OVERSIZED: _("This file is too large. Split it into smaller files and upload those."),
    FailureCode.TOO_MANY_PASSAGES: _(
        "This file is too long: it has more than %(limit)s passages. Split it into smaller files and upload those."
    ),
    FailureCode.TOO_MANY_LINKS: _(
        "This file has more than %(limit)s links. Split it into smaller files and upload those."
    ),
    FailureCode.TOO_MANY_BLOCKS: _(
        "This file has more than %(limit)s paragraphs, list items and table rows. Split it into smaller files and "
        "upload those."
    ),
    FailureCode.TOO_MANY_WORDS: _(
        "This file has more than %(limit)s different words. Check that it contains text and not data, or split it "
        "into smaller files and upload those."
    ),
    FailureCode.MISLABELLED: _(
        "The content of this file doesn't match its name. Save it as the type that its name says and upload it."
    ),
    FailureCode.UNLISTED_TYPE: _(
        "This type of file isn't supported. Save it as PDF, DOCX, HTML, Markdown or plain text and upload it."
    ),
    FailureCode.TOO_SLOW: _("Reading this file took too long. Split it into smaller files and upload those."),
    FailureCode.TOO_MUCH_MEMORY: _(
        "Reading this file took too much memory. Split it into smaller files, or remove large images, and upload it "
        "again."
    ),
    FailureCode.LONG_NAME: _(
        "The name of this file, with its folders, is too long. Shorten it and upload the file again."
    ),
    FailureCode.OVER_QUOTA: OVER_QUOTA,
    FailureCode.NO_ROOM: NO_ROOM,
    FailureCode.UNREADABLE: _(
        "This file could not be opened or read. Check its permissions and the disk, and upload it again."
    ),
    FailureCode.INTERRUPTED: _(
        "Work on this file was interrupted several times. Try again, or ask your administrator for help."
    ),
    FailureCode.CANCELLED: _("Cancelled. Upload the file again if you still want it."),
    FailureCode.SUPERSEDED: _(
        "A newer copy was uploaded before this one was ready. There is nothing left to do."
    ),
}

# Sentences that depend on the format: for example, only text can have a wrong encoding.
TEXT = (Format.PLAIN, Format.MARKDOWN, Format.HTML)
NOT_UTF_8 = _(
    "This file is damaged, or its text isn't UTF-8. Open it in a text editor, save it as UTF-8 and upload it."
)
NOT_TEXT = _(
    "This file doesn't contain text. Give it the extension of its real type, or save it as UTF-8 text, and upload it."
)
BY_FORMAT: dict[tuple[FailureCode, Format], Promise] = {
    **{(FailureCode.MALFORMED, text): NOT_UTF_8 for text in TEXT},
    **{(FailureCode.MISLABELLED, text): NOT_TEXT for text in TEXT},
    (FailureCode.MALFORMED, Format.DOCX): _(
        "This file is damaged or isn't a valid DOCX. Open it in Word, save it again and upload it."
    ),
    (FailureCode.MALFORMED, Format.PDF): _(
        "This file is damaged or isn't a valid PDF. Open it in the program that made it, save it again and upload it."
    ),
    (FailureCode.MISLABELLED, Format.DOCX): _(
        "This file isn't a plain Word document. Open it in Word, save it as DOCX and upload it."
    ),
    (FailureCode.MISLABELLED, Format.PDF): _(
        "This file isn't a PDF. Open it in the program that made it, save it as PDF and upload it."
    ),
}

# With these, the same file may succeed another time.
RETRYABLE = {
    FailureCode.INTERRUPTED,
    FailureCode.CANCELLED,
    FailureCode.TOO_SLOW,
    FailureCode.TOO_MUCH_MEMORY,
}


def is_retryable(code: FailureCode | str) -> bool:
    return FailureCode(code) in RETRYABLE


# The file has no fault: somebody cancelled it, or a newer copy took its place.
WITHDRAWN: dict[FailureCode, Promise] = {
    FailureCode.CANCELLED: _("Cancelled"),
    FailureCode.SUPERSEDED: _("Replaced"),
}


def sentence_for(code: FailureCode | str, path: str = "") -> str:
    """The sentence in the current language; `path` determines the format. Raises ValueError for an unknown code."""
    code = FailureCode(code)
    try:
        sentence = BY_FORMAT[code, listed_format(path)]
    except (ParseError, KeyError):  # an unsupported type, or no special sentence for the format
        sentence = SENTENCES[code]
    return str(sentence) % {"limit": number_format(_limits().get(code, 0), force_grouping=True)}


def _limits() -> dict[FailureCode, int]:
    uploads = upload_config()
    return {
        FailureCode.TOO_MANY_PASSAGES: uploads.max_passages,
        FailureCode.TOO_MANY_LINKS: uploads.max_links,
        FailureCode.TOO_MANY_BLOCKS: uploads.max_blocks,
        FailureCode.TOO_MANY_WORDS: uploads.max_terms,
        FailureCode.OVER_QUOTA: uploads.workspace_mb,
    }
