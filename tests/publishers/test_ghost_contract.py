"""What Ghost does and what the publisher makes of it: the same for the fake and for a real server.

`make test-ghost` runs this file against a real one. What it holds about the server itself stands
here because the fake must do it too.
"""

from __future__ import annotations

import json
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from pmagent.errors import FetchError
from pmagent.publishers.ghost.connect import connect, open_client
from pmagent.publishers.ghost.diff import three_way_diff
from pmagent.publishers.ghost.images import image_payload
from pmagent.publishers.ghost.key import parse_key, sign_token
from pmagent.types.outbox import SendFault
from tests.publishers.sites import GhostSite, card, now

OTHER_KEY = f"{'0' * 24}:{'f' * 64}"
TABLE = (
    "## Chapters\n\n| at | what |\n| --- | --- |\n| 0:00 | “Seats” — ünïcödé 🎙 |\n\n- [ ] open\n"
)


def png(colour: int = 0) -> bytes:
    def part(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    rows = (b"\0" + bytes((colour, 128, 64)) * 8) * 8
    head = struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + part(b"IHDR", head)
        + part(b"IDAT", zlib.compress(rows))
        + part(b"IEND", b"")
    )


# -- the connection --------------------------------------------------------------------------------


def test_a_site_says_its_name_and_version_and_accepts_the_key(ghost: GhostSite) -> None:
    site = connect(ghost.client)

    assert site.address == ghost.url
    assert site.title
    assert int(site.version.partition(".")[0]) >= 5


def test_a_key_the_site_does_not_know_is_one_plain_sentence(ghost: GhostSite) -> None:
    with pytest.raises(FetchError, match="does not know this key") as caught:
        connect(open_client(ghost.url, lambda: parse_key(OTHER_KEY), now=now))
    assert "pmagent ghost connect" in caught.value.hint


@pytest.mark.parametrize("minutes", [6, 60])
def test_a_clock_that_is_behind_is_told_as_such(ghost: GhostSite, minutes: int) -> None:
    late = open_client(
        ghost.url,
        lambda: parse_key(ghost.admin_key),
        now=lambda: now() - timedelta(minutes=minutes),
    )

    with pytest.raises(FetchError, match="signature") as caught:
        connect(late)
    assert "clock" in caught.value.hint


def test_a_wrong_secret_is_unauthorised(ghost: GhostSite) -> None:
    name = ghost.admin_key.partition(":")[0]
    client = open_client(ghost.url, lambda: parse_key(f"{name}:{'e' * 64}"), now=now)

    with pytest.raises(SendFault) as caught:
        client.find_posts("slug:nothing")
    assert caught.value.kind == "unauthorised"


def test_no_token_is_refused(ghost: GhostSite) -> None:
    assert ghost.call("GET", "config/", headers={"Authorization": ""})[0] == 403


# -- a draft ---------------------------------------------------------------------------------------


def test_a_draft_is_made_as_sent_and_read_back(ghost: GhostSite) -> None:
    effect = ghost.draft(lexical=card(TABLE), tags=["podcast", "Pricing"])

    receipt = ghost.publisher.do(effect, None)

    [post] = ghost.of_mark(effect.key)
    assert (receipt.id, receipt.url, receipt.revision) == (
        post["id"], post["url"], post["updated_at"],
    )  # fmt: skip
    assert receipt.data["state"] == post["status"] == "draft"
    assert (post["title"], post["custom_excerpt"], post["slug"]) == (
        "What a seat costs", "Two sentences.", ghost.slug(),
    )  # fmt: skip
    assert json.loads(post["lexical"])["root"]["children"][0]["markdown"] == TABLE
    assert "<table>" in post["html"]
    assert "ünïcödé 🎙" in post["html"]
    marks = [tag for tag in post["tags"] if tag["name"] == f"#pmagent-{effect.key}"]
    assert [tag["visibility"] for tag in marks] == ["internal"]
    assert [tag["name"].casefold() for tag in post["tags"][:2]] == ["podcast", "pricing"]


def test_the_same_draft_twice_is_one_post_and_one_write(ghost: GhostSite) -> None:
    first = ghost.publisher.do(ghost.draft(), None)
    again = ghost.publisher.do(ghost.draft(), None)

    assert again == first
    assert len(ghost.of_mark(ghost.draft().key)) == 1


def test_what_was_made_is_found_again_by_its_mark(ghost: GhostSite) -> None:
    assert ghost.publisher.look(ghost.draft()) is None
    made = ghost.made()

    assert ghost.publisher.look(ghost.draft()) == made
    ghost.edit(made.id, slug=ghost.slug("moved"), title="Another title")
    found = ghost.publisher.look(ghost.draft())
    assert found is not None
    assert (found.id, found.data["slug"]) == (made.id, ghost.slug("moved"))


def test_a_changed_payload_changes_the_same_post(ghost: GhostSite) -> None:
    made = ghost.made()
    changed = ghost.draft(
        title="What a seat costs, part 2", lexical=card("New."), tags=["a", "b"], receipt=made
    )

    receipt = ghost.publisher.do(changed, made)

    [post] = ghost.of_mark(changed.key)
    assert receipt.id == made.id == post["id"]
    assert post["title"] == "What a seat costs, part 2"
    assert json.loads(post["lexical"])["root"]["children"][0]["markdown"] == "New."
    names = [tag["name"].casefold() for tag in post["tags"]]
    assert names == ["a", "b", f"#pmagent-{changed.key}"]


def test_a_field_is_emptied(ghost: GhostSite) -> None:
    made = ghost.made()

    ghost.publisher.do(ghost.draft(excerpt="", tags=[], receipt=made), made)

    [post] = ghost.of_mark(ghost.draft().key)
    assert post["custom_excerpt"] is None
    assert len(post["tags"]) == 1


def test_a_slug_of_another_post_is_refused_and_nothing_is_made(ghost: GhostSite) -> None:
    body = {"posts": [{"title": "Not ours", "slug": ghost.slug()}]}
    ghost.call("POST", "posts/", body)

    with pytest.raises(SendFault, match='taken by the draft post "Not ours"') as caught:
        ghost.publisher.do(ghost.draft(), None)

    assert caught.value.kind == "refused"
    assert "may_number_slug" in caught.value.hint
    assert ghost.of_mark(ghost.draft().key) == []


def test_a_taken_slug_gets_a_number_where_the_payload_allows_it(ghost: GhostSite) -> None:
    ghost.call("POST", "posts/", {"posts": [{"title": "Not ours", "slug": ghost.slug()}]})

    receipt = ghost.publisher.do(ghost.draft(may_number_slug=True), None)

    assert receipt.data["slug"] == f"{ghost.slug()}-2"
    assert f'made it "{ghost.slug()}-2"' in str(receipt.data["remark"])


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"title": "x" * 256}, "title"),
        ({"title": ""}, "title"),
        ({"excerpt": "x" * 301}, "excerpt"),
        ({"slug": "Not A Slug"}, "slug"),
        ({"lexical": "no json"}, "lexical"),
        ({"tags": ["#internal"]}, "tags.0"),
        ({"feature_image": "javascript:1"}, "feature_image"),
        ({"html": "<p>"}, "html"),
    ],
)
def test_what_the_site_would_refuse_or_drop_is_not_sent(
    ghost: GhostSite, fields: dict[str, str], where: str
) -> None:
    effect = ghost.draft(**fields)

    with pytest.raises(SendFault, match=f'"{where}" cannot be sent') as caught:
        ghost.publisher.do(effect, None)

    assert caught.value.kind == "refused"
    assert ghost.of_mark(effect.key) == []


def test_the_longest_title_and_excerpt_pass(ghost: GhostSite) -> None:
    made = ghost.made(title="é" * 255, excerpt="ü" * 300)

    assert made.data["state"] == "draft"


def test_a_draft_that_was_published_is_not_changed_as_a_draft(ghost: GhostSite) -> None:
    made = ghost.made()
    ghost.edit(made.id, status="published")

    with pytest.raises(SendFault, match="published by now") as caught:
        ghost.publisher.do(ghost.draft(title="New", receipt=made), made)

    assert caught.value.kind == "refused"
    [post] = ghost.of_mark(ghost.draft().key)
    assert (post["title"], post["status"]) == ("What a seat costs", "published")


# -- what others change in the meantime ------------------------------------------------------------


def test_what_somebody_changed_elsewhere_in_the_post_stays(ghost: GhostSite) -> None:
    made = ghost.made()
    ghost.edit(made.id, custom_excerpt="By hand.")

    receipt = ghost.publisher.do(ghost.draft(title="Ours", receipt=made), made)

    [post] = ghost.of_mark(ghost.draft().key)
    assert (post["title"], post["custom_excerpt"]) == ("Ours", "By hand.")
    assert receipt.revision == post["updated_at"]


def test_the_same_field_changed_by_both_is_a_collision_that_is_shown_whole(
    ghost: GhostSite,
) -> None:
    made = ghost.made(lexical=card("one\ntwo\nthree\n"))
    ghost.edit(made.id, lexical=card("one\nTWO by hand\nthree\n"))
    ours = ghost.draft(lexical=card("one\ntwo\nthree\nfour\n"), title="Ours", receipt=made)

    with pytest.raises(SendFault, match="changed the text there") as caught:
        ghost.publisher.do(ours, made)

    assert caught.value.kind == "collision"
    assert caught.value.theirs is not None
    assert three_way_diff(ours, caught.value.theirs).split("\n") == [
        "== Title ==",
        "on the site: unchanged since it was last sent",
        "--- last sent",
        "+++ to be sent",
        "@@ -1 +1 @@",
        "-What a seat costs",
        "+Ours",
        "",
        "== Text ==",
        "--- last sent",
        "+++ on the site now",
        "@@ -1,3 +1,3 @@",
        " one",
        "-two",
        "+TWO by hand",
        " three",
        "--- last sent",
        "+++ to be sent",
        "@@ -2,2 +2,3 @@",
        " two",
        " three",
        "+four",
    ]
    [post] = ghost.of_mark(ours.key)
    assert post["title"] == "What a seat costs"


def test_without_a_receipt_any_difference_is_a_collision(ghost: GhostSite) -> None:
    ghost.made()

    with pytest.raises(SendFault) as caught:
        ghost.publisher.do(ghost.draft(title="Ours"), None)

    assert caught.value.kind == "collision"
    assert "on the site now" in three_way_diff(ghost.draft(title="Ours"), caught.value.theirs or {})


def test_a_mark_on_two_posts_is_refused_by_name(ghost: GhostSite) -> None:
    made = ghost.made()
    body = {"posts": [{"title": "Copy", "tags": [f"#pmagent-{ghost.draft().key}"]}]}
    ghost.call("POST", "posts/", body)

    with pytest.raises(SendFault, match="2 posts of the site carry the mark") as caught:
        ghost.publisher.do(ghost.draft(title="Ours", receipt=made), made)
    assert caught.value.kind == "collision"
    found = ghost.publisher.look(ghost.draft())
    assert found is not None
    assert found.matches == 2


def test_an_update_changes_named_fields_and_keeps_the_mark(ghost: GhostSite) -> None:
    made = ghost.made()
    update = ghost.effect(
        "ghost.update",
        {"post": made.id, "revision": made.revision, "title": "New", "tags": ["x"]},
    )
    assert ghost.publisher.look(update) is None

    receipt = ghost.publisher.do(update, None)

    [post] = ghost.of_mark(ghost.draft().key)
    assert (post["title"], post["custom_excerpt"]) == ("New", "Two sentences.")
    assert post["tags"][0]["name"] == "x"
    assert ghost.publisher.look(update) == ghost.publisher.do(update, None) == receipt


def test_an_update_against_an_older_revision_is_a_collision(ghost: GhostSite) -> None:
    made = ghost.made()
    stale = "2020-01-01T00:00:00.000Z"
    update = ghost.effect("ghost.update", {"post": made.id, "revision": stale, "title": "New"})

    with pytest.raises(SendFault) as caught:
        ghost.publisher.do(update, None)

    assert caught.value.kind == "collision"
    assert (caught.value.theirs or {})["title"] == "What a seat costs"


def test_an_update_of_a_post_that_is_gone_is_refused(ghost: GhostSite) -> None:
    payload = {"post": "0" * 23 + "1", "revision": "x", "title": "New"}

    with pytest.raises(SendFault, match="no longer there") as caught:
        ghost.publisher.do(ghost.effect("ghost.update", payload), None)
    assert caught.value.kind == "refused"


def test_parallel_writers_of_one_draft_make_one_post(ghost: GhostSite) -> None:
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: ghost.publisher.do(ghost.draft(), None), range(4)))

    assert len({receipt.id for receipt in done}) == 1
    assert len(ghost.of_mark(ghost.draft().key)) == 1


# -- when it becomes public ------------------------------------------------------------------------


def test_a_draft_is_scheduled_once_and_then_published_now(ghost: GhostSite) -> None:
    made = ghost.made()
    at = (now() + timedelta(days=3)).replace(microsecond=0)
    schedule = ghost.effect(
        "ghost.schedule", {"post": made.id, "revision": made.revision, "at": at.isoformat()}
    )
    assert ghost.publisher.look(schedule) is None

    waiting = ghost.publisher.do(schedule, None)

    assert waiting.data["state"] == "scheduled"
    assert ghost.publisher.look(schedule) == ghost.publisher.do(schedule, None) == waiting
    publish = ghost.effect("ghost.publish", {"post": made.id, "revision": waiting.revision})
    public = ghost.publisher.do(publish, None)
    [post] = ghost.of_mark(ghost.draft().key)
    assert post["status"] == public.data["state"] == "published"
    # Not the time it had been scheduled for.
    assert post["published_at"] < at.isoformat()
    assert public.url == f"{ghost.url}/{ghost.slug()}/"


def test_a_time_that_is_past_is_refused_in_a_plain_sentence(ghost: GhostSite) -> None:
    made = ghost.made()
    payload = {"post": made.id, "revision": made.revision, "at": "2020-05-06T07:08:00+00:00"}

    with pytest.raises(SendFault, match="2020-05-06 07:08 UTC is past") as caught:
        ghost.publisher.do(ghost.effect("ghost.schedule", payload), None)

    assert caught.value.kind == "refused"
    assert ghost.of_mark(ghost.draft().key)[0]["status"] == "draft"


def test_a_time_without_a_zone_is_refused(ghost: GhostSite) -> None:
    payload = {"post": "0" * 24, "revision": "x", "at": "2030-05-06T07:08:00"}

    with pytest.raises(SendFault, match='"at" cannot be sent'):
        ghost.publisher.do(ghost.effect("ghost.schedule", payload), None)


def test_what_was_changed_after_it_was_approved_is_not_published(ghost: GhostSite) -> None:
    made = ghost.made()
    publish = ghost.effect(
        "ghost.publish", {"post": made.id, "revision": "2020-01-01T00:00:00.000Z"}
    )

    with pytest.raises(SendFault, match="changed since it was approved") as caught:
        ghost.publisher.do(publish, None)

    assert caught.value.kind == "collision"
    assert ghost.of_mark(ghost.draft().key)[0]["status"] == "draft"


def test_a_newsletter_is_mailed_once(ghost: GhostSite) -> None:
    made = ghost.made()
    mail = ghost.effect(
        "ghost.newsletter",
        {"post": made.id, "revision": made.revision, "newsletter": "default-newsletter"},
    )
    assert ghost.publisher.look(mail) is None

    sent = ghost.publisher.do(mail, None)

    assert (sent.data["state"], sent.data["recipients"]) == ("published", 0)
    again = ghost.publisher.do(mail, None)
    assert (again.id, again.revision) == (sent.id, sent.revision)
    assert ghost.publisher.look(mail) is not None


def test_a_newsletter_that_is_not_there_mails_and_publishes_nothing(ghost: GhostSite) -> None:
    made = ghost.made()
    payload = {"post": made.id, "revision": made.revision, "newsletter": "nope"}

    with pytest.raises(SendFault, match='no newsletter "nope"') as caught:
        ghost.publisher.do(ghost.effect("ghost.newsletter", payload), None)

    assert caught.value.kind == "refused"
    assert "default-newsletter" in caught.value.hint
    assert ghost.of_mark(ghost.draft().key)[0]["status"] == "draft"


def test_a_post_that_is_public_is_not_mailed(ghost: GhostSite) -> None:
    made = ghost.made()
    revision = ghost.edit(made.id, status="published")["updated_at"]
    payload = {"post": made.id, "revision": revision, "newsletter": "default-newsletter"}

    with pytest.raises(SendFault, match="public already"):
        ghost.publisher.do(ghost.effect("ghost.newsletter", payload), None)


# -- images ----------------------------------------------------------------------------------------


def test_an_image_is_uploaded_once_and_can_be_put_on_a_post(ghost: GhostSite) -> None:
    payload = image_payload(png(int(ghost.word[:2], 16)) + ghost.word.encode())
    assert payload is not None
    upload = ghost.effect("ghost.image", payload.model_dump())

    first = ghost.publisher.do(upload, None)
    again = ghost.publisher.do(upload, None)

    assert first == again == ghost.publisher.look(upload)
    assert first.url.endswith(f"/{payload.name}")
    made = ghost.made(feature_image=first.url, feature_image_alt="A microphone")
    assert made.data["content"]["feature_image"] == first.url  # type: ignore[index]


def test_bytes_that_are_no_image_make_no_payload() -> None:
    assert image_payload(b"hello") is None
    assert image_payload(b"<svg onload='1'/>") is None


# -- the server itself, which the fake must be like ------------------------------------------------


def test_html_without_its_flag_is_dropped_by_the_server(ghost: GhostSite) -> None:
    body = {"posts": [{"title": "T", "slug": ghost.slug(), "html": "<p>words</p>"}]}
    query = {"formats": "html,lexical"}

    dropped = ghost.call("POST", "posts/", body, query=query)
    kept = ghost.call("POST", "posts/", body, query={**query, "source": "html"})

    assert (dropped[0], kept[0]) == (201, 201)
    assert "words" not in (dropped[1]["posts"][0]["html"] or "")
    assert "words" in kept[1]["posts"][0]["html"]
    assert kept[1]["posts"][0]["slug"] == f"{ghost.slug()}-2"


@pytest.mark.parametrize(
    ("post", "status", "kind"),
    [
        ({"title": "x" * 256}, 422, "ValidationError"),
        ({"title": "x", "custom_excerpt": "x" * 301}, 422, "ValidationError"),
        ({"title": "x", "status": "zz"}, 422, "ValidationError"),
        ({"title": "x", "lexical": "no json"}, 422, "ValidationError"),
    ],
)
def test_the_server_refuses_what_is_out_of_bounds(
    ghost: GhostSite, post: dict[str, str], status: int, kind: str
) -> None:
    found, told = ghost.call("POST", "posts/", {"posts": [post]})

    assert (found, told["errors"][0]["type"]) == (status, kind)


def test_the_server_answers_in_these_ways(ghost: GhostSite) -> None:
    made = ghost.made()
    put = f"posts/{made.id}/"
    stale = {"updated_at": "2020-01-01T00:00:00.000Z"}

    def told(
        method: str, path: str, body: object = None, **options: object
    ) -> tuple[int, str, str]:
        status, said = ghost.call(method, path, body, **options)
        error = said.get("errors", [{}])[0]
        return status, error.get("type", ""), error.get("code") or ""

    assert told("GET", f"posts/slug/{ghost.slug()}/") == (200, "", "")
    assert told("GET", "posts/slug/nothing-here/") == (404, "NotFoundError", "")
    assert told("GET", "nowhere/") == (406, "RequestNotAcceptableError", "UPDATE_CLIENT")
    assert told("GET", "nowhere/", headers={"Accept-Version": ""})[0] == 404
    assert told("GET", "posts/", query={"filter": "bad:::"})[:2] == (400, "BadRequestError")
    assert told("PUT", put, {"posts": [{"title": "x"}]})[:2] == (422, "ValidationError")
    assert told("PUT", put, {"posts": [{"title": "x", **stale}]}) == (
        409, "UpdateCollisionError", "UPDATE_COLLISION",
    )  # fmt: skip
    assert (
        told("PUT", put, {"posts": [{"title": made.data["content"]["title"], **stale}]})[0] == 200
    )  # type: ignore[index]
    past = {"status": "scheduled", "published_at": "2020-01-01T00:00:00.000Z"}
    current = ghost.call("GET", put)[1]["posts"][0]["updated_at"]
    assert told("PUT", put, {"posts": [{**past, "updated_at": current}]})[:2] == (
        422, "ValidationError",
    )  # fmt: skip
    assert current.endswith(".000Z")
    assert ghost.call("GET", "config/", headers={"Authorization": "Ghost a.b.c"})[0] in {400, 401}


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("notes.txt", b"hello", "files of this kind"),
        ("noending", png(), "files of this kind"),
        ("a.png", b"hello", "Image processing failed"),
    ],
    ids=["text", "no ending", "damaged"],
)
def test_the_server_takes_images_alone(ghost: GhostSite, name: str, data: bytes, says: str) -> None:
    with pytest.raises(SendFault, match=says) as caught:
        ghost.client.upload_image(name, "image/png", data)

    assert caught.value.kind == "refused"


def test_a_token_is_good_for_five_minutes(ghost: GhostSite) -> None:
    key = parse_key(ghost.admin_key)

    def status(seconds: int) -> int:
        token = sign_token(key, now() - timedelta(seconds=seconds))
        return ghost.call("GET", "config/", headers={"Authorization": f"Ghost {token}"})[0]

    assert [status(0), status(240), status(420)] == [200, 200, 401]
