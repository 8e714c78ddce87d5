from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0005_quote_more'),
    ]

    operations = [
        migrations.AddField(
            model_name='quote',
            name='page_label',
            field=models.CharField(blank=True, db_default='', default='', help_text='what the document prints on the page', max_length=16),
        ),
    ]
