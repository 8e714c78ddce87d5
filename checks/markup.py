"""Forms and links of a page."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Form:
    """`fields` are the values that a browser would send unchanged; `kinds` are the types of the inputs."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)


@dataclass
class Page:
    links: list[str] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)


def page_of(text: str) -> Page:
    reader = _Reader()
    reader.feed(text)
    return reader.page


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self._form: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in values:
            self.page.links.append(values["href"])
        elif tag == "form":
            self._form = Form(values.get("action", ""), values.get("method", "get").lower())
            self.page.forms.append(self._form)
        elif tag in {"input", "textarea", "select"} and self._form is not None and values.get("name"):
            self._form.fields[values["name"]] = values.get("value", "")
            self._form.kinds[values["name"]] = values.get("type", tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
