"""When the site or the way to it fails: nothing is doubled, nothing is said that is not so."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from pmagent.publishers.ghost.connect import open_publisher, site_address
from pmagent.publishers.ghost.key import parse_key
from pmagent.types.outbox import Effect, Receipt, SendFault
from tests.publishers.fake_ghost import ADMIN_KEY, FakeGhost, Fault
from tests.publishers.sites import GhostSite, now

Do = Callable[[], Receipt]


def fault_of(do: Do) -> SendFault:
    with pytest.raises(SendFault) as caught:
        do()
    return caught.value


@pytest.mark.parametrize(
    ("fault", "kind", "says"),
    [
        (Fault("busy"), "again", "being maintained"),
        (Fault("too many"), "again", "fewer requests"),
        (Fault("down"), "ambiguous", "broke down (502)"),
        (Fault("broken"), "ambiguous", "broke down (500)"),
        (Fault("lost"), "ambiguous", "does not answer as a web server"),
        (Fault("cut"), "ambiguous", "does not answer as a web server"),
        (Fault("page"), "ambiguous", "does not answer as Ghost does"),
    ],
    ids=lambda value: value.kind if isinstance(value, Fault) else "",
)
def test_a_fault_while_it_is_made_says_what_may_have_happened_and_the_next_try_makes_one(
    site: GhostSite, fault: Fault, kind: str, says: str
) -> None:
    assert site.fake is not None
    site.fake.faults.append(fault)

    found = fault_of(lambda: site.publisher.do(site.draft(), None))

    assert found.kind == kind
    assert says in found.message
    receipt = site.publisher.do(site.draft(), site.publisher.look(site.draft()))
    assert [post["id"] for post in site.fake.posts.values()] == [receipt.id]


@pytest.mark.parametrize("kind", ["lost", "broken", "cut", "busy"])
def test_a_fault_while_it_is_changed_is_mended_by_the_next_try(site: GhostSite, kind: str) -> None:
    assert site.fake is not None
    made = site.made()
    site.fake.faults.append(Fault(kind))  # type: ignore[arg-type]
    changed = site.draft(title="New", receipt=made)

    fault_of(lambda: site.publisher.do(changed, made))
    site.publisher.do(changed, site.publisher.look(changed))

    [post] = site.fake.posts.values()
    assert post["title"] == "New"


def test_a_mail_whose_answer_was_lost_is_not_sent_again(site: GhostSite) -> None:
    assert site.fake is not None
    made = site.made()
    payload = {"post": made.id, "revision": made.revision, "newsletter": "default-newsletter"}
    mail = site.effect("ghost.newsletter", payload)
    site.fake.faults.append(Fault("lost"))

    assert fault_of(lambda: site.publisher.do(mail, None)).kind == "ambiguous"
    found = site.publisher.look(mail)
    site.publisher.do(mail, found)

    assert found is not None
    assert site.fake.mails == [made.id]


def test_an_image_whose_answer_was_lost_is_not_kept_twice(site: GhostSite) -> None:
    assert site.fake is not None
    name = f"pmagent-{'a' * 20}.png"
    payload = {"name": name, "media_type": "image/png", "data": "iVBORw0KGgo="}
    upload = site.effect("ghost.image", payload)
    site.fake.faults.append(Fault("lost"))

    assert fault_of(lambda: site.publisher.do(upload, None)).kind == "ambiguous"
    site.publisher.do(upload, site.publisher.look(upload))

    assert [path.rpartition("/")[2] for path in site.fake.images] == [name]


@pytest.mark.parametrize(
    ("said", "wait_s"),
    [("7", 7.0), ("", None), ("soon", None), ("999999", 3_600.0), ("-5", None),
     ("Mon, 01 Jan 2001 00:00:00 GMT", 0.0), ("Fri, 31 Dec 2100 00:00:00 GMT", 3_600.0)],
)  # fmt: skip
def test_how_long_to_wait_is_what_the_server_says_within_an_hour(
    site: GhostSite, said: str, wait_s: float | None
) -> None:
    assert site.fake is not None
    site.fake.faults.append(Fault("busy", retry_after=said))

    assert fault_of(lambda: site.publisher.do(site.draft(), None)).wait_s == wait_s


def test_a_fault_of_a_look_is_never_ambiguous(site: GhostSite) -> None:
    assert site.fake is not None
    for kind in ("busy", "down", "broken", "lost", "cut", "page"):
        site.fake.faults.append(Fault(kind, is_any=True))  # type: ignore[arg-type]

        with pytest.raises(SendFault) as caught:
            site.publisher.look(site.draft())
        assert caught.value.kind == "again"


@pytest.mark.parametrize("kind", ["busy", "down", "cut", "page"])
def test_what_cannot_be_read_back_is_not_said_to_be_undone(site: GhostSite, kind: str) -> None:
    assert site.fake is not None
    fake, make = site.fake, site.fake.make

    def make_and_fail(body: bytes, query: dict[str, str]):  # noqa: ANN202
        fake.faults.append(Fault(kind, is_any=True))  # type: ignore[arg-type]
        return make(body, query)

    fake.make = make_and_fail  # type: ignore[method-assign, assignment]

    fault = fault_of(lambda: site.publisher.do(site.draft(), None))

    assert fault.kind == "ambiguous"
    assert len(fake.posts) == 1
    site.publisher.do(site.draft(), site.publisher.look(site.draft()))
    assert len(fake.posts) == 1


def test_a_site_that_is_not_there_got_nothing(site: GhostSite) -> None:
    nobody = open_publisher("http://127.0.0.1:9", lambda: parse_key(ADMIN_KEY), now=now)
    effect = site.draft()

    fault = fault_of(lambda: nobody.do(_to(effect, nobody.target), None))

    assert fault.kind == "again"
    assert "cannot be reached" in fault.message


def _to(effect: Effect, target: str) -> Effect:
    return replace(effect, target=target)


def test_an_effect_for_another_site_is_not_sent_to_this_one(site: GhostSite) -> None:
    assert site.fake is not None
    fault = fault_of(lambda: site.publisher.do(_to(site.draft(), "https://other.test"), None))

    assert fault.kind == "refused"
    assert '"https://other.test"' in fault.message
    assert site.fake.hits == []


def test_a_site_that_shows_nothing_of_the_text_is_told(site: GhostSite) -> None:
    effect = site.draft(lexical='{"root":{"children":[{"type":"strange","words":"lost"}]}}')

    fault = fault_of(lambda: site.publisher.do(effect, None))

    assert fault.kind == "refused"
    assert "shows nothing of the text" in fault.message


def test_a_writer_within_the_same_second_is_noticed(site: GhostSite) -> None:
    """Ghost's stamps have a grain of a second: the second of two writes is let through."""
    assert site.fake is not None
    stamp = now()
    site.fake.now = lambda: stamp
    made = site.made()
    fake = site.fake
    before = fake.change

    def change_and_be_overwritten(id: str, body: bytes, query: dict[str, str]):  # noqa: A002, ANN202
        before(id, body, query)
        return before(
            id, f'{{"posts":[{{"title":"Theirs","updated_at":"{made.revision}"}}]}}'.encode(), {}
        )

    fake.change = change_and_be_overwritten  # type: ignore[method-assign, assignment]

    fault = fault_of(lambda: site.publisher.do(site.draft(title="Ours", receipt=made), made))

    assert fault.kind == "collision"
    assert (fault.theirs or {})["title"] == "Theirs"


def test_writes_go_one_after_the_other_and_none_is_lost(site: GhostSite) -> None:
    assert site.fake is not None
    made = site.made()
    fields = {"title": "T", "excerpt": "E", "feature_image_alt": "A", "tags": ["t"]}
    updates = [
        site.effect("ghost.update", {"post": made.id, "revision": made.revision, name: value},
                    key=f"{at:020x}", receipt=made)
        for at, (name, value) in enumerate(fields.items())
    ]  # fmt: skip
    threads = [
        threading.Thread(target=site.publisher.do, args=(update, None)) for update in updates
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)

    [post] = site.fake.posts.values()
    assert (post["title"], post["custom_excerpt"], post["feature_image_alt"]) == ("T", "E", "A")
    assert post["tags"][0]["name"] == "t"


def test_a_thousand_faults_make_one_post_each(fake: FakeGhost) -> None:
    """The quick form: the outbox has the long one, with kills."""
    site = GhostSite(url=fake.url, admin_key=ADMIN_KEY, fake=fake)
    kinds = ("lost", "broken", "cut", "busy", "lost", "page", "down")
    kinds_seen: set[str] = set()
    began = time.perf_counter()
    for number in range(12):
        effect = site.draft(key=f"{number:020x}", slug=site.slug(f"n{number}"))
        fake.faults.extend(Fault(kinds[(number + step) % 7]) for step in range(3))  # type: ignore[arg-type]
        receipt = None
        while receipt is None and time.perf_counter() - began < 20:
            try:
                receipt = site.publisher.do(effect, site.publisher.look(effect))
            except SendFault as fault:
                kinds_seen.add(fault.kind)

    assert kinds_seen == {"again", "ambiguous"}
    assert len(fake.posts) == 12
    assert len({post["slug"] for post in fake.posts.values()}) == 12


def test_the_key_is_in_no_message_and_no_payload(site: GhostSite) -> None:
    key = parse_key(ADMIN_KEY)
    secret = ADMIN_KEY.partition(":")[2]

    assert secret not in repr(key)
    assert str(key.secret) not in repr(key)
    assert secret not in repr(site.publisher.do(site.draft(), None))
    assert secret not in site.publisher.credential


def test_each_effect_can_be_read_as_the_request_it_is_and_holds_no_token(site: GhostSite) -> None:
    made = site.made()
    post = {"post": made.id, "revision": made.revision}
    image = {"name": f"pmagent-{'a' * 20}.png", "media_type": "image/png", "data": "iVBORw0KGgo="}
    effects = [
        site.draft(),
        site.draft(receipt=made),
        site.effect("ghost.update", {**post, "title": "New"}),
        site.effect("ghost.schedule", {**post, "at": "2099-01-01T09:00:00+00:00"}),
        site.effect("ghost.publish", post),
        site.effect("ghost.newsletter", {**post, "newsletter": "weekly"}),
        site.effect("ghost.image", image),
    ]

    told = [site.publisher.describe(effect) for effect in effects]

    below = f"{site.url}/ghost/api/admin"
    assert [f"{one.method} {one.url}" for one in told] == [
        f"POST {below}/posts/",
        *[f"PUT {below}/posts/{made.id}/"] * 4,
        f"PUT {below}/posts/{made.id}/?newsletter=weekly&email_segment=all",
        f"POST {below}/images/upload/",
    ]
    assert '"title": "New"' in told[2].body
    assert {one.headers["Authorization"] for one in told} == {"Ghost ‹token›"}


@pytest.mark.parametrize(
    "said",
    [
        "https://blog.example.org/", "https://blog.example.org/ghost/",
        "https://blog.example.org/ghost/#/settings", " https://blog.example.org ",
        "https://blog.example.org/ghost/api/admin/",
    ],
)  # fmt: skip
def test_an_address_is_taken_as_people_copy_it(said: str) -> None:
    assert site_address(said) == "https://blog.example.org"
