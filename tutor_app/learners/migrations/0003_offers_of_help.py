from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("learners", "0002_misconceptions"),
    ]

    operations = [
        migrations.AddField(
            model_name="section",
            name="offers_help",
            field=models.BooleanField(
                default=True,
                help_text="Before it is asked for: after some errors or in silence.",
                verbose_name="the tutor may offer help",
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="wants_offers",
            field=models.BooleanField(
                default=True,
                help_text="Before it is asked for: after some errors or in silence.",
                verbose_name="the tutor may offer help",
            ),
        ),
    ]
