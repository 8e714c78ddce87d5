"""The names of HTML elements, by which a tag is told from a word in angle brackets."""

HTML_NAMES = frozenset(
    "a abbr acronym address annotation area article aside audio b base bdi bdo big blockquote body br button "
    "canvas caption center cite code col colgroup data datalist dd del details dfn dialog dir div dl dt em embed "
    "fieldset figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i "
    "iframe img input ins kbd label legend li link main map mark marquee math menu meta meter mfrac mi mn mo "
    "mroot mrow msqrt msub msubsup msup mtable mtd mtext mtr nav nobr noscript object ol optgroup option output p "
    "param path picture pre progress q rp rt ruby s samp script search section select semantics slot small source "
    "span strike strong style sub summary sup svg table tbody td template textarea tfoot th thead time title tr "
    "track tt u ul var video wbr".split()
)
