"""The one way to a model: who is asked, with which key, and what is loaded for it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import pmagent
from pmagent.config import Settings
from pmagent.errors import ModelError
from pmagent.llm.opening import open_model
from pmagent.llm.probe import Probes
from pmagent.llm.scripted import ScriptedModel
from tests.llm.conftest import KEY, MemoryRing, StartServer, asking, offline
from tests.llm.messages_server import refuse, say

TOP = Path(pmagent.__file__).parents[1]


def opened(name: str, **environment: str) -> object:
    return open_model(name, Settings(), environment, offline=offline, probes=Probes())


def test_offline_is_the_one_that_is_handed_in() -> None:
    assert isinstance(opened("offline"), ScriptedModel)
    assert isinstance(opened("default"), ScriptedModel)


def test_without_a_key_a_model_says_so_when_it_is_used() -> None:
    model = open_model("deep", Settings(), {}, offline=offline, probes=Probes())

    with pytest.raises(ModelError) as told:
        next(model.stream(asking()))

    assert told.value.kind == "no_key"
    assert told.value.message == model.card.problem == 'there is no key for "api.anthropic.com"'
    assert model.count_tokens(asking()) == (4, True)


def test_nothing_of_the_provider_is_loaded_until_a_model_is_used() -> None:
    code = (
        "import sys\n"
        "from pmagent.config import Settings\n"
        "from pmagent.llm.opening import open_model\n"
        "from pmagent.llm.probe import Probes\n"
        f"env = {{'ANTHROPIC_API_KEY': '{KEY}'}}\n"
        "model = open_model('deep', Settings(), env, offline=lambda: None, probes=Probes())\n"
        "print(model.card.id, 'anthropic' in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True,
        cwd=TOP,
    )  # fmt: skip

    assert done.stdout.strip() == "claude-opus-5-5 False"


def test_a_stop_is_seen_while_the_provider_is_being_loaded(start_server: StartServer) -> None:
    server = start_server([say("hello")])
    code = (
        "import sys, time\n"
        "from pmagent.config import Settings\n"
        "from pmagent.llm.opening import open_model\n"
        "from pmagent.llm.probe import Probes\n"
        "from pmagent.types.talk import Message, ModelRequest, Text\n"
        f"env = {{'ANTHROPIC_BASE_URL': '{server.url}'}}\n"
        "model = open_model('deep', Settings(), env, offline=lambda: None, probes=Probes())\n"
        "said = Message(role='user', parts=(Text(text='a'),))\n"
        "request = ModelRequest(system='', messages=[said])\n"
        "looks = []\n"
        "events = list(model.stream(request, stop=lambda: looks.append(1) or len(looks) > 2))\n"
        "print(len(events), 'anthropic.types' in sys.modules and hasattr(\n"
        "    sys.modules.get('anthropic'), 'Anthropic'))\n"
        "sys.stdout.flush()\n"
        "import os; os._exit(0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True,
        cwd=TOP,
    )  # fmt: skip

    assert done.stdout == "0 False\n"
    assert server.asked == []


def test_a_key_of_the_environment_is_sent_as_a_key_and_a_token_as_a_token(
    start_server: StartServer,
) -> None:
    server = start_server([say("a"), say("b"), say("c")])
    names = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN")

    for environment in ({names[0]: "the-key"}, {names[1]: "the-token"}, {}):
        model = opened("deep", ANTHROPIC_BASE_URL=server.url, **environment)
        list(model.stream(asking()))  # type: ignore[attr-defined]
        model.close()  # type: ignore[attr-defined]

    sent = [seen.headers for seen in server.journal if seen.path == "/v1/messages"]
    assert [(h["authorization"], h.get("x-api-key")) for h in sent] == [
        ("Bearer the-key", "the-key"),
        ("Bearer the-token", None),
        ("Bearer none", "none"),
    ]


def test_a_key_kept_for_one_server_is_not_sent_to_another(
    start_server: StartServer, ring: MemoryRing
) -> None:
    server = start_server([say("a")])
    ring.kept["pmagent", "api.anthropic.com"] = KEY

    model = opened("deep", ANTHROPIC_BASE_URL=server.url)
    list(model.stream(asking()))  # type: ignore[attr-defined]
    model.close()  # type: ignore[attr-defined]

    assert KEY not in str([seen.headers for seen in server.journal])


def test_what_is_meant_for_this_computer_goes_by_no_proxy(
    start_server: StartServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, proxy = start_server([say("a")]), start_server()
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy.url)

    model = opened("deep", ANTHROPIC_BASE_URL=server.url)
    list(model.stream(asking()))  # type: ignore[attr-defined]
    model.close()  # type: ignore[attr-defined]

    assert (len(server.asked), proxy.journal) == (1, [])


def test_keys_of_the_environment_are_in_no_message(
    start_server: StartServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(os.environ, "ANTHROPIC_CUSTOM_HEADERS", "X-Team: very-secret-team")
    server = start_server([
        refuse(400, "invalid_request_error", "no very-secret-team other-secret")
    ])
    environment = {
        "ANTHROPIC_BASE_URL": server.url,
        "ANTHROPIC_CUSTOM_HEADERS": "X-Team: very-secret-team",
        "GHOST_ADMIN_KEY": "other-secret",
    }
    model = opened("deep", **environment)

    with pytest.raises(ModelError) as told:
        list(model.stream(asking()))  # type: ignore[attr-defined]

    model.close()  # type: ignore[attr-defined]
    assert "secret-team" not in told.value.message
    assert "other-secret" not in told.value.message
    assert server.journal[-1].headers["x-team"] == "very-secret-team"
