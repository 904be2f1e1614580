"""`manage.py load_demo`: the demo class with its simulated learners, and three accounts with new passwords."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from tutor_app.environment import environment
from tutor_app.registry.demo import load_demo
from tutor_app.registry.demo_people import DemoRefused


class Command(BaseCommand):
    help = (
        "Makes the demo class (or what is missing of it) and gives its three accounts new passwords. "
        "The last line printed is JSON with the accounts."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--force", action="store_true", help="also where DATABASE_URL is set")

    def handle(self, *args: Any, force: bool = False, **options: Any) -> None:
        if environment.database_url and not force:
            raise CommandError(
                "DATABASE_URL is set, so this may be a site that people use, and the demo makes an administrator whose "
                "password is printed. Nothing was changed. Add --force if you mean it."
            )
        try:
            accounts = load_demo(now=timezone.now(), say=self.stdout.write)
        except DemoRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(json.dumps({"accounts": [account.as_json() for account in accounts]}))
