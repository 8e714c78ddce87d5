"""Parsed pages for tests: elements are found by CSS selectors, and their text is compared."""

from __future__ import annotations

from bs4 import BeautifulSoup, Tag
from django.test import Client


class Html:
    def __init__(self, tag: Tag) -> None:
        self._tag = tag

    def one(self, selector: str) -> Html:
        """Fails the test if there is none."""
        found = self._tag.select_one(selector)
        assert found is not None, f"no {selector} in:\n{self._tag}"
        return Html(found)

    def all(self, selector: str) -> list[Html]:
        return [Html(found) for found in self._tag.select(selector)]

    def has(self, selector: str) -> bool:
        return self._tag.select_one(selector) is not None

    def __getitem__(self, attribute: str) -> str:
        return str(self._tag[attribute])

    def get(self, attribute: str) -> str:
        return str(self._tag.get(attribute) or "")

    @property
    def text(self) -> str:
        return self._tag.text

    @property
    def words(self) -> str:
        """The text with single spaces."""
        return " ".join(self._tag.get_text(" ").split())

    def values(self) -> dict[str, str | list[str]]:
        """What a browser would send for this form as it stands, without a button."""
        values: dict[str, str | list[str]] = {}
        for field in self._tag.select("input[name], textarea[name], select[name]"):
            name, kind = str(field["name"]), field.get("type")
            if field.name == "select":
                values[name] = [str(option["value"]) for option in field.select("option[selected]")]
            elif kind in ("checkbox", "radio") and not field.has_attr("checked"):
                continue
            elif kind != "submit" and not field.has_attr("disabled"):
                values[name] = field.text if field.name == "textarea" else str(field.get("value", ""))
        return values


def parse(html: bytes | str) -> Html:
    return Html(BeautifulSoup(html, "html.parser"))


def get(client: Client, address: str, status: int = 200) -> Html:
    response = client.get(address)
    assert response.status_code == status
    return parse(response.content)
