"""Which voice speaks in a class, and what it took each time."""

import django.db.models.deletion
import django.db.models.functions.comparison
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

VOICES = [
    ("none", "No language model"),
    ("local", "A language model on this machine"),
    ("remote", "A language model on a server"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("learners", "0001_initial"),
        ("tutoring", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="VoiceSettings",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("voice", models.CharField(choices=VOICES, default="none", max_length=20)),
                ("server", models.CharField(blank=True, help_text="Its name in VOICE_SERVERS.", max_length=100)),
                ("model", models.CharField(blank=True, max_length=200)),
                (
                    "adapters",
                    models.JSONField(
                        blank=True, default=dict, help_text="Skill to adapter of the local model, by name."
                    ),
                ),
                (
                    "daily_tokens",
                    models.PositiveIntegerField(default=200000, help_text="Of one class, from midnight to midnight."),
                ),
                (
                    "price_in",
                    models.DecimalField(
                        decimal_places=4, default=0, help_text="Of a million tokens read.", max_digits=10
                    ),
                ),
                (
                    "price_out",
                    models.DecimalField(decimal_places=4, default=0, help_text="Of a million written.", max_digits=10),
                ),
                ("changed_at", models.DateTimeField(auto_now=True)),
                (
                    "changed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "section",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="voice",
                        to="learners.section",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "voice settings",
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.comparison.Coalesce("section", 0),
                        name="one_voice_per_class_and_one_for_the_site",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("price_in__gte", 0), ("price_out__gte", 0)),
                        name="tokens_cost_nothing_or_something",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="VoiceUse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("day", models.DateField(help_text="Of the site's clock: what its budget counts by.")),
                ("voice", models.CharField(choices=VOICES, max_length=20)),
                ("server", models.CharField(blank=True, max_length=100)),
                ("model", models.CharField(blank=True, max_length=200)),
                ("tokens_in", models.PositiveIntegerField(default=0)),
                ("tokens_out", models.PositiveIntegerField(default=0)),
                (
                    "counted",
                    models.BooleanField(default=False, help_text="Counted by the model; otherwise estimated."),
                ),
                ("cost", models.DecimalField(decimal_places=8, default=0, max_digits=14)),
                ("first_word_ms", models.FloatField(blank=True, null=True)),
                ("total_ms", models.FloatField(default=0)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("speaking", "Is being written"),
                            ("spoken", "Spoken"),
                            ("partly", "Begun, then the course's words"),
                            ("grounded", "The course's words instead"),
                        ],
                        default="speaking",
                        max_length=20,
                    ),
                ),
                (
                    "why",
                    models.CharField(blank=True, help_text="Why the course's words were said.", max_length=80),
                ),
                (
                    "section",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="voice_uses",
                        to="learners.section",
                    ),
                ),
                (
                    "turn",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="voice_uses",
                        to="tutoring.turn",
                    ),
                ),
            ],
            options={
                "ordering": ("-at",),
                "indexes": [models.Index(fields=["section", "day"], name="voice_use_by_day")],
            },
        ),
    ]
