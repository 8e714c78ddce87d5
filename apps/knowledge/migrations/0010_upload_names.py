from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0009_sentence_units")]

    operations = [
        migrations.AlterModelOptions(
            name="ingestion",
            options={"verbose_name": "upload", "verbose_name_plural": "uploads"},
        ),
    ]
