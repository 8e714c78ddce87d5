from __future__ import annotations

from checks.markup import page_of

PAGE = """
<a href="/a/">A</a><form method="POST" action="/b/"><input type="hidden" name="token" value="1&amp;2">
<input type="email" name="login"><textarea name="text"></textarea></form><a href="/c/">C</a>
"""


def test_links_and_the_fields_of_forms_are_read() -> None:
    page = page_of(PAGE)
    assert page.links == ["/a/", "/c/"]
    (form,) = page.forms
    assert (form.action, form.method) == ("/b/", "post")
    assert form.fields == {"token": "1&2", "login": "", "text": ""}
    assert form.kinds == {"token": "hidden", "login": "email", "text": "textarea"}
