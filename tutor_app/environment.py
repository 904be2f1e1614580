"""What the machine tells the site: the one file that reads environment variables.

Nothing needs to be set on a laptop. `.env.example` documents every name.
"""

import hashlib
import secrets
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent

# A unix socket's path may hold about 108 bytes; deeper checkouts get a socket in the temporary folder instead.
LONGEST_SOCKET_PATH = 100


class VoiceServer(BaseModel):
    """A server with language models that the operator allows; prices are of a million tokens. `parameters` replace what
    is sent with a request by default, for a server that calls the length of a reply otherwise."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = Field(pattern=r"^https?://[^\s/?#@]+(/[^\s?#@]*)?$")
    models: list[str] = Field(min_length=1)
    key: SecretStr = SecretStr("")
    price_in: Decimal = Field(default=Decimal(0), ge=0)
    price_out: Decimal = Field(default=Decimal(0), ge=0)
    parameters: dict[str, Any] = {"max_tokens": 160, "temperature": 0}

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    @property
    def is_this_machine(self) -> bool:
        return self.host in ("localhost", "127.0.0.1", "::1")

    @field_validator("parameters")
    @classmethod
    def bounded(cls, parameters: dict[str, Any]) -> dict[str, Any]:
        limits = [value for name, value in parameters.items() if name in ("max_tokens", "max_completion_tokens")]
        if len(limits) != 1 or not isinstance(limits[0], int) or not 1 <= limits[0] <= 2_000:
            raise ValueError("parameters need max_tokens or max_completion_tokens, from 1 to 2000")
        return parameters


class Environment(BaseSettings):
    """Settings by name; the defaults are those of a laptop."""

    model_config = SettingsConfigDict(env_file=ROOT / ".env", extra="ignore")

    debug: bool = False
    secret_key: str = ""
    allowed_hosts: str = "localhost,127.0.0.1,[::1]"
    csrf_trusted_origins: str = ""
    https: bool = False
    database_url: str = ""
    redis_url: str = ""
    var: Path = Field(default=ROOT / "var", validation_alias="TUTOR_VAR")
    language_code: str = "en"
    time_zone: str = "UTC"
    sign_up_open: bool = True
    turns_per_minute: int = Field(default=40, ge=1)
    checker_processes: int = Field(default=2, ge=1, le=64)
    voice_pause_s: float = Field(default=0.0, ge=0, le=5)
    care_contact: str = ""
    care_email: str = ""
    site_url: str = ""
    email_url: str = ""
    email_from: str = "tutor@localhost"
    voice_servers: dict[str, VoiceServer] = {}
    local_voice_model: Path | None = None
    local_voice_adapters: Path | None = None
    local_voice_device: str = Field(default="auto", pattern=r"^(auto|cpu|cuda(:\d+)?|mps)$")
    voice_connect_s: float = Field(default=2.0, gt=0, le=10)
    voice_first_word_s: float = Field(default=4.0, gt=0, le=30)
    voice_total_s: float = Field(default=12.0, gt=0, le=60)
    log_level: str = "INFO"

    def hosts(self) -> list[str]:
        return [host.strip() for host in self.allowed_hosts.split(",") if host.strip()]

    def trusted_origins(self) -> list[str]:
        return [origin.strip() for origin in self.csrf_trusted_origins.split(",") if origin.strip()]

    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.var / 'tutor.sqlite3'}"

    def redis(self) -> str:
        """The Redis-compatible server: the configured one, else the socket of the embedded one."""
        return self.redis_url or f"unix://{self.redis_socket()}"

    def redis_socket(self) -> Path:
        socket = self.var / "redis.sock"
        if len(str(socket)) <= LONGEST_SOCKET_PATH:
            return socket
        name = hashlib.sha256(str(socket).encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"tutor-{name}.sock"

    def secret(self) -> str:
        """The signing key: the configured one, else one made once and kept in a file only the owner reads."""
        if self.secret_key:
            return self.secret_key
        path = self.var / "secret_key"
        self.var.mkdir(parents=True, exist_ok=True)
        try:
            with path.open("x") as file:
                path.chmod(0o600)
                file.write(secrets.token_urlsafe(50))
        except FileExistsError:
            pass
        return path.read_text()


environment = Environment()
