"""A server that speaks OpenAI's protocol, badly where a test asks for it: the model's name says how."""

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.site import free_port

KIND = "Let's look at it together. Take your time."
LEAKS = [
    "The answer is 5.", "It is $x = 5$.", "x equals five.", "It is FIVE.", "f i v e, that is it.", "It is V.",
    "Die Antwort ist fünf.", "答案是五。", "It is fi\u200bve.", "It is fіve.", "It is ５.", "It is 5️⃣.", "It is $10/2$.",
    "It is half of ten.", "It is the number after four.", "It is NQ==.", "It is &#53;.", "It is **5**.", "It is 0b101.",
    "Let's look. It is evif backwards.",
]  # fmt: skip


def event(content: str | None = None, finish: str | None = None, **more: Any) -> str:
    delta = {} if content is None else {"content": content}
    choice = {"index": 0, "delta": {**delta, **more}, "finish_reason": finish}
    chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
    return f"data: {json.dumps(chunk)}\n\n"


USAGE = f"data: {json.dumps({'id': 'c', 'object': 'chat.completion.chunk', 'created': 1, 'model': 'm', 'choices': [], 'usage': {'prompt_tokens': 321, 'completion_tokens': 12, 'total_tokens': 333}})}\n\n"  # noqa: E501
DONE = "data: [DONE]\n\n"


async def stream(name: str) -> AsyncIterator[str]:
    if name.startswith("leak-"):
        yield event("Let's see. ")
        for word in LEAKS[int(name[5:])].split(" "):
            yield event(word + " ")
        yield event(finish="stop") + USAGE + DONE
        return
    match name:
        case "kind":
            for word in KIND.split(" "):
                yield event(word + " ")
            yield event(finish="stop") + USAGE + DONE
        case "refusal":
            yield event("I'm sorry, but I can't help with that.") + event(finish="stop") + DONE
        case "refusal field":
            yield event(refusal="No.") + event(finish="stop") + DONE
        case "filter":
            yield event("Let's") + event(finish="content_filter") + DONE
        case "hang":
            await asyncio.sleep(30)
        case "hang midway":
            yield event("You stayed with it. And th")
            await asyncio.sleep(30)
        case "dies":
            yield event("You stayed with it. And th")
            raise ConnectionResetError("the server dies")
        case "no finish":
            yield event("You stayed with it. And th")
        case "length":
            yield event("You stayed with it. And th") + event(finish="length") + DONE
        case "malformed":
            yield "data: {nonsense\n\n"
        case "malformed later":
            yield event("You stayed with it. And th") + 'data: {"choices": [{"delta": 7}]}\n\n' + "data: \xff{{{\n\n"
        case "error event":
            yield 'data: {"error": {"message": "out of memory"}}\n\n'
        case "no choices":
            yield 'data: {"choices": null}\n\n'
        case "drip":
            for character in event(KIND) * 20:
                yield character
                await asyncio.sleep(0.05)
        case "flood":
            for _ in range(100):
                yield ": " + "x" * 100_000 + "\n"
        case "endless line":
            yield "data: " + "x" * 10_000_000
        case "long":
            for _ in range(30_000):
                yield event("blah ")
        case "comments":
            for _ in range(200):
                yield ": still here\n\n"
                await asyncio.sleep(0.05)
        case "empty":
            yield DONE


asked: list[dict[str, Any]] = []


async def completions(request: Request) -> Response:
    body = await request.json()
    asked.append({"headers": dict(request.headers), "body": body})
    match name := body["model"]:
        case "html":
            return Response("<html><p>Let's look at it together. </p></html>", media_type="text/html")
        case "json":
            return JSONResponse({"choices": [{"message": {"content": KIND}}]})
        case "redirect":
            return RedirectResponse("/elsewhere", status_code=307)
        case "slow headers":
            await asyncio.sleep(30)
        case "unknown":
            return JSONResponse({"error": {"message": "no such model"}}, status_code=404)
    if name.startswith("status-"):
        return JSONResponse({"error": {"message": "no"}}, status_code=int(name[7:]), headers={"retry-after": "60"})
    return StreamingResponse(stream(name), media_type="text/event-stream")


async def elsewhere(request: Request) -> Response:
    asked.append({"headers": {}, "body": "redirected"})
    return JSONResponse({})


@contextmanager
def bad_server() -> Iterator[str]:
    """Its address, while it runs in a thread of its own."""
    port = free_port()
    app = Starlette(routes=[
        Route("/v1/chat/completions", completions, methods=["POST"]),
        Route("/elsewhere", elsewhere, methods=["POST"]),
    ])  # fmt: skip
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="critical", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}/v1"
    server.should_exit = True
    thread.join(5)
