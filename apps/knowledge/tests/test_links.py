from __future__ import annotations

import pytest

from apps.knowledge.documents.links import linked_paths


@pytest.mark.parametrize(
    ("source", "target", "path"),
    [
        ("a/b.md", "c.md", "a/c.md"),
        ("a/b.md", "../c.md#part", "c.md"),
        ("a/b.md", "/x/c.html?q=1", "x/c.html"),
        ("a/b.md", "with%20space.pdf", "a/with space.pdf"),
        ("a/b.md", "../../../c.md", "c.md"),
    ],
)
def test_a_named_file(source: str, target: str, path: str) -> None:
    assert linked_paths(source, target) == (path,)


@pytest.mark.parametrize(
    "target",
    ["/leave/", '{% page "/leave/" %}', "{{ site.baseurl }}/leave/", "{% page /leave %}", "../leave"],
)
def test_an_address_without_a_type_may_be_several_files(target: str) -> None:
    assert linked_paths("a/b.md", target) == ("leave.md", "leave.html", "leave/index.md", "leave/index.html")


@pytest.mark.parametrize(
    "target",
    ["https://example.org/a.md", "mailto:a@b.c", "#part", "", "//host/a.md", "http://[broken", "{{ url }}"],
)
def test_what_leads_out(target: str) -> None:
    assert linked_paths("a/b.md", target) == ()


def test_the_root_is_its_index() -> None:
    assert linked_paths("b.md", "/") == ("index.md", "index.html")
