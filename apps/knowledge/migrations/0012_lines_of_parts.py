from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0011_sentence_inline_code")]

    operations = [
        migrations.AddField(
            model_name="documentpart",
            name="lines",
            field=models.JSONField(db_default=models.Value([], models.JSONField()), default=list),
        ),
    ]
