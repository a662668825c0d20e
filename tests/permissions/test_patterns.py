from __future__ import annotations

import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmagent.permissions.matcher import PathMatcher
from pmagent.permissions.patterns import Places, escape_path, parse_pattern

ROOT = Path("/home/ana/garden")
PLACES = Places(garden=ROOT, home=Path("/home/ana"), settings=Path("/home/ana/.claude"))


def matcher(*patterns: str, is_wide: bool) -> PathMatcher:
    numbered = [
        (number, parsed)
        for number, text in enumerate(patterns)
        for parsed in parse_pattern(text, is_wide=is_wide, places=PLACES)
    ]
    return PathMatcher(numbered, root=ROOT.as_posix(), is_wide=is_wide)


def denies(pattern: str, path: str) -> bool:
    return matcher(pattern, is_wide=True).find(path) is not None


def allows(pattern: str, path: str) -> bool:
    return matcher(pattern, is_wide=False).find(path) is not None


@pytest.mark.parametrize(
    ("pattern", "inside", "outside"),
    [
        ("//home/ana/garden/private/**", "private/k.md", "notes/private.md"),
        ("//srv/shared/**", "/srv/shared/a.md", "srv/shared/a.md"),
        ("~/.ssh/**", "/home/ana/.ssh/id", ".ssh/id"),
        ("~/garden/private", "private/deep/k.md", "notes/k.md"),
        ("/rules/**", "/home/ana/.claude/rules/a.md", "rules/a.md"),
        ("notes/a.md", "notes/a.md", "x/notes/a.md"),
        ("./notes/a.md", "notes/a.md", "x/notes/a.md"),
        ("../shared/x.md", "/home/ana/shared/x.md", "shared/x.md"),
    ],
)
@pytest.mark.parametrize("is_wide", [True, False])
def test_each_beginning_stands_for_its_place(
    pattern: str, inside: str, outside: str, is_wide: bool
) -> None:
    found = matcher(pattern, is_wide=is_wide)

    assert found.find(inside) == 0
    assert found.find(outside) is None


@pytest.mark.parametrize(
    ("pattern", "path", "is_taken"),
    [
        ("notes/*.md", "notes/a.md", True),
        ("notes/*.md", "notes/sub/a.md", False),
        ("notes/*/a.md", "notes/x/a.md", True),
        ("notes/*/a.md", "notes/x/y/a.md", False),
        ("notes/?.md", "notes/a.md", True),
        ("notes/?.md", "notes/ab.md", False),
        ("notes/[ab].md", "notes/b.md", True),
        ("notes/[a-c]1.md", "notes/c1.md", True),
        ("notes/[!a]1.md", "notes/a1.md", False),
        ("notes/[^a]1.md", "notes/b1.md", True),
        ("notes/[[:digit:]].md", "notes/7.md", True),
        ("notes/[]].md", "notes/].md", True),
        ("notes/**/a.md", "notes/a.md", True),
        ("notes/**/a.md", "notes/x/y/a.md", True),
        ("notes/**/a.md", "other/a.md", False),
        ("**/a.md", "x/y/a.md", True),
        ("**/a.md", "a.md", True),
        ("**", "any/thing", True),
        ("notes/**", "notes/x/y", True),
        ("notes/**", "notes", False),
        (r"notes/\*.md", "notes/*.md", True),
        (r"notes/\*.md", "notes/a.md", False),
        (r"\[x\].md", "[x].md", True),
        ("notes/x*y*z.md", "notes/x1y2z.md", True),
        ("notes/x*y*z.md", "notes/xzy.md", False),
    ],
)
@pytest.mark.parametrize("is_wide", [True, False])
def test_wildcards_mean_the_same_in_every_rule(
    pattern: str, path: str, is_taken: bool, is_wide: bool
) -> None:
    assert (matcher(pattern, is_wide=is_wide).find(path) is not None) == is_taken


@pytest.mark.parametrize("path", [".env", "deep/er/.env"])
def test_a_bare_file_name_matches_at_any_depth(path: str) -> None:
    assert denies(".env", path)
    assert allows(".env", path)


def test_one_folder_and_two_stars_is_any_depth_to_refuse_and_one_place_to_allow() -> None:
    assert denies("src/**", "src/a.py")
    assert denies("src/**", "packages/x/src/a.py")
    assert allows("src/**", "src/a.py")
    assert not allows("src/**", "packages/x/src/a.py")


def test_two_folders_are_one_place_in_every_rule() -> None:
    assert denies("lib/src/**", "lib/src/a.py")
    assert not denies("lib/src/**", "x/lib/src/a.py")


@pytest.mark.parametrize("pattern", ["private", "private/", "./private", "/home/x/../private/"])
def test_a_pattern_that_names_a_folder_covers_what_comes_into_it_later(pattern: str) -> None:
    if pattern.startswith("/"):
        pattern = "//home/ana/garden/private/"

    assert denies(pattern, "private/new/deep.md")


def test_an_allowed_folder_name_covers_what_is_in_it_and_a_wildcard_does_not() -> None:
    assert allows("docs/notes", "docs/notes/a/b.md")
    assert not allows("docs/*", "docs/notes/a.md")
    assert denies("docs/*", "docs/notes/a.md")


@pytest.mark.parametrize(
    "spelled",
    [
        "Private/K.MD",
        "PRIVATE/k.md",
        "private./k.md",
        "private /k.md",
        "private/k.md.",
        "private/k.md . .",
        "pri\u200bvate/k.md",
        "private/k\ufeff.md",
        "private/\u00adk.md",
        "\uff50rivate/k.md",
        "private\uff0fk.md",
        "private/k.m\u2146",
        "priv\ufe00ate/k.md",
    ],
)
def test_a_refusing_rule_takes_every_spelling_of_a_name_and_an_allowing_one_its_own(
    spelled: str,
) -> None:
    assert denies("private/k.md", spelled)
    assert denies(spelled, "private/k.md")
    assert not allows("private/k.md", spelled)


def test_a_composed_and_a_decomposed_letter_are_one_to_refuse() -> None:
    assert denies("caf\u00e9/**", "cafe\u0301/k.md")
    assert denies("cafe\u0301/**", "CAF\u00c9/k.md")
    assert not allows("caf\u00e9/**", "cafe\u0301/k.md")


def test_a_class_that_excludes_a_letter_refuses_its_other_case_too() -> None:
    assert denies("[!A].md", "a.md")
    assert denies("[A-Z].md", "q.md")


def test_a_pattern_that_ends_in_a_dot_is_not_widened_to_everything() -> None:
    assert denies("*.", "name.")
    assert not denies("*.", "name")


def test_braces_refuse_what_a_shell_makes_of_them_and_allow_nothing() -> None:
    assert denies("*.{key,pem}", "a/x.pem")
    assert denies("{private,notes/inner}/**", "notes/inner/x")
    assert denies("*.{key,pem}", "a/x.{key,pem}")
    assert not allows("*.{key,pem}", "a/x.pem")


def test_two_stars_inside_a_name_cross_folders_only_to_refuse() -> None:
    assert denies("pri**vate.md", "pri/x/vate.md")
    assert denies("pri**vate.md", "pri-vate.md")
    assert not allows("pri**vate.md", "pri/x/vate.md")


@pytest.mark.parametrize(
    "pattern",
    [
        "private/[", "private/[a", "[z-a].md", "x/[]", "x/[!]", "[[:nosuch:]]", "x\\", "", "!x",
        "a\0b", "*/../x", "[a/b]", "{" + ",".join("abcdefgh") + "}" * 1 + "{a,b,c,d,e,f,g,h,i,j}",
    ],
)  # fmt: skip
def test_a_malformed_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_pattern(pattern, is_wide=True, places=PLACES)


def test_a_rule_for_what_lies_above_the_garden_takes_all_of_it() -> None:
    assert denies("//home/ana", "notes/a.md")
    assert allows("//home/ana/**", "notes/a.md")
    assert allows("//", "notes/a.md")


def test_a_folder_all_of_whose_files_are_taken_is_known_without_a_file() -> None:
    found = matcher("private/**", "*.md", is_wide=True)

    assert found.find_below("private") == 0
    assert found.find_below("x/private/deep") == 0
    assert found.find_below("notes") is None
    assert matcher("**", is_wide=True).find_below("") == 0


@pytest.mark.parametrize(
    ("asked", "is_shared"),
    [
        ("p*/k.md", True), ("*/k.md", True), ("pri?ate/*", True), ("{private,x}/k", True),
        ("notes/*.md", False), ("*.md", False), ("notes/[abc].txt", False), ("conf/*.pem", True),
    ],
)  # fmt: skip
def test_wildcards_that_may_find_a_taken_file_are_known(asked: str, is_shared: bool) -> None:
    found = matcher("private/**", "**/*.pem", is_wide=True)

    assert (found.find_shared(asked) is not None) == is_shared


def test_the_first_of_two_equal_patterns_is_named() -> None:
    assert matcher("a/b", "a/b", is_wide=True).find("a/b") == 0


names = st.text(alphabet=string.printable.replace("/", "") + "é[]*?!\\{}", min_size=1, max_size=12)
paths = st.lists(names.filter(lambda name: name not in {".", ".."}), min_size=1, max_size=4).map(
    "/".join
)


@given(paths)
def test_an_escaped_path_takes_itself_and_no_other(path: str) -> None:
    pattern = "/" + escape_path(path)
    places = Places(garden=ROOT, home=ROOT, settings=ROOT)
    parsed = [(0, each) for each in parse_pattern(pattern, is_wide=False, places=places)]
    found = PathMatcher(parsed, root=ROOT.as_posix(), is_wide=False)

    assert found.find(path) == 0
    assert found.find(path + "x") is None
    assert found.find("x" + path) is None


@given(paths, st.sampled_from(["upper", "lower", "title"]))
def test_a_refusing_rule_does_not_care_about_case(path: str, form: str) -> None:
    assert denies("./" + escape_path(path), str(getattr(path, form)()))


def test_stars_cost_linear_time() -> None:
    pattern = "*a" * 40 + "b"
    found = matcher(pattern, pattern + "*c", is_wide=True)

    assert found.find("a" * 5000) is None
    assert found.find("a" * 5000 + "b") == 0


def test_a_path_of_thousands_of_folders_is_matched() -> None:
    deep = "a/" * 5000

    assert denies("**/a/**/a/**/x.md", deep + "x.md")
    assert not denies("**/a/**/a/**/x.md", deep + "y.md")
