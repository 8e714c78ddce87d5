"""Versions from before get their parts, their sizes and the places of their words.

What one version takes is done in a transaction of its own, and again if it is interrupted: a version with parts is
passed over.
"""

from django.db import migrations, transaction
from django.db.models import Count, Sum

from apps.knowledge.documents.layout import DocumentLayout, layout_json, part_json
from apps.knowledge.documents.parts import cut_into_parts, outline_of
from apps.knowledge.index.analyzer import word_spans
from apps.knowledge.index.embedded_text import pack_offsets, sentence_text
from apps.knowledge.documents.parsed_document import Block, BlockKind, Cell, Link, ParsedDocument


def fill(apps, schema_editor):
    DocumentVersion = apps.get_model("knowledge", "DocumentVersion")
    for pk in DocumentVersion.objects.filter(parts=None).order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            _fill_version(apps, DocumentVersion.objects.select_related("document").get(pk=pk))
    for statistic in apps.get_model("knowledge", "CollectionStatistic").objects.all():
        live = DocumentVersion.objects.filter(
            document__collection=statistic.collection_id, document__deleted_at=None, state="published"
        )
        statistic.documents = live.count()
        statistic.save(update_fields=["documents"])


def _fill_version(apps, version):
    document = _parsed(version)
    parts = cut_into_parts(document)
    apps.get_model("knowledge", "DocumentPart").objects.bulk_create(
        apps.get_model("knowledge", "DocumentPart")(
            workspace_id=version.workspace_id,
            version=version,
            number=number,
            start=part.start,
            end=part.end,
            first_block=part.first_block,
            text=version.text[part.start : part.end],
            layout=part_json(part),
        )
        for number, part in enumerate(parts)
    )
    outline = tuple(outline_of(version.text, parts))
    version.layout = layout_json(DocumentLayout(document.pages, outline))
    _fill_sizes(apps, version)
    version.save()
    _fill_sentences(apps, version)


def _parsed(version):
    layout = version.layout
    return ParsedDocument(
        text=version.text,
        title=version.title,
        blocks=tuple(_block(row) for row in layout.get("blocks", [])),
        media_type=version.media_type,
        pages=tuple(layout.get("pages", [])),
        links=tuple(Link(*row) for row in layout.get("links", [])),
    )


def _block(row):
    kind, start, end, level, _, *cells = row
    return Block(BlockKind(kind), start, end, level, tuple(Cell(*cell) for cell in (cells or [[]])[0]))


def _fill_sizes(apps, version):
    passages = apps.get_model("knowledge", "Passage").objects.filter(version=version)
    sizes = passages.aggregate(count=Count("pk"), length=Sum("length"))
    version.passage_count, version.length = sizes["count"], sizes["length"] or 0
    version.term_count = len({term for terms in passages.values_list("terms", flat=True) for term in terms})
    is_counted = version.state == "published" and version.document.deleted_at is None
    version.terms_counted = version.term_count if is_counted else 0


def _fill_sentences(apps, version):
    Sentence = apps.get_model("knowledge", "Sentence")
    rows = list(Sentence.objects.filter(passage__version=version))
    for row in rows:
        words = sentence_text("", row.context, version.text[row.start : row.end])
        row.word_offsets = pack_offsets([at for pair in word_spans(words) if pair[1] < 65536 for at in pair])
    Sentence.objects.bulk_update(rows, ["word_offsets"], batch_size=200)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("knowledge", "0004_document_parts")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
