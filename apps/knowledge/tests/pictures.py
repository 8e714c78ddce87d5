"""Pictures for tests, and files that contain them."""

from __future__ import annotations

import base64
import io
import zipfile

from PIL import Image

from apps.knowledge.tests.parsing_files import paragraph

_DRAWING = (
    '<w:drawing><wp:inline xmlns:wp="wp"><wp:docPr id="1" name="Picture" descr="{alt}"/>'
    '<a:graphic xmlns:a="a"><a:graphicData><pic:pic xmlns:pic="pic"><pic:blipFill><a:blip r:embed="{key}"/>'
    "</pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing>"
)
CAPTION_STYLE = (
    '<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:style w:type="paragraph" '
    'w:styleId="Bildunterschrift"><w:name w:val="caption"/></w:style></w:styles>'
)
CAPTION = '<w:pStyle w:val="Bildunterschrift"/>'


def picture(
    size: tuple[int, int] = (60, 40), colour: str = "red", kind: str = "PNG", mode: str = "RGB"
) -> bytes:
    file = io.BytesIO()
    Image.new(mode, size, colour if mode == "RGB" else None).save(file, kind)
    return file.getvalue()


def data_address(content: bytes, media_type: str = "image/png") -> str:
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"


def drawing(key: str, alt: str = "", text: str = "") -> str:
    """A paragraph of Word with a picture by the id of its relationship."""
    return paragraph(text).replace("</w:r></w:p>", f"{_DRAWING.format(key=key, alt=alt)}</w:r></w:p>")


def with_files(package: bytes, files: dict[str, bytes]) -> bytes:
    """A Word file with pictures: `files` by their names in word/media. The id of a relationship is the name without its
    ending.
    """
    source, target = zipfile.ZipFile(io.BytesIO(package)), io.BytesIO()
    relations = "".join(
        f'<Relationship Id="{name.partition(".")[0]}" Type="http://x/image" Target="media/{name}"/>'
        for name in files
    )
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as written:
        for name in source.namelist():
            content = source.read(name)
            if name == "word/_rels/document.xml.rels":
                content = content.replace(b"</Relationships>", f"{relations}</Relationships>".encode())
            written.writestr(name, content)
        for name, content in files.items():
            written.writestr(f"word/media/{name}", content)
    return target.getvalue()
