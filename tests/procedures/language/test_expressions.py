"""Expressions: what they give, what they may not do, and what is said where they fail."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from pmagent.errors import AccessError, UsageError
from pmagent.procedures.language.expressions import Expressions
from pmagent.procedures.language.source import fields_in, is_expression, names_in
from pmagent.types.actions import Json

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
NAMES: dict[str, Json] = {
    "facts": {"contradicted": 2, "worst": {"claim": "40 %", "two words": [1, 2]}, "items": []},
    "titles": ["A price is a promise", "Why"],
    "notes": "some words here",
    "theme": {"quotes": [{"text": "It broke.", "citation": "a.md:3"}, "Again."]},
    "empty": None,
}


def expressions() -> Expressions:
    return Expressions(lambda: NOW)


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("facts.contradicted > 0", True),
        ('facts["worst"]["two words"][1]', 2),
        ('facts["worst"].claim', "40 %"),
        ('"worst" in facts and "best" not in facts["worst"]', True),
        ("len(facts)", 3),
        ("[name for name in facts.worst]", ["claim", "two words"]),
        ('max(1, (len(notes.split(" ")) + 199) // 200)', 1),
        ('{"titles": titles, "worst": facts.worst}["worst"]["claim"]', "40 %"),
        ("titles[-1]", "Why"),
        ("titles[:1]", ["A price is a promise"]),
        ("facts.items + [struct(name=notes, n=1)]", [{"name": "some words here", "n": 1}]),
        ("[w for t in titles for w in t.split(' ') if w in facts['worst']['claim']]", []),
        ("slug(titles[0])", "a-price-is-a-promise"),
        ("empty or days_ago(7)", "2026-11-16"),
        ("[today, week(today), week('2026-01-31')]", ["2026-11-23", "2026-W48", "2026-W05"]),
        ("mentions(facts, ['40 %', 'x'])", True),
        ("mentions(notes, ['word'])", False),
        ("quotes(theme)", "> It broke.\n> — a.md:3\n\n> Again."),
        ("re_find('w(.)r', notes)", "o"),
        ("re_find('z', notes)", None),
        ("[round(2.5), round(1.25, 1), sum([1, 2.5])]", [2, 1.2, 3.5]),
        ("json.decode(json.encode(facts)).worst.claim", "40 %"),
        ("get(facts, 'best', 'none yet')", "none yet"),
        ("sorted(titles, key=lambda title: len(title))", ["Why", "A price is a promise"]),
    ],
)
def test_an_expression_gives_plain_values(source: str, value: Json) -> None:
    assert expressions().evaluate(source, NAMES) == value


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("themes", 'nothing is called "themes" here'),
        ("facts.contradictd", 'no field "contradictd"; did you mean "contradicted"?'),
        ('facts["best"]', 'the record has no field "best"'),
        ("titles[9]", "there is no item 9"),
        ("notes + 1", "+ of text and int"),
        ("1 +", "it is not written right"),
        ("1) + (2", "it is not one expression"),
        ("import os", "it is not written right"),
        ("__import__('os')", 'the name "__import__" may not be used'),
        ("titles.__class__", 'the name "__class__" may not be used'),
        ('load("pmagent", "at")', 'the name "load" may not be used'),
        ("open('/etc/passwd')", 'nothing is called "open" here'),
        ("2 ** 9", "it is not written right"),
        ("len", "its value is a function"),
        ("slug(1)", '"slug" needs a text, not a number'),
        ("re_find('(', notes)", '"(" is no pattern that can be searched'),
        ("fail('own words')", "own words"),
        ("{1: 2}", "a field's name is a text"),
        ("", "the expression is empty"),
        ("x" * 5_000, "5,000 characters, at most 4,000"),
        ("(" * 400 + ")" * 400, ""),
        ("1" + "+1" * 1_900, "it is too deeply nested"),
        ("a" + ".b" * 1_900, "it is too deeply nested"),
        ("not " * 900 + "1", "it is too deeply nested"),
    ],
)
def test_a_fault_names_the_expression_and_says_why(source: str, why: str) -> None:
    with pytest.raises(UsageError) as fault:
        expressions().evaluate(source, NAMES)

    assert why in fault.value.message
    if source and len(source) < 100:
        assert " ".join(source.split()) in fault.value.message


def test_a_loop_that_runs_away_is_cut_in_seconds() -> None:
    began = time.monotonic()

    with pytest.raises(UsageError, match="it works too long, and was cut"):
        expressions().evaluate("[i for i in range(1000000000) if i < 0]", {})

    assert time.monotonic() - began < 60


def test_a_value_that_grows_too_large_is_refused() -> None:
    with pytest.raises(UsageError, match="over 10,000,000 characters"):
        expressions().evaluate('"a" * 10000001', {})


def test_a_function_that_calls_itself_without_end_is_cut() -> None:
    with pytest.raises(UsageError, match="nested too deeply"):
        expressions().run_code("def f(x):\n    return f(x)\nf(1)", {})


def test_a_value_that_is_no_json_is_refused() -> None:
    with pytest.raises(UsageError, match="a value that is no JSON"):
        expressions().evaluate("facts", {"facts": float("inf")})


def test_arguments_are_given_by_place_and_by_name() -> None:
    source = 'notes, 5, title=titles[0], sources=[notes, "research/**"]'

    given = expressions().arguments(source, NAMES)

    assert given == (
        ["some words here", 5],
        {"title": "A price is a promise", "sources": ["some words here", "research/**"]},
    )
    assert expressions().arguments("", {}) == ([], {})


@pytest.mark.parametrize("source", ["notes), fail('out'", "1)(2", "1) or f(2"])
def test_arguments_cannot_close_their_own_brackets(source: str) -> None:
    with pytest.raises(UsageError):
        expressions().arguments(source, NAMES)


def test_a_message_has_the_values_of_its_expressions() -> None:
    template = "{len(titles)} titles, {{kept}}: '{titles[0]}' {facts['worst']['claim']} {empty}"

    said = expressions().render(template, NAMES)

    assert said == "2 titles, {kept}: 'A price is a promise' 40 % none"


def test_a_list_and_a_truth_read_as_words_in_a_message() -> None:
    said = expressions().render("{titles}; {1 < 2}; {4 / 2}; {facts.worst}", NAMES)

    assert said == ('A price is a promise, Why; yes; 2; {"claim": "40 %", "two words": [1, 2]}')


def test_a_brace_that_is_not_closed_is_said() -> None:
    with pytest.raises(UsageError, match="a brace that is not closed"):
        expressions().render("Send {titles[0]", NAMES)


def test_a_snippet_gives_the_value_of_its_last_expression() -> None:
    code = "count = 0\nfor name in facts:\n    count += 1\n{'count': count}"

    assert expressions().run_code(code, NAMES) == {"count": 3}


def test_a_fault_in_a_snippet_has_its_line() -> None:
    with pytest.raises(UsageError, match=r'\(its line 2\).*nothing is called "themes" here'):
        expressions().run_code("a = 1\nb = themes\na", NAMES)


def test_a_snippet_without_a_value_is_refused() -> None:
    with pytest.raises(UsageError, match="its last line is not an expression"):
        expressions().run_code("a = 1", {})


def test_a_helper_of_the_caller_is_used_and_its_error_comes_through() -> None:
    def length(path: Json) -> Json:
        raise AccessError(f'"{path}" is outside the garden')

    def slug(text: Json) -> Json:
        return {"of": text}

    used = Expressions(lambda: NOW, {"length": length, "slug": slug})

    assert used.evaluate("slug(notes).of", NAMES) == "some words here"
    with pytest.raises(AccessError, match="outside the garden"):
        used.evaluate("length('x')", NAMES)


def test_a_name_of_a_step_stands_in_for_a_helper() -> None:
    assert expressions().evaluate("quotes + [today]", {"quotes": [1], "today": "now"}) == [1, "now"]


@pytest.mark.parametrize(
    ("source", "names", "fields"),
    [
        ("facts.worst.claim != titles[0]", {"facts", "titles"}, "facts.worst.claim"),
        ("title=titles[0], md=notes, s=slug(name)", {"titles", "notes", "name"}, ""),
        ("[x for x in xs if x.a > y]", {"xs", "y"}, ""),
        ("sorted(xs, key=lambda x: x.n + weight)", {"xs", "weight"}, ""),
        ("a = a + 1\nb = a\n[b, c]", {"a", "c"}, ""),
        ('notes.split(" ")', {"notes"}, ""),
        ("json.encode(q) + week(today)", {"q", "today"}, ""),
        ("def f(x):\n    return x + k\nf(j)", {"k", "j"}, ""),
        ("not [", set[str](), ""),
    ],
)
def test_the_names_a_source_uses_are_known_without_running_it(
    source: str, names: set[str], fields: str
) -> None:
    assert names_in(source) == names
    assert fields_in(source) == set(fields.split())


@pytest.mark.parametrize(
    ("source", "is_one"),
    [
        ("t", True),
        ("t.path", True),
        ('"notes/" + t + ".md"', True),
        ('"pricing promise"', True),
        ("policies/editorial.md", False),
        ("README.md", False),
        ("t/notes.md", False),
        ("notes/**", False),
        ("pricing promise", False),
    ],
)
def test_a_path_is_told_from_an_expression(source: str, is_one: bool) -> None:
    assert is_expression(source, {"t", "notes"}) is is_one


def test_an_untrusted_file_is_worked_out_in_a_process_with_little_memory() -> None:
    with Expressions(lambda: NOW, is_outside=True) as outside:
        assert outside.evaluate('facts["worst"].claim + today', NAMES) == "40 %2026-11-23"
        with pytest.raises(UsageError, match="ended its process"):
            outside.evaluate('len("a" * 2000000000)', {})
        assert outside.evaluate("1 + 1", {}) == 2
        with pytest.raises(UsageError, match='nothing is called "zz" here'):
            outside.run_code("zz", {})


def test_a_helper_that_needs_this_process_is_answered_to_an_untrusted_file() -> None:
    asked: list[Json] = []

    def look(path: Json, *, line: Json = 1) -> Json:
        asked.append([path, line])
        return {"text": f"{path}:{line}"}

    with Expressions(lambda: NOW, {"look": look}, is_outside=True) as outside:
        value = outside.evaluate("[look('a').text, look('b', line=2).text, look('a').text]", {})

    assert value == ["a:1", "b:2", "a:1"]
    assert asked == [["a", 1], ["b", 2]]


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|a)*b", "(.*)*=", "(?:a?){40}a{40}", ".*.*.*.*.*x"]
)
def test_no_pattern_takes_longer_than_its_text(pattern: str) -> None:
    text = "a" * 3_000 + "!"

    assert expressions().evaluate("re_find(pattern, text)", {"pattern": pattern, "text": text}) in (
        None,
        "a" * 80,
    )


@pytest.mark.parametrize(
    "source",
    [
        "'x'.join(['y' * 1000] * 2000000)",
        "[[[0] * 1000 for _ in range(1000)] for _ in range(1000)]",
        "text.replace('a', 'b' * 100000)",
    ],
)
def test_what_would_fill_the_memory_costs_one_error_in_a_file_of_ones_own_too(source: str) -> None:
    with Expressions(lambda: NOW, is_guarded=True) as guarded:
        with pytest.raises(UsageError, match=r"it ended its process|over 10,000,000 characters"):
            guarded.evaluate(source, {"text": "a" * 100_000})
        assert guarded.evaluate("[2 * n for n in given]", {"given": [1, 2]}) == [2, 4]


@pytest.mark.parametrize("source", ["round(15, -1000000000)", "round(1.5, 1000000000)"])
def test_no_number_of_places_makes_rounding_endless(source: str) -> None:
    with pytest.raises(UsageError, match="takes at most 30 places"):
        expressions().evaluate(source, {})
