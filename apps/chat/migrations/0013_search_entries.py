"""Entries of the search in conversations, and the full-text index over their stems; apps/chat/searching/matches.py reads it.

SQLite drops a table's triggers when a later migration remakes the table (AlterField does): such a migration on
SearchEntry must run `create_index` again. Questions of earlier versions are indexed by the task `index_conversations`.
"""

import django.db.models.deletion
from django.db import migrations, models


# As in knowledge/0002_text_index: tokens end at spaces alone.
SQLITE = [
    """CREATE VIRTUAL TABLE chat_search_terms USING fts5(
        terms, owner, content='chat_searchentry', content_rowid='id', detail='column',
        tokenize="unicode61 remove_diacritics 0 categories 'L* M* N* P* S* C*'")""",
    """CREATE TRIGGER chat_search_terms_insert AFTER INSERT ON chat_searchentry BEGIN
        INSERT INTO chat_search_terms(rowid, terms, owner) VALUES (new.id, new.terms, new.owner); END""",
    """CREATE TRIGGER chat_search_terms_delete AFTER DELETE ON chat_searchentry BEGIN
        INSERT INTO chat_search_terms(chat_search_terms, rowid, terms, owner)
        VALUES ('delete', old.id, old.terms, old.owner); END""",
    """CREATE TRIGGER chat_search_terms_update AFTER UPDATE OF terms, owner ON chat_searchentry BEGIN
        INSERT INTO chat_search_terms(chat_search_terms, rowid, terms, owner)
        VALUES ('delete', old.id, old.terms, old.owner);
        INSERT INTO chat_search_terms(rowid, terms, owner) VALUES (new.id, new.terms, new.owner); END""",
]
SQLITE_REVERSE = ["DROP TABLE chat_search_terms"]  # the triggers go with their own table
# The owner is one of the words, so that entries of others are skipped inside the index.
POSTGRES = [
    """CREATE INDEX chat_search_terms ON chat_searchentry
       USING gin (array_to_tsvector(array_append(string_to_array(terms, ' '), owner::text)))""",
]
POSTGRES_REVERSE = ["DROP INDEX chat_search_terms"]


def create_index(apps, schema_editor):
    _run(schema_editor, SQLITE, POSTGRES)


def drop_index(apps, schema_editor):
    _run(schema_editor, SQLITE_REVERSE, POSTGRES_REVERSE)


def _run(schema_editor, sqlite, postgres):
    statements = {"sqlite": sqlite, "postgresql": postgres}[schema_editor.connection.vendor]
    for statement in statements:
        schema_editor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0012_conversation_pinned_and_deleted'),
    ]

    operations = [
        migrations.CreateModel(
            name='SearchEntry',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('owner', models.CharField(max_length=80)),
                ('terms', models.TextField()),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='chat.message')),
                ('quote', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='chat.quote')),
            ],
        ),
        migrations.RunPython(create_index, drop_index),
    ]
