"""Sessions are searched by what was typed and shown, with the words found named."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from pmagent.agent.session_search import find_spoken, has_index
from pmagent.agent.session_store import SessionStore
from tests.agent.test_sessions import Clock, opened, talk

SAID = (
    ("t1", "What did Ana say about pricing?", "A price is a promise, [notes/pricing.md:4]."),
    ("t2", "Draft the roadmap for 2027", "First the walrus, then the lighthouses."),
    ("t3", "価格について", "約束です。"),
)


@pytest.fixture
def store(tmp_path: Path) -> SessionStore:
    made = opened(tmp_path, Clock())
    for turn, typed, shown in SAID:
        with made.create() as session:
            talk(session, turn, typed, shown)
    return made


def found(store: SessionStore, words: str) -> dict[str, tuple[str, ...]]:
    return {row.first: row.found for row in store.rows(words)}


def test_a_word_is_found_in_any_form_and_is_named(store: SessionStore) -> None:
    assert found(store, "prices lighthouse") == {
        SAID[1][1]: ("lighthouse",),
        SAID[0][1]: ("prices",),
    }
    assert found(store, "walrus roadmap") == {SAID[1][1]: ("walrus", "roadmap")}
    assert found(store, "価格") == {SAID[2][1]: ("価", "格")}
    assert found(store, "helicopter") == {}
    store.close()


def test_where_all_words_are_in_one_session_those_with_some_are_left_out(
    store: SessionStore,
) -> None:
    with store.create() as session:
        talk(session, "t4", "pricing of the walrus", "Dear.")

    assert found(store, "pricing walrus") == {"pricing of the walrus": ("pricing", "walrus")}
    store.close()


def test_the_line_around_the_word_is_shown(store: SessionStore) -> None:
    [row] = store.rows("walrus")

    assert row.excerpt == "First the walrus, then the lighthouses."
    store.close()


def test_a_name_is_searched_too_and_so_is_what_was_said_since_the_last_search(
    store: SessionStore,
) -> None:
    assert found(store, "zeppelin") == {}
    with store.open("roadmap") as session:
        talk(session, "t5", "and the zeppelin?", "Later.")
    with store.open("pricing") as session:
        session.rename("Zeppelin pricing")

    assert set(found(store, "zeppelin")) == {SAID[0][1], SAID[1][1]}
    store.close()


def test_marks_of_a_query_language_are_only_letters(store: SessionStore) -> None:
    for words in ('"', "a OR b NOT (", "walrus* NEAR/2", "text:walrus", "%_", "'; DROP TABLE x"):
        store.rows(words)

    assert set(found(store, 'walrus" OR "x')) == {SAID[1][1]}
    store.close()


@pytest.mark.parametrize("words", ["prices lighthouse", "walrus roadmap", "価格", "helicopter"])
def test_without_an_index_the_same_sessions_are_found(
    store: SessionStore, tmp_path: Path, words: str
) -> None:
    with sqlite3.connect(tmp_path / "data" / "state.db", factory=WithoutIndex) as database:
        assert not has_index(database)
        plain = {one: spoken.words for one, spoken in find_spoken(database, words).items()}

    indexed = {row.id: list(row.found) for row in store.rows(words)}
    if words == "prices lighthouse":  # plurals are one word without an index, "pricing" is not
        assert plain.keys() <= indexed.keys()
    assert plain == indexed
    store.close()


class WithoutIndex(sqlite3.Connection):
    """An SQLite that was built without full-text search."""

    def execute(self, sql: str, *values: object) -> sqlite3.Cursor:  # type: ignore[override]
        if "fts5" in sql:
            raise sqlite3.OperationalError("no such module: fts5")
        return super().execute(sql, *values)  # type: ignore[arg-type]
