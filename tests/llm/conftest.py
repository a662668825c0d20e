"""Servers and models for the tests of this room."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import keyring
import pytest
from keyring.backend import KeyringBackend

from pmagent.config import Settings
from pmagent.llm.messages_model import MessagesModel
from pmagent.llm.opening import open_model
from pmagent.llm.probe import Probes
from pmagent.llm.scripted import ScriptedModel
from pmagent.types.talk import Message, ModelRequest, Text
from tests.llm.messages_server import MessagesServer, Script

KEY = "sk-ant-api03-Zm9vYmFyYmF6cXV4-0123456789"
StartServer = Callable[..., MessagesServer]
OpenAt = Callable[..., MessagesModel]


class MemoryRing(KeyringBackend):
    """A keyring that lives as long as the test."""

    priority = 1  # pyright: ignore[reportAssignmentType]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture(autouse=True)
def ring() -> Iterator[MemoryRing]:
    """No test asks the developer's own keyring."""
    before, made = keyring.get_keyring(), MemoryRing()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


@pytest.fixture
def start_server() -> Iterator[StartServer]:
    """Servers that end with the test."""
    with ExitStack() as stack:

        def start(script: Script = (), **options: object) -> MessagesServer:
            return stack.enter_context(MessagesServer(script, **options))  # type: ignore[arg-type]

        yield start


@pytest.fixture
def open_at() -> Iterator[OpenAt]:
    """Models at a server; they are closed with the test."""
    with ExitStack() as stack:

        def opened(
            server: MessagesServer, name: str = "claude-opus-5-5", *, probes: Probes | None = None
        ) -> MessagesModel:
            environment = {"ANTHROPIC_BASE_URL": server.url, "ANTHROPIC_API_KEY": KEY}
            model = open_model(
                name, Settings(), environment, offline=offline, probes=probes or Probes()
            )
            assert isinstance(model, MessagesModel)
            stack.callback(model.close)
            return model

        yield opened


def offline() -> ScriptedModel:
    return ScriptedModel(script=())


def asking(text: str = "hello", **fields: object) -> ModelRequest:
    """A request of one message."""
    message = Message(role="user", parts=(Text(text=text),))
    return ModelRequest(system="be brief", messages=(message,), **fields)  # type: ignore[arg-type]
