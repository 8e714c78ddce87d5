"""When questions to suggest were last looked for is kept here, and no longer in `Collection.suggestions_version`.

Collections with a suggestion that holds template tags or elements are looked at again.
"""

import django.db.models.deletion
from django.db import migrations, models


def copy_versions(apps, schema_editor):
    with_markup = apps.get_model("chat", "SuggestedQuestion").objects.filter(text__regex="[{}<>]")
    collections = (
        apps.get_model("knowledge", "Collection")
        .objects.filter(suggestions_version__gt=0)
        .exclude(pk__in=with_markup.values("collection"))
    )
    state = apps.get_model("chat", "SuggestionState")
    state.objects.bulk_create(
        state(workspace_id=workspace, collection_id=collection, store_version=version)
        for collection, workspace, version in collections.values_list("pk", "workspace", "suggestions_version")
    )


def copy_back(apps, schema_editor):
    collections = apps.get_model("knowledge", "Collection").objects
    rows = apps.get_model("chat", "SuggestionState").objects.values_list("collection", "store_version")
    for collection, version in rows:
        collections.filter(pk=collection).update(suggestions_version=version)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_session_generation"),
        ("chat", "0002_answer_outage"),
        ("knowledge", "0005_fill_document_parts"),
    ]
    run_before = [("knowledge", "0007_remove_suggestions_version")]

    operations = [
        migrations.CreateModel(
            name="SuggestionState",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("store_version", models.PositiveBigIntegerField()),
                (
                    "collection",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="suggestion_state",
                        to="knowledge.collection",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.workspace"
                    ),
                ),
            ],
        ),
        migrations.RunPython(copy_versions, copy_back),
        migrations.AlterField(
            model_name="answer",
            name="outage",
            field=models.CharField(
                blank=True, choices=[("store", "Knowledge store"), ("encoder", "Encoder")], max_length=10
            ),
        ),
        migrations.AlterField(
            model_name="answer",
            name="state",
            field=models.CharField(
                choices=[
                    ("pending", "Waiting"),
                    ("running", "Searching"),
                    ("done", "Done"),
                    ("dead", "Not answered"),
                ],
                default="pending",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="quote",
            name="kind",
            field=models.CharField(
                choices=[("quote", "Quote"), ("nearest", "Closest passage")], default="quote", max_length=10
            ),
        ),
    ]
