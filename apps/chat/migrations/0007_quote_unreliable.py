from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0006_quote_page_label'),
    ]

    operations = [
        migrations.AddField(
            model_name='quote',
            name='unreliable',
            field=models.BooleanField(db_default=False, default=False, help_text='the text may differ from what a reader sees in the file'),
        ),
    ]
