"""Documents get what lists show of their published version, collections the time of their last change."""

from django.conf import settings
from django.db import migrations, models
from django.db.models import Max

from apps.knowledge.index.list_keys import search_text, sort_key

AT_ONCE = 500
FIELDS = [
    "title", "media_type", "original_bytes", "page_count", "passage_count", "version_number", "published_at",
    "search_text", "sort_key",
]


def fill(apps, schema_editor):
    Document = apps.get_model("knowledge", "Document")
    rows = apps.get_model("knowledge", "DocumentVersion").objects.filter(state="published").values(
        "document_id", "document__path", "number", "title", "media_type", "original_bytes", "passage_count",
        "published_at", "metadata",
    )
    batch = []
    for row in rows.iterator(chunk_size=AT_ONCE):
        batch.append(_document(Document, row))
        if len(batch) == AT_ONCE:
            Document.objects.bulk_update(batch, FIELDS)
            batch = []
    Document.objects.bulk_update(batch, FIELDS)
    _fill_statistics(apps)


def _document(Document, row):
    pages = (row["metadata"] or {}).get("pages")
    return Document(
        pk=row["document_id"],
        title=row["title"],
        media_type=row["media_type"],
        original_bytes=row["original_bytes"],
        page_count=pages if isinstance(pages, int) else 0,
        passage_count=row["passage_count"],
        version_number=row["number"],
        published_at=row["published_at"],
        search_text=search_text(row["title"], row["document__path"]),
        sort_key=sort_key(row["title"], row["document__path"]),
    )


def _fill_statistics(apps):
    for statistic in apps.get_model("knowledge", "CollectionStatistic").objects.all():
        live = apps.get_model("knowledge", "Document").objects.filter(collection=statistic.collection_id, deleted_at=None)
        statistic.changed_at = live.aggregate(latest=Max("published_at"))["latest"]
        statistic.save(update_fields=["changed_at"])


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_session_generation'),
        ('knowledge', '0005_fill_document_parts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='collectionstatistic',
            name='changed_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='document',
            name='media_type',
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.AddField(
            model_name='document',
            name='original_bytes',
            field=models.PositiveBigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='document',
            name='page_count',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='document',
            name='passage_count',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='document',
            name='published_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='document',
            name='search_text',
            field=models.TextField(blank=True, help_text='apps.knowledge.index.list_keys'),
        ),
        migrations.AddField(
            model_name='document',
            name='sort_key',
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name='document',
            name='title',
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AddField(
            model_name='document',
            name='version_number',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(condition=models.Q(('deleted_at__isnull', True), ('published_at__isnull', False)), fields=['collection', 'sort_key'], name='documents_by_name'),
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(condition=models.Q(('deleted_at__isnull', True), ('published_at__isnull', False)), fields=['collection', 'published_at'], name='documents_by_date'),
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(condition=models.Q(('deleted_at__isnull', True), ('published_at__isnull', False)), fields=['collection', 'passage_count'], name='documents_by_passages'),
        ),
        migrations.AddIndex(
            model_name='ingestion',
            index=models.Index(fields=['collection', 'path'], name='ingestion_by_path'),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
