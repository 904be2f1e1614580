"""A language model behind any server that speaks OpenAI's protocol: vLLM, SGLang, Ollama, llama.cpp, or a paid one.

The prompt goes only to servers that the operator named in the environment. Nothing is tried twice: the learner waits,
and the course's own words are there at once.
"""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache, cached_property

import httpx2
import openai

from tutor_app.tutoring.voices.writing import Enough, Prompt, Tokens, VoiceFailed, Why

# Of one reply, whatever the server sends: streams wrap every token in some 300 bytes.
MOST_BYTES = 1_000_000


@dataclass(frozen=True)
class Server:
    """A server that the operator allows. `parameters` (JSON) go into every request as they are: servers differ in what
    they call the length of a reply, and some refuse a temperature."""

    url: str
    key: str = field(default="", repr=False)
    connect_s: float = 2.0
    silence_s: float = 4.0
    parameters: str = '{"max_tokens": 160, "temperature": 0}'

    @cached_property
    def client(self) -> openai.OpenAI:
        """Kept for as long as the process lives, with its connections. No redirects: they could lead anywhere."""
        timeout = httpx2.Timeout(self.silence_s, connect=self.connect_s)
        transport = Bounded(httpx2.HTTPTransport(limits=httpx2.Limits(max_connections=64)))
        return openai.OpenAI(
            base_url=self.url,
            api_key=self.key or "none",
            max_retries=0,
            timeout=timeout,
            http_client=httpx2.Client(transport=transport, timeout=timeout, follow_redirects=False),
        )


# The same server for the same values, with the connections that it has.
server_at = cache(Server)


@dataclass(frozen=True)
class OpenAIWriter:
    """One model of a server."""

    server: Server
    name: str

    @property
    def most_tokens(self) -> int:
        return max(value for name, value in json.loads(self.server.parameters).items() if name.startswith("max_"))

    def write(self, prompt: Prompt, push: Callable[[str], None], stop: threading.Event) -> Tokens | None:
        _stopping.set(stop)
        try:
            return self._write(prompt, push)
        except openai.APITimeoutError as error:
            raise VoiceFailed(Why.SLOW_TO_BEGIN, repr(error)) from error
        except openai.APIStatusError as error:
            why = Why.SERVER_ERROR if error.status_code >= 500 else Why.REFUSED
            raise VoiceFailed(why, f"status {error.status_code}") from error
        except openai.APIConnectionError as error:
            raise VoiceFailed(Why.UNREACHABLE, repr(error.__cause__ or error)) from error
        except (openai.APIError, ValueError, TypeError, AttributeError, httpx2.HTTPError) as error:
            raise VoiceFailed(Why.MALFORMED, repr(error)[:200]) from error

    def _write(self, prompt: Prompt, push: Callable[[str], None]) -> Tokens | None:
        stream = self.server.client.chat.completions.create(
            model=self.name,
            messages=[{"role": "system", "content": prompt.system}, {"role": "user", "content": prompt.material}],
            stream=True,
            stream_options={"include_usage": True},
            extra_body=json.loads(self.server.parameters),
        )
        tokens, reason, begun = None, None, False
        with contextlib.closing(stream):
            try:
                for chunk in stream:
                    if chunk.usage is not None:
                        usage = chunk.usage
                        tokens = Tokens(int(usage.prompt_tokens), int(usage.completion_tokens), counted=True)
                    for choice in chunk.choices[:1]:
                        if choice.delta.refusal:
                            raise VoiceFailed(Why.DECLINED, choice.delta.refusal[:200])
                        begun = begun or bool(choice.delta.content)
                        push(choice.delta.content or "")
                        reason = choice.finish_reason or reason
            except openai.APIConnectionError as error:  # a time-out is one as well
                if begun:
                    raise VoiceFailed(Why.CUT_OFF, repr(error)) from error
                raise
        if reason == "content_filter":
            raise VoiceFailed(Why.DECLINED, reason)
        if reason is None and begun:
            raise VoiceFailed(Why.CUT_OFF, "no finish reason")
        return tokens


# --- bounds on what a server may send -------------------------------------------------------------------------------

_stopping: ContextVar[threading.Event | None] = ContextVar("stopping", default=None)


class Bounded(httpx2.BaseTransport):
    """Ends a response that grows too long, or that nobody listens to any more, at the next bytes that come."""

    def __init__(self, transport: httpx2.BaseTransport) -> None:
        self.transport = transport

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        response = self.transport.handle_request(request)
        assert isinstance(response.stream, httpx2.SyncByteStream)
        response.stream = BoundedStream(response.stream, _stopping.get())
        return response

    def close(self) -> None:
        self.transport.close()


class BoundedStream(httpx2.SyncByteStream):
    def __init__(self, stream: httpx2.SyncByteStream, stop: threading.Event | None) -> None:
        self.stream, self.stop = stream, stop

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for piece in self.stream:
            size += len(piece)
            if self.stop is not None and self.stop.is_set():
                raise Enough
            if size > MOST_BYTES:
                raise VoiceFailed(Why.TOO_LONG, f"{size} bytes")
            yield piece

    def close(self) -> None:
        self.stream.close()
