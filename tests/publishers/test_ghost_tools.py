"""The effect tools: what a person is shown is what leaves, and what a step gets back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from pmagent.agent.tool import AnyTool, Plan, Reach, Result
from pmagent.agent.tool_specs import specs_of
from pmagent.errors import ReadError, UsageError
from pmagent.procedures.language.shapes import check_value, parse_shape
from pmagent.registry import collect
from pmagent.types.calls import CallSpec
from tests.publishers.fake_ghost import FakeGhost, Fault
from tests.publishers.reaches import open_reach
from tests.publishers.sites import GhostSite

TOOLS = {tool.name: tool for tool in cast("tuple[AnyTool, ...]", collect("pmagent.tools", "tool"))}
DOTTED = {name: tool for name, tool in TOOLS.items() if name.startswith(("ghost.", "folder."))}
POST = {
    "title": "What a seat costs",
    "markdown": "A seat is a promise.[^transcripts/ep-1.md:12]\n\nAnd <script>x</script> a price."
    "[^research/r.md:3] Again.[^transcripts/ep-1.md:12]\n",
    "excerpt": "Seats. " * 60,
    "tags": ["podcast"],
}
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


@pytest.fixture
def reach(site: GhostSite, tmp_path: Path) -> Iterator[Reach]:
    with open_reach(tmp_path, site) as made:
        yield made


def plan_of(name: str, given: dict[str, Any], reach: Reach) -> Plan:
    tool = DOTTED[name]
    return tool.plan(tool.Input.model_validate(given), reach)


def use(name: str, given: dict[str, Any], reach: Reach) -> Result:
    tool = DOTTED[name]
    read = tool.Input.model_validate(given)
    result = tool.run(read, tool.plan(read, reach), reach)
    problems = check_value(
        {k: v for k, v in result.data.items() if k not in {"error", "hint", "next_at"}},
        parse_shape(spec_of(name).gives),
    )
    assert not problems
    return result


def spec_of(name: str) -> CallSpec:
    return cast("Any", DOTTED[name]).spec


def test_effects_are_named_typed_and_told_to_no_model() -> None:
    assert {name: spec_of(name).effect for name in DOTTED} == {
        "folder.draft": "internal",
        "ghost.draft": "external",
        "ghost.image": "external",
        "ghost.newsletter": "irreversible",
        "ghost.publish": "irreversible",
        "ghost.schedule": "external",
        "ghost.update": "external",
    }
    for name, tool in DOTTED.items():
        spec = spec_of(name)
        assert spec.name == name
        parse_shape(spec.gives)
        fields = tool.Input.model_fields
        assert {one.name for one in spec.parameters} == set(fields)
        for one in spec.parameters:
            parse_shape(one.shape)
            assert one.is_optional is not fields[one.name].is_required()
    told = [spec.name for spec in specs_of(TOOLS.values(), is_removed=lambda _: False)]
    assert [name for name in told if "." in name] == []
    assert "Write" in told


def test_a_draft_shows_the_exact_words_that_leave_and_no_path(
    reach: Reach, fake: FakeGhost
) -> None:
    plan = plan_of("ghost.draft", POST, reach)

    assert plan.outgoing == plan.body
    assert plan.outgoing.split("\n") == [
        f"To: {fake.url}, as a draft",
        "Title: What a seat costs",
        "Address: what-a-seat-costs",
        f"Excerpt: {'Seats. ' * 41}Seats…",
        "Tags: podcast",
        "",
        "A seat is a promise. [1]",
        "",
        "And &lt;script>x&lt;/script> a price. [2] Again. [1]",
        "",
        "## Sources",
        "",
        "1. source 1, line 12",
        "2. source 2, line 3",
        "",
    ]
    assert (plan.host, plan.is_outward, plan.grant) == ("127.0.0.1", True, "ghost.draft")
    assert fake.hits == []


def test_what_was_shown_is_what_lies_there_and_the_step_gets_its_address(
    reach: Reach, fake: FakeGhost
) -> None:
    plan = plan_of("ghost.draft", POST, reach)

    result = use("ghost.draft", POST, reach)

    [post] = fake.posts.values()
    [card] = json.loads(post["lexical"])["root"]["children"]
    assert plan.outgoing.endswith(card["markdown"])
    assert len(post["custom_excerpt"]) <= 300
    assert result.data == {
        "url": f"{fake.url}/p/{post['uuid']}/", "id": post["id"], "state": "draft",
        "revision": post["updated_at"], "slug": "what-a-seat-costs",
    }  # fmt: skip
    assert use("ghost.draft", POST, reach).data == result.data
    assert len(fake.posts) == 1


def test_a_draft_goes_all_the_way_by_what_each_step_gives(reach: Reach, fake: FakeGhost) -> None:
    draft = use("ghost.draft", {**POST, "tags": None}, reach).data
    post = {"post": draft["id"], "revision": draft["revision"]}
    changed = use("ghost.update", {**post, "title": "Better", "markdown": "New."}, reach).data
    post["revision"] = changed["revision"]
    waiting = use("ghost.schedule", {**post, "at": "2099-01-01T09:00:00+01:00"}, reach).data
    post["revision"] = waiting["revision"]
    mailed = use("ghost.newsletter", {**post, "newsletter": "default-newsletter"}, reach).data

    assert [one["state"] for one in (draft, changed, waiting, mailed)] == [
        "draft", "draft", "scheduled", "published",
    ]  # fmt: skip
    assert mailed["url"] == f"{fake.url}/what-a-seat-costs/"
    assert fake.mails == [draft["id"]]


def test_each_says_where_it_goes_and_the_last_two_offer_no_lasting_yes(
    reach: Reach, fake: FakeGhost
) -> None:
    post = {"post": "0" * 24, "revision": "2026-11-23T14:14:11.000Z"}
    more = {
        "ghost.update": {"title": "New", "excerpt": ""},
        "ghost.schedule": {"at": "2026-12-01T09:00:00+01:00"},
        "ghost.newsletter": {"newsletter": "weekly", "segment": "status:free"},
    }
    names = ("ghost.update", "ghost.schedule", "ghost.publish", "ghost.newsletter")
    plans = {name: plan_of(name, {**post, **more.get(name, {})}, reach) for name in names}

    where = f"To: {fake.url}, the post {'0' * 24} as of 2026-11-23T14:14:11.000Z"
    assert {name: plan.outgoing.split("\n") for name, plan in plans.items()} == {
        "ghost.update": [where, "Title: New", "Excerpt: none"],
        "ghost.schedule": [where, "Published: Tuesday, 01 December 2026 at 09:00 +01:00"],
        "ghost.publish": [where, "Published: now, for everybody the post is meant for"],
        "ghost.newsletter": [
            where,
            "Published: now, for everybody the post is meant for",
            'Mailed: by "weekly", to the subscribers "status:free"',
        ],
    }
    assert {name: plan.grant for name, plan in plans.items()} == {
        "ghost.update": "ghost.update", "ghost.schedule": "ghost.schedule",
        "ghost.publish": "", "ghost.newsletter": "",
    }  # fmt: skip
    assert all(plan.is_outward and plan.risk for plan in plans.values())


def test_an_image_is_shown_by_its_hash_and_uploaded_once(
    reach: Reach, fake: FakeGhost, tmp_path: Path
) -> None:
    (tmp_path / "garden" / "cover.png").write_bytes(PNG)

    plan = plan_of("ghost.image", {"path": "cover.png"}, reach)
    first = use("ghost.image", {"path": "cover.png"}, reach)
    again = use("ghost.image", {"path": "cover.png"}, reach)

    assert "File: cover.png, image/png, 48 bytes" in plan.outgoing
    assert [target.resolved for target in plan.targets] == ["cover.png"]
    assert first.data == again.data
    assert [fake.url + path for path in fake.images] == [first.data["url"]]


def test_another_image_than_was_planned_is_not_sent(
    reach: Reach, fake: FakeGhost, tmp_path: Path
) -> None:
    file = tmp_path / "garden" / "cover.png"
    file.write_bytes(PNG)
    tool = DOTTED["ghost.image"]
    given = tool.Input.model_validate({"path": "cover.png"})
    plan = tool.plan(given, reach)
    file.write_bytes(PNG + b"1")

    with pytest.raises(ReadError, match="has changed since"):
        tool.run(given, plan, reach)

    assert fake.images == {}


def test_a_text_is_no_image(reach: Reach, tmp_path: Path) -> None:
    (tmp_path / "garden" / "notes.png").write_text("hello", encoding="utf-8")

    with pytest.raises(ReadError, match="no image that Ghost is sent"):
        plan_of("ghost.image", {"path": "notes.png"}, reach)


def test_what_waits_and_what_died_is_told_as_such(reach: Reach, fake: FakeGhost) -> None:
    fake.faults.append(Fault("busy"))
    waits = use("ghost.draft", POST, reach)
    fake.posts.clear()
    taken = {"title": "x", "slug": "taken"}
    fake.make(json.dumps({"posts": [taken]}).encode(), {})
    dead = use("ghost.draft", {**POST, "slug": "taken"}, reach)

    assert (waits.data["state"], waits.data["url"]) == ("queued", None)
    assert waits.data["error"] == "the site is being maintained"
    assert str(waits.data["next_at"]).endswith("+00:00")
    assert dead.data["state"] == "dead"
    assert 'the address "taken" is taken' in dead.text


@pytest.mark.parametrize(
    ("name", "given", "says"),
    [
        ("ghost.draft", {**POST, "title": "x" * 256}, '"title" of ghost.draft is not taken'),
        ("ghost.draft", {**POST, "slug": "No Slug"}, '"slug" of ghost.draft is not taken'),
        ("ghost.draft", {**POST, "title": "日本語"}, "no address can be made"),
        ("ghost.schedule", {"post": "0" * 24, "revision": "x", "at": "soon"}, '"at" of ghost'),
        ("ghost.publish", {"post": "../x", "revision": "x"}, '"post" of ghost.publish'),
        ("folder.draft", {**POST, "slug": "../x"}, "is no slug"),
        ("folder.draft", {**POST, "chapters": [{"at": "soon", "title": "x"}]}, "is no time"),
    ],
)
def test_what_would_be_refused_there_is_refused_before_it_is_shown(
    reach: Reach, name: str, given: dict[str, Any], says: str
) -> None:
    with pytest.raises(UsageError, match=says):
        plan_of(name, given, reach)


def test_without_a_site_the_way_to_one_is_told(tmp_path: Path) -> None:
    with (
        open_reach(tmp_path, None) as reach,
        pytest.raises(UsageError, match="no site is set up") as caught,
    ):
        plan_of("ghost.draft", POST, reach)
    assert "pmagent ghost connect" in caught.value.hint
