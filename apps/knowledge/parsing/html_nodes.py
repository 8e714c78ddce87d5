"""Small questions about the nodes of an HTML tree."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from selectolax.lexbor import LexborNode

HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
BLOCKS = set(
    "address article aside body caption center dd details div dl dt fieldset figcaption figure footer form header "
    "hgroup hr html legend li main ol p pre section summary table tbody td tfoot th thead tr ul blockquote menu".split()
) | set(HEADINGS)


def nodes_below(root: LexborNode, skipped: Collection[int] = ()) -> Iterator[LexborNode]:
    """The root and everything below it, in document order, without skipped nodes and comments."""
    stack = [root]
    while stack:
        node = stack.pop()
        tag = node.tag
        if tag == "-comment" or (skipped and node.mem_id in skipped and node is not root):
            continue
        yield node
        child = None if tag == "-text" else node.last_child
        while child is not None:
            stack.append(child)
            child = child.prev


def text_below(
    root: LexborNode,
    skipped: Collection[int] = (),
    most: int = 2_000,
    scripts: Mapping[int, Callable[[str], str]] | None = None,
) -> str:
    """The text with single spaces. Of a long one, about so many characters; a node counts as one. `scripts` write the
    text that stands directly in a node.
    """
    parts, length = list[str](), 0
    for node in nodes_below(root, skipped):
        length += 1
        if length > most:
            break
        tag = node.tag
        if tag == "-text":
            parts.append(_written(node, scripts) if scripts else node.text_content or "")
            length += len(parts[-1])
        elif tag in BLOCKS or tag == "br":
            parts.append(" ")
    return " ".join("".join(parts).split())


def _written(text: LexborNode, scripts: Mapping[int, Callable[[str], str]]) -> str:
    content = text.text_content or ""
    parent = text.parent
    return scripts[parent.mem_id](content) if parent is not None and parent.mem_id in scripts else content


def ancestors_of(nodes: Iterable[LexborNode]) -> set[int]:
    """By their mem_id. It takes linear time, however deeply the nodes lie in each other."""
    found: set[int] = set()
    for node in nodes:
        above = node.parent
        while above is not None and above.mem_id not in found:
            found.add(above.mem_id)
            above = above.parent
    return found


def element_before(node: LexborNode) -> LexborNode | None:
    """The element before the node among its siblings."""
    found = node.prev
    while found is not None and (found.tag or "").startswith("-"):
        found = found.prev
    return found


def element_after(node: LexborNode) -> LexborNode | None:
    found = node.next
    while found is not None and (found.tag or "").startswith("-"):
        found = found.next
    return found


def value(node: LexborNode, attribute: str) -> str:
    return node.attributes.get(attribute) or ""


def name_of(node: LexborNode) -> str:
    """What the page's author calls the node: its classes and its id."""
    attributes = node.attributes
    return f"{attributes.get('class') or ''} {attributes.get('id') or ''}".strip()
