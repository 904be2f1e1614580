"""The site's settings as tests use them: a throwaway database, fast hashing, no Redis unless a test starts one."""

import os
import tempfile

os.environ.setdefault("TUTOR_VAR", tempfile.mkdtemp(prefix="tutor-tests-"))

from tutor_app.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
