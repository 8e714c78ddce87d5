"""Name and content must agree; text is decoded once."""

import pytest

from apps.knowledge.documents.parsed_document import CHARSET, FailureCode, ParseError
from apps.knowledge.parsing.detect import Format, detect_format
from apps.knowledge.parsing.parse import parse
from apps.knowledge.tests.parsing_files import docx, paragraph, pdf, pdf_text, zipped

PDF = pdf([pdf_text([(12, 72, 700, "Hello from a page.")])])
DOCX = docx(paragraph("Hello from Word."))
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)
MACROS = "application/vnd.ms-word.document.macroEnabled.main+xml"


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("a.md", b"# Hi", Format.MARKDOWN),
        ("a.MARKDOWN", b"# Hi", Format.MARKDOWN),
        ("a.htm", b"<p>Hi", Format.HTML),
        ("a.html", b"<p>Hi", Format.HTML),
        ("a.txt", b"Hi", Format.PLAIN),
        ("a.pdf", PDF, Format.PDF),
        ("a.docx", DOCX, Format.DOCX),
    ],
)
def test_a_listed_type_is_recognised(name: str, data: bytes, expected: Format) -> None:
    assert detect_format(data, name) is expected


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.xlsx", DOCX, FailureCode.UNLISTED_TYPE),
        ("a.docm", DOCX, FailureCode.UNLISTED_TYPE),
        ("noending", b"Hi", FailureCode.UNLISTED_TYPE),
        ("a.txt", b"", FailureCode.EMPTY),
        ("a.md", b" \n\t\n", FailureCode.EMPTY),
        ("a.md", b"***\n", FailureCode.EMPTY),
        ("a.pdf", b"Not a PDF at all", FailureCode.MISLABELLED),
        ("a.docx", PDF, FailureCode.MISLABELLED),
        ("a.docx", OLE, FailureCode.MISLABELLED),
        ("a.docx", zipped({"xl/workbook.xml": b"<workbook/>"}), FailureCode.MISLABELLED),
        ("a.docx", docx(paragraph("x"), main_type=MACROS), FailureCode.MISLABELLED),
        ("a.docx", docx(paragraph("x"), {"vbaProject.bin": "x"}), FailureCode.MISLABELLED),
        ("a.docx", OLE + "EncryptedPackage".encode("utf-16-le"), FailureCode.ENCRYPTED),
        ("a.txt", PDF, FailureCode.MISLABELLED),
        ("a.md", DOCX, FailureCode.MISLABELLED),
        ("a.txt", bytes(range(32)) * 20, FailureCode.MISLABELLED),
        ("a.txt", b"a \x81 b \x8d c \x90 d", FailureCode.MALFORMED),
        ("a.html", b"<meta charset=klingon><p>Pr\xfcfung", FailureCode.MALFORMED),
        ("a.docx", DOCX[: len(DOCX) // 2], FailureCode.MALFORMED),
    ],
)
def test_what_cannot_be_read_has_a_named_cause(name: str, data: bytes, code: FailureCode) -> None:
    with pytest.raises(ParseError) as caught:
        parse(data, name)
    assert caught.value.code is code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_text_is_decoded_by_its_byte_order_mark(encoding: str, line_end: str) -> None:
    data = line_end.join(["Grüße – naïve", "", "second 😀"]).encode(encoding)
    assert parse(data, "a.txt").text == "Grüße – naïve\n\nsecond 😀"


def test_a_page_names_its_own_charset() -> None:
    data = '<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1"><p>Prüfung'.encode(
        "latin-1"
    )
    assert parse(data, "a.html").text == "Prüfung"


@pytest.mark.parametrize(
    ("words", "encoding", "name"),
    [
        ("Prüfung", "latin-1", "Windows-1252"),
        ("The rope – 20 metres – costs £ 9.", "cp1252", "Windows-1252"),
        ("L’entrée coûte 5 € le soir, c’est très bien.", "cp1252", "Windows-1252"),
        ("Zámek se otevírá v osm hodin, přístup je zdarma; žádné výjimky.", "cp1250", "Windows-1250"),
        ("Klucz leży na półce, a drzwi są zamknięte o ósmej.", "cp1250", "Windows-1250"),
        ("Ключ лежит в сером шкафу за стойкой.", "cp1251", "Windows-1251"),
        ("鍵は灰色の棚の中にあります。", "shift_jis", "Shift-JIS"),
        ("鍵は灰色の棚の中にあります。", "euc_jp", "EUC-JP"),
        ("钥匙在前台后面的灰色柜子里，晚上八点关门。", "gb18030", "GB18030"),
        ("The key hangs behind the desk.", "utf-16-le", "UTF-16-LE"),
        ("The key hangs behind the desk.", "utf-16-be", "UTF-16-BE"),
        ("鍵は灰色の棚の中にあります。 はい。", "utf-16-le", "UTF-16-LE"),
    ],
)
def test_an_encoding_that_nothing_names_is_recognised(words: str, encoding: str, name: str) -> None:
    for times in (1, 30):
        text = "\n\n".join([words] * times)
        document = parse(text.encode(encoding), "a.txt")
        assert (document.text, document.metadata) == (text, {CHARSET: name})


def test_an_author_cannot_claim_that_an_encoding_was_recognised() -> None:
    assert CHARSET not in parse(b"---\ncharset: klingon\n---\nText.", "a.md").metadata


def test_a_stray_nul_is_dropped() -> None:
    assert parse(b"one\x00 two. " + b"More words follow. " * 9, "a.txt").text.startswith("one two. More")
