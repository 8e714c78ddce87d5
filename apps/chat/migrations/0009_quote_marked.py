from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("chat", "0008_small_talk_answers"),
    ]

    operations = [
        migrations.AddField(
            model_name='quote',
            name='marked',
            field=models.JSONField(blank=True, help_text='ranges of the quote that answer the question', null=True),
        ),
    ]
