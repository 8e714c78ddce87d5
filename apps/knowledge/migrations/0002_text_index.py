"""The full-text index over Passage.term_text, each database in its own way: apps/knowledge/index/stores/fulltext.py reads it.

SQLite drops a table's triggers when a later migration remakes the table (AlterField does): such a migration on
Passage must run `create_index` again.
"""

from django.db import migrations

# Tokens end at spaces alone (every category but Z is part of a token): the stems are already what is to be found.
SQLITE = [
    """CREATE VIRTUAL TABLE knowledge_passage_terms USING fts5(
        term_text, collection_id, content='knowledge_passage', content_rowid='id', detail='column',
        tokenize="unicode61 remove_diacritics 0 categories 'L* M* N* P* S* C*'")""",
    """CREATE TRIGGER knowledge_passage_terms_insert AFTER INSERT ON knowledge_passage BEGIN
        INSERT INTO knowledge_passage_terms(rowid, term_text, collection_id)
        VALUES (new.id, new.term_text, new.collection_id); END""",
    """CREATE TRIGGER knowledge_passage_terms_delete AFTER DELETE ON knowledge_passage BEGIN
        INSERT INTO knowledge_passage_terms(knowledge_passage_terms, rowid, term_text, collection_id)
        VALUES ('delete', old.id, old.term_text, old.collection_id); END""",
    """CREATE TRIGGER knowledge_passage_terms_update AFTER UPDATE OF term_text, collection_id ON knowledge_passage BEGIN
        INSERT INTO knowledge_passage_terms(knowledge_passage_terms, rowid, term_text, collection_id)
        VALUES ('delete', old.id, old.term_text, old.collection_id);
        INSERT INTO knowledge_passage_terms(rowid, term_text, collection_id)
        VALUES (new.id, new.term_text, new.collection_id); END""",
    "INSERT INTO knowledge_passage_terms(knowledge_passage_terms) VALUES ('rebuild')",
]
SQLITE_REVERSE = [
    "DROP TRIGGER knowledge_passage_terms_update",
    "DROP TRIGGER knowledge_passage_terms_delete",
    "DROP TRIGGER knowledge_passage_terms_insert",
    "DROP TABLE knowledge_passage_terms",
]
# Made from an array and not by to_tsvector, whose parser would split some stems once more.
POSTGRES = [
    """CREATE INDEX knowledge_passage_terms ON knowledge_passage
       USING gin (array_to_tsvector(string_to_array(term_text, ' ')))""",
]
POSTGRES_REVERSE = ["DROP INDEX knowledge_passage_terms"]


def create_index(apps, schema_editor):
    _run(schema_editor, SQLITE, POSTGRES)


def drop_index(apps, schema_editor):
    _run(schema_editor, SQLITE_REVERSE, POSTGRES_REVERSE)


def _run(schema_editor, sqlite, postgres):
    statements = {"sqlite": sqlite, "postgresql": postgres}[schema_editor.connection.vendor]
    for statement in statements:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0001_initial")]
    operations = [migrations.RunPython(create_index, drop_index)]
