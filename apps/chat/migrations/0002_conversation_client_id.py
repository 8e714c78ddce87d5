from django.db import migrations, models

import apps.common.models


class Migration(migrations.Migration):
    dependencies = [("chat", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="conversation",
            name="client_id",
            field=models.UUIDField(default=apps.common.models.new_uid),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="conversation",
            constraint=models.UniqueConstraint(fields=("user", "client_id"), name="conversation_once_per_user"),
        ),
        migrations.AddConstraint(
            model_name="conversation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("user__isnull", True)),
                fields=("visitor_key", "client_id"),
                name="conversation_once_per_visitor",
            ),
        ),
    ]
