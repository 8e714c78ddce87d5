from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0010_upload_names")]

    operations = [
        migrations.AddField(
            model_name="sentence",
            name="inline_code",
            field=models.JSONField(
                blank=True, help_text="start and end of each code among the words", null=True
            ),
        ),
    ]
