"""Words looked for in names, in what was typed and in what was shown, in all sessions of a garden.

The index is made from the records, when something is looked for, from where it was made last; so it
can never be behind the truth for long, nor stand in the way of writing it. Where this SQLite has
none, the records themselves are read.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from pmagent.agent.session_rows import read_record
from pmagent.nlp.words import content_terms, singular, tokens
from pmagent.store import transaction
from pmagent.types.sessions import Asked, Ended, Renamed

MOST_WORDS = 12
_MARK = "words_to"
_KINDS = "('asked', 'ended', 'renamed')"
_SPACELESS = re.compile(r"([\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff])")
_EXCERPT = 120
_BEFORE = 40


@dataclass(kw_only=True)
class Spoken:
    """What one session says of the words that were looked for."""

    words: list[str] = field(default_factory=list[str])
    """Those that are in it, in the order they were asked for."""
    excerpt: str = ""
    """One line of it around the first of them."""


def find_spoken(database: sqlite3.Connection, words: str) -> dict[str, Spoken]:
    """The sessions that hold the words of a search, by id.

    Only those that hold all of them; where none does, those that hold some. A word is found in any
    of its forms. Nothing where `words` holds none.
    """
    wanted = content_terms(words)[:MOST_WORDS]
    if not wanted:
        return {}
    if has_index(database):
        _catch_up(database)
        hits = _indexed_hits(database, wanted)
    else:
        hits = _read_hits(database, wanted)
    found: dict[str, Spoken] = {}
    for word, session, seq in hits:
        spoken = found.setdefault(session, Spoken())
        if word not in spoken.words:
            spoken.words.append(word)
        if not spoken.excerpt:
            spoken.excerpt = _excerpt(_text_of(database, seq), word)
    most = max((len(spoken.words) for spoken in found.values()), default=0)
    if most == len(wanted):
        found = {one: spoken for one, spoken in found.items() if len(spoken.words) == most}
    return found


def has_index(database: sqlite3.Connection) -> bool:
    """Whether this SQLite can look for words; the index is there afterwards."""
    try:
        database.execute(
            "CREATE VIRTUAL TABLE IF NOT EXISTS words USING "
            "fts5(text, tokenize='porter unicode61 remove_diacritics 2')"
        )
    except sqlite3.OperationalError as exc:
        if "no such module" in str(exc):
            return False
        raise
    return True


def forget_spoken(database: sqlite3.Connection, session: str) -> None:
    """Take the words of one session out of the index, and out of its file.

    Call it before the records go, in the same transaction.
    """
    if has_index(database):
        database.execute(
            "DELETE FROM words WHERE rowid IN (SELECT seq FROM records WHERE session = ?)",
            (session,),
        )
        # Until its parts are merged, the index only notes that the words have gone.
        database.execute("INSERT INTO words(words) VALUES ('optimize')")


def _catch_up(database: sqlite3.Connection) -> None:
    with transaction(database):
        mark = database.execute("SELECT value FROM facts WHERE name = ?", (_MARK,)).fetchone()
        last = int(mark[0]) if mark else 0
        rows = database.execute(
            f"SELECT seq, body FROM records WHERE seq > ? AND kind IN {_KINDS} ORDER BY seq",
            (last,),
        )
        fresh = [(int(seq), _spaced(_text_in(str(body)))) for seq, body in rows]
        if not fresh:
            return
        database.executemany("INSERT INTO words(rowid, text) VALUES (?, ?)", fresh)
        database.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (_MARK, str(fresh[-1][0])))


def _indexed_hits(
    database: sqlite3.Connection, wanted: Sequence[str]
) -> Iterator[tuple[str, str, int]]:
    for word in wanted:
        quoted = '"' + word.replace('"', '""') + '"'
        yield from (
            (word, str(session), int(seq))
            for session, seq in database.execute(
                "SELECT session, min(seq) FROM records WHERE seq IN "
                "(SELECT rowid FROM words WHERE words MATCH ?) GROUP BY session",
                (quoted,),
            ).fetchall()
        )


def _read_hits(
    database: sqlite3.Connection, wanted: Sequence[str]
) -> Iterator[tuple[str, str, int]]:
    forms = {singular(word): word for word in wanted}
    found: dict[tuple[str, str], int] = {}
    rows = database.execute(
        f"SELECT session, seq, body FROM records WHERE kind IN {_KINDS} ORDER BY seq"
    )
    for session, seq, body in rows:
        for form in {singular(word) for word in tokens(_text_in(str(body)))} & forms.keys():
            found.setdefault((forms[form], str(session)), int(seq))
    for word in wanted:
        yield from ((one, who, seq) for (one, who), seq in found.items() if one == word)


def _text_of(database: sqlite3.Connection, seq: int) -> str:
    row = database.execute("SELECT body FROM records WHERE seq = ?", (seq,)).fetchone()
    return _text_in(str(row[0])) if row else ""


def _text_in(body: str) -> str:
    try:
        record = read_record(body)
    except ValueError:
        return ""
    match record:
        case Asked():
            return record.typed
        case Ended():
            return record.shown
        case Renamed():
            return record.name
        case _:
            return ""


def _spaced(text: str) -> str:
    """With each character of a script without spaces as a word, as questions are split."""
    return _SPACELESS.sub(r" \1 ", text).encode("utf-8", "replace").decode()


def _excerpt(text: str, word: str) -> str:
    line = " ".join(text.split())
    start = max(0, _place_of(line.lower(), _stems(word)) - _BEFORE)
    if start:
        start = line.find(" ", start) + 1
    cut = line[start : start + _EXCERPT]
    if start + _EXCERPT < len(line):
        cut = cut.rpartition(" ")[0] or cut
        return f"{'…' if start else ''}{cut}…"
    return f"{'…' if start else ''}{cut}"


def _stems(word: str) -> Iterable[str]:
    """The word, and the beginning that its other forms share."""
    return (word, singular(word), word[: max(4, len(word) - 3)])


def _place_of(line: str, stems: Iterable[str]) -> int:
    for stem in stems:
        found = re.search(rf"(?<!\w){re.escape(stem)}", line)
        if found:
            return found.start()
    return 0
