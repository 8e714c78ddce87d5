"""Valid and malicious files for the tests of the parsers, created in memory."""

from __future__ import annotations

import io
import zipfile
import zlib

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def docx(body: str, parts: dict[str, str] | None = None, main_type: str = WORD, prolog: str = "") -> bytes:
    """A Word file; `parts` are further files of the package, by name: styles.xml, numbering.xml, header1.xml. The id of
    a part's relationship is its name without the ending.
    """
    parts = parts or {}
    files = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Override PartName="/word/document.xml" '
        f'ContentType="{main_type}"/></Types>',
        "_rels/.rels": _relationships({"officeDocument": "word/document.xml"}),
        "word/_rels/document.xml.rels": _relationships(
            {name.removesuffix(".xml"): name for name in parts if "/" not in name},
            link="https://example.org/form",
        ),
        "word/document.xml": f"{prolog}<w:document {_W} {_R}><w:body>{body}</w:body></w:document>",
        **{f"word/{name}": xml for name, xml in parts.items()},
    }
    return zipped({name: text.encode() for name, text in files.items()})


def part(name: str, content: str) -> str:
    return f"<w:{name} {_W}>{content}</w:{name}>"


def paragraph(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def word_runs(*runs: tuple[str, str] | str) -> str:
    """A Word paragraph of runs: a text, or a text with the content of its `w:rPr`."""
    pairs = ((run, "") if isinstance(run, str) else run for run in runs)
    return "<w:p>" + "".join(word_run(text, look) for text, look in pairs) + "</w:p>"


def word_run(text: str, look: str = "") -> str:
    return f'<w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def word_field(code: str, result: str) -> str:
    """The runs of a field of Word."""
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'.format
    return f"{mark('begin')}<w:r><w:instrText> {code} </w:instrText></w:r>{mark('separate')}{result}{mark('end')}"


def table(rows: list[list[str]]) -> str:
    cells = ("".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) for row in rows)
    look = '<w:tblPr><w:tblLook w:val="04A0"/></w:tblPr>'
    return f"<w:tbl>{look}{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as package:
        for name, content in files.items():
            package.writestr(name, content)
    return buffer.getvalue()


_BOLD = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold >>"


def pdf(
    pages: list[str], resources: str = "", *, title: bytes = b"", catalog: str = "", fonts: str = ""
) -> bytes:
    """One page per content stream; /F1 is Helvetica, /F2 is bold, `fonts` are further ones. `title` is that of the
    metadata, `catalog` are further entries of the catalog, such as labels of pages.
    """
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {catalog} >>".encode(),
        f"<< /Type /Pages /Count {len(pages)} /Kids [{kids}] >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number, content in enumerate(pages):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {5 + 2 * number} 0 R "
            f"/Resources << /Font << /F1 3 0 R /F2 {_BOLD} {fonts} >> {resources} >> >>".encode()
        )
        objects.append(_stream(content.encode("latin-1")))
    return _pdf_file([*objects, b"<< /Title <%s> >>" % title.hex().encode()])


def pdf_text(lines: list[tuple[float, float, float, str]], font: str = "F1") -> str:
    """A content stream; lines are (size, left, bottom, text)."""
    return "\n".join(
        f"BT /{font} {size} Tf {left} {bottom} Td ({text}) Tj ET" for size, left, bottom, text in lines
    )


def pdf_rule(left: float, bottom: float, right: float, top: float) -> str:
    """A line from corner to corner."""
    return f"\n{left} {bottom} m {right} {top} l S\n"


def _stream(content: bytes) -> bytes:
    packed = zlib.compress(content, 9)
    return b"<< /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(packed), packed)


def _pdf_file(objects: list[bytes]) -> bytes:
    file, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    trailer = b"trailer << /Size %d /Root 1 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF" % (
        len(objects) + 1,
        len(objects),
        len(file),
    )
    return file + head + table + trailer


def _relationships(targets: dict[str, str], link: str = "") -> str:
    """`targets` by id, which is the type of the part and perhaps a number: header1."""
    items = "".join(
        f'<Relationship Id="{key}" Type="{_OFFICE}/{key.rstrip("0123456789")}" Target="{target}"/>'
        for key, target in targets.items()
    )
    if link:
        items += f'<Relationship Id="link" Type="{_OFFICE}/hyperlink" Target="{link}" TargetMode="External"/>'
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{items}</Relationships>'
