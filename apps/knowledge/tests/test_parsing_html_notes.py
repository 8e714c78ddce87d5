"""HTML: footnotes stand after the block that refers to them; their marks are no text."""

import pytest

from apps.knowledge.parsing.parse import parse


def text(html: str) -> str:
    return parse(html.encode(), "page.html").text


FORMS = {
    "linked": (
        "<sup><a href='#fn1' id='ref1'>1</a></sup>",
        "<ol><li id=fn1>In winter 60. <a href='#ref1'>↩</a></ol>",
    ),
    "wikipedia": (
        "<sup class=reference id=cite_ref-1><a href='#cite_note-1'>[1]</a></sup>",
        "<ol class=references><li id=cite_note-1><b><a href='#cite_ref-1'>^</a></b> <span>In winter 60.</span></ol>",
    ),
    "pandoc": (
        "<a href='#fn1' class=footnote-ref id=fnref1 role=doc-noteref><sup>1</sup></a>",
        "<section class=footnotes role=doc-endnotes><hr><ol><li id=fn1><p>In winter 60."
        "<a href='#fnref1' class=footnote-back role=doc-backlink>↩︎</a></p></li></ol></section>",
    ),
    "sphinx": (
        "<a class='footnote-reference brackets' href='#id2' id=id1 role=doc-noteref>1</a>",
        "<aside class='footnote brackets' id=id2 role=doc-footnote><span class=label><span class=fn-bracket>[</span>"
        "<a role=doc-backlink href='#id1'>1</a><span class=fn-bracket>]</span></span><p>In winter 60.</p></aside>",
    ),
    "word": (
        "<a href='#_ftn1' name='_ftnref1'><span class=MsoFootnoteReference>[1]</span></a>",
        "<div id=ftn1><p class=MsoFootnoteText><a href='#_ftnref1' name='_ftn1'>[1]</a> In winter 60.</p></div>",
    ),
    "google": (
        "<sup><a href='#ftnt1' id=ftnt_ref1>[1]</a></sup>",
        "<div><p><a href='#ftnt_ref1' id=ftnt1>[1]</a><span> In winter 60.</span></p></div>",
    ),
    "unlinked": ("<sup>*</sup>", "<p><sup>*</sup> In winter 60.</p>"),
}


@pytest.mark.parametrize(("mark", "note"), FORMS.values(), ids=FORMS)
def test_a_note_follows_the_block_that_refers_to_it(mark: str, note: str) -> None:
    page = f"<h1>Pool</h1><p>It takes 40 guests{mark}.</p><p>It is heated.</p>{note}<p>End.</p>"
    assert text(page) == "Pool\n\nIt takes 40 guests.\n\nIn winter 60.\n\nIt is heated.\n\nEnd."


def test_a_note_of_a_list_or_table_follows_all_of_it() -> None:
    mark = "<sup><a href='#fn{0}'>{0}</a></sup>".format
    notes = "<p id=fn1>First note.</p><p id=fn2>Second note.</p>"
    page = f"<ul><li>one{mark(1)}<li>two</ul><table><tr><td>a{mark(2)}<td>b</table><p>End.</p>{notes}"
    assert text(page) == "one\ntwo\n\nFirst note.\n\na\tb\n\nSecond note.\n\nEnd."


def test_a_note_is_written_once_and_one_without_a_mark_stays() -> None:
    page = "<p>a<sup><a href='#fn1'>1</a></sup><p>b<sup><a href='#fn1'>1</a></sup><p id=fn2>Alone.<p id=fn1>Note."
    assert text(page) == "a\n\nNote.\n\nb\n\nAlone."


def test_a_raised_number_that_may_be_an_exponent_stays() -> None:
    page = "<p>10<sup>2</sup> cells, on weekdays<sup>2</sup>.</p><p><sup>2</sup> Not in May.</p>"
    assert text(page) == "10² cells, on weekdays.\n\nNot in May."


def test_a_raised_link_to_a_heading_is_no_note() -> None:
    assert text("<p>see<sup><a href='#s1'>1</a></sup></p><h2 id=s1>One</h2><p>x") == "see¹\n\nOne\n\nx"


def test_notes_that_refer_to_each_other_are_written_once() -> None:
    many = "".join(f"<p id=fn{n}>n{n}<sup><a href='#fn{n + 1}'>{n + 1}</a></sup>" for n in range(1, 999))
    assert text(f"<p>x<sup><a href='#fn1'>1</a></sup>{many}").split()[:4] == ["x", "n1", "n2", "n3"]
