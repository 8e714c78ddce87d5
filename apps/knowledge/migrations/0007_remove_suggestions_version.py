from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("knowledge", "0005_fill_document_parts"),
    ]

    operations = [
        migrations.RemoveField(model_name="collection", name="suggestions_version"),
    ]
