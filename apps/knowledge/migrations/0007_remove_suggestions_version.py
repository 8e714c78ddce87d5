from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("knowledge", "0006_document_listing"),
    ]

    operations = [
        migrations.RemoveField(model_name="collection", name="suggestions_version"),
    ]
