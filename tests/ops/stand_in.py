"""A site of a few lines that starts in a second, for tests of how the processes are started and stopped.

The deploy folder and the settings reader are the real ones; the pages, tasks and commands are not.
"""

import shutil
from pathlib import Path

from deploy.run import ENCODER_FILES

ROOT = Path(__file__).resolve().parent.parent.parent

MANAGE = """
import json, sys
if sys.argv[1] == "load_demo":
    print("some progress")
    roles = ("learner", "instructor", "administrator")
    print(json.dumps({"accounts": [{"role": role, "username": role[:3], "password": "pw-" + role} for role in roles]}))
"""
ASGI = """
async def application(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b'{"healthy": true}'})
"""
CELERY = """
from celery import Celery
from tutor_app.environment import environment
app = Celery("tutor_app", broker=environment.redis().replace("unix://", "redis+socket://", 1))
app.conf.beat_schedule_filename = str(environment.var / "beat")
"""


def build_site(folder: Path) -> Path:
    """A checkout in `folder` with the real way to start and stop, and the stand-in behind it."""
    shutil.copytree(ROOT / "deploy", folder / "deploy", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "tutor_app" / "courses").mkdir(parents=True)
    shutil.copyfile(ROOT / "tutor_app" / "environment.py", folder / "tutor_app" / "environment.py")
    (folder / "var" / "encoder").mkdir(parents=True)
    for name in ENCODER_FILES:
        (folder / "var" / "encoder" / name).touch()
    for name, text in (
        ("tutor_app/__init__.py", ""),
        ("tutor_app/settings.py", "SECRET_KEY = 'stand-in'\n"),
        ("tutor_app/asgi.py", ASGI),
        ("tutor_app/celery.py", CELERY),
        ("manage.py", MANAGE),
    ):
        (folder / name).write_text(text)
    return folder
