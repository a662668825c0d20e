"""A command's file as a procedure: its steps, its roles, and what is said where it is wrong."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmagent.procedures.language.read import is_procedure
from pmagent.procedures.language.shapes import parse_shape
from pmagent.procedures.language.walk import all_steps, verb_of
from pmagent.types.procedures import (
    AskStep,
    CallStep,
    CodeStep,
    EachStep,
    FindStep,
    HandOffStep,
    IfStep,
    ModelStep,
    NoteStep,
    OfflineCall,
    Operand,
    ReadStep,
    RunBudget,
    SwitchStep,
    WaitStep,
)
from tests.procedures.language.files import (
    HEAD,
    RECIPE,
    REPAIRS,
    command,
    messages,
    procedure,
    with_steps,
)

CLAUDE_CODE_KEYS = {
    "description", "argument-hint", "arguments", "when_to_use", "allowed-tools", "metadata",
}  # fmt: skip


def test_both_long_procedures_read_without_a_problem() -> None:
    recipe, repairs = procedure(RECIPE, "publish-recipe"), procedure(REPAIRS, "sort-repairs")

    assert messages(recipe) == messages(repairs) == []
    assert [(step.path, verb_of(step)) for step in all_steps(recipe)] == [
        ("A1", "Switch to"), ("A2", "Hand off"), ("1", "Read"), ("2", "Check"), ("3", "Read"),
        ("4", "Run"), ("5", "Model"), ("6", "Model"), ("7", "Model"), ("8", "Call"), ("9", "If"),
        ("9.1", "Note"), ("9.2", "Hand off"), ("10.1", "Model"), ("11", "Code"),
        ("12", "Approve"), ("13", "Call"), ("14", "Return"),
    ]  # fmt: skip
    assert [step.path for step in all_steps(repairs)] == [
        "1", "2", "3", "4", "5", "6", "6.1", "6.2", "6.3", "6.4", "6.5", "6.5.1", "6.6", "7", "8",
        "8.1", "9",
    ]  # fmt: skip


def test_the_front_matter_says_what_it_may_use_and_give() -> None:
    read = procedure(RECIPE, "publish-recipe")

    assert read.budget == RunBudget(
        steps=40, minutes=10, tokens=150_000, usd=Decimal("0.50"), effects=1
    )
    assert (read.autonomy, read.risk, read.key) == ("assist", "external", "log")
    assert read.output == parse_shape(
        "{names: [str], summary: str, recipe: cited_text, stages: [{at: time, title: str}]}"
    )
    assert read.arguments == ("log",)
    assert "ghost.draft" in read.allowed_tools
    assert read.guidance.startswith("# Publish a recipe\nWrite as the kitchen speaks")
    assert read.good == ("Every amount stands in the log.", "A name says what is eaten.")


def test_lines_are_those_of_the_file() -> None:
    lines = RECIPE.splitlines()

    for step in all_steps(procedure(RECIPE)):
        assert step.text.splitlines()[0] in lines[step.line - 1]


def test_a_step_for_the_model_sees_what_it_names_and_nothing_else() -> None:
    read = with_steps(
        "1. Write five titles for `t` that keep to `policy`, as `titles` like `[str 10..70] 5`"
        " or offline `draft.titles(t, 5)` using `house.words`\n"
    )

    line = len(HEAD.splitlines()) + 3
    assert read.steps == (
        ModelStep(
            path="1",
            line=line,
            text=read.steps[0].text,
            prose="Write five titles for `t` that keep to `policy`",
            sees=(Operand(source="t", line=line), Operand(source="policy", line=line)),
            name="titles",
            shape=parse_shape("[str 10..70] 5"),
            offline=OfflineCall(function="draft.titles", arguments="t, 5", line=line),
            using=(Operand(source="house.words", line=line),),
        ),
    )


def test_bullets_below_a_step_for_the_model_are_for_the_model() -> None:
    read = with_steps(
        "1. Write notes for `t`, as `notes` like `str`\n   - keep to `policy`\n   - be short\n"
    )

    [step] = read.steps
    assert isinstance(step, ModelStep)
    assert step.prose == "Write notes for `t`\n\n- keep to `policy`\n- be short"
    assert [operand.source for operand in step.sees] == ["t", "policy"]


def test_a_json_schema_below_a_step_is_its_type() -> None:
    read = with_steps(
        '1. Judge `t`, as `verdict`\n   ```json\n   {"type": "object", "properties":'
        ' {"score": {"type": "integer"}}, "required": ["score"]}\n   ```\n'
    )

    [step] = read.steps
    assert messages(read) == []
    assert isinstance(step, ModelStep)
    assert step.shape == parse_shape("{score: int}")


def test_roles_are_told_by_the_words_before_an_operand() -> None:
    read = with_steps(
        "1. **Read** `house/style.md` if it exists if `t.words > 5` as `style`\n"
        "2. **Find** `name` in `notes/**`, `specs/**` as `prior`\n"
        '3. **Ask** "How big is {name}?" as `size` like `small|large`\n'
        "4. **Call** `signals.load` with `paths=x` and `most=5` as `raw`\n"
        '5. **Hand off** "Too big." showing `size`, `raw` and `prior` if `size == "large"`\n'
        "6. **Switch to** `/other` with `t` if `raw.count > 5`\n"
        "7. **Wait** until `raw.at`\n"
        '8. **Note** "Seen: {raw["two words"]}."\n'
    )

    reading, finding, asking, calling, handing, switching, waiting, noting = read.steps
    assert messages(read) == []
    assert isinstance(reading, ReadStep)
    assert reading.is_optional
    assert reading.condition is not None
    assert reading.condition.source == "t.words > 5"
    assert isinstance(finding, FindStep)
    assert finding.globs == ("notes/**", "specs/**")
    assert isinstance(asking, AskStep)
    assert (asking.question, asking.name) == ("How big is {name}?", "size")
    assert isinstance(calling, CallStep)
    assert calling.given is not None
    assert calling.given.source == "paths=x, most=5"
    assert isinstance(handing, HandOffStep)
    assert handing.showing == ("size", "raw", "prior")
    assert isinstance(switching, SwitchStep)
    assert switching.command == "other"
    assert isinstance(waiting, WaitStep)
    assert waiting.until.source == "raw.at"
    assert isinstance(noting, NoteStep)
    assert noting.message == 'Seen: {raw["two words"]}.'


def test_verbs_may_be_written_in_other_ways() -> None:
    read = with_steps(
        "1. **set:** `x = 1`\n2. **Wait until** `x`\n3. **Switch** to `/other`\n"
        "4. **For each** `y` in `[1]` up to 3\n   1. **Set** `z = y`\n5. **RETURN** `x`\n"
    )

    assert messages(read) == []
    assert [verb_of(step) for step in read.steps] == [
        "Set",
        "Wait",
        "Switch to",
        "For each",
        "Return",
    ]
    each = read.steps[3]
    assert isinstance(each, EachStep)
    assert each.most is not None
    assert each.most.source == "3"


def test_an_else_joins_the_if_before_it_and_keeps_its_own_number() -> None:
    read = with_steps(
        "1. **If** `a`\n   1. **Set** `x = 1`\n2. **Else if** `b`\n   1. **Set** `x = 2`\n"
        "3. **Else**\n   1. **Set** `x = 3`\n4. **Return** `x`\n"
    )

    first, last = read.steps
    assert isinstance(first, IfStep)
    assert [(way.path, way.condition and way.condition.source) for way in first.branches] == [
        ("1", "a"),
        ("2", "b"),
        ("3", None),
    ]
    assert first.branches[2].steps[0].path == "3.1"
    assert last.path == "4"


def test_a_snippet_keeps_its_lines() -> None:
    read = with_steps(
        "1. **Code** as `n`\n   ```python\n   a = [\n       1,\n   ]\n   len(a)\n   ```\n"
    )

    [step] = read.steps
    assert isinstance(step, CodeStep)
    assert step.code == "a = [\n    1,\n]\nlen(a)\n"


@pytest.mark.parametrize(
    ("steps", "code", "line", "said", "hint"),
    [
        ("1. **Chek** `x`", "PL01", 1, '"Chek" is no verb', 'did you mean "Check"'),
        ("1. **Read** `a.md`", "PL00", 1, "lacks the name of its value", "**Read** `path or name`"),
        ("1. **Check** `x > 1`", "PL00", 1, 'lacks its message in "double quotes"', "else"),
        ('1. **Check** `x >` else "m"', "PL00", 1, "it is not written right", ""),
        ("1. **Set** `x`", "PL00", 1, "sets no name", "name = expression"),
        ("1. **Call** `f.g` about `x=1`", "PL19", 1, 'the words "about"', "**Call**"),
        ("1. **Set** `x = 1` as `y`", "PL19", 1, '"Set" takes no "as"', "**Set**"),
        ("1. **Call** `f.g(x)`", "PL00", 1, "stand in brackets", "with `x`"),
        ("1. **Call** `f.g` with `a b`", "PL00", 1, "not written right", "name=value"),
        ("1. **Run** `other`", "PL00", 1, '"other" is no command', "`/name`"),
        ("1. **Code** as `x`", "PL00", 1, "no fenced snippet", ""),
        ("1. **Code** as `x`\n   ```\n   1 +\n   ```", "PL00", 3, "not written right", ""),
        ('1. **Else**\n   1. **Stop** "x"', "PL00", 1, 'no "If" before it', ""),
        ("1. **If** `x`", "PL00", 1, "no steps stand below", ""),
        ('1. **Note** "{x"', "PL00", 1, "a brace that is not closed", '"{{"'),
        ('1. **Ask** "q" as `x` like `strng`', "PL00", 1, "unknown word", 'did you mean "str"'),
        ("1. Write `x`, as `a b` like `str`", "PL00", 1, '"a b" is no name', ""),
        ("1. Write it, as `a` as `b` like `str`", "PL19", 1, 'two "as"', ""),
        ("1. Write it, as `a` or offline `1+`", "PL00", 1, '"1+" is no call', ""),
        ("1. **Set** `x = 1`\n   1. **Set** `y = 1`", "PL00", 2, "has no block", "For each"),
        ("1. Write it, as `a`\n   1. **Set** `y = 1`", "PL00", 2, "has no block", "bullets"),
        ("- **Set** `x = 1`", "PL00", 1, "written as numbered steps", ""),
        ("1. **Set** `x = 1`\n```\n1\n```", "PL00", 2, "belongs to none of them", "indent"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(
    steps: str, code: str, line: int, said: str, hint: str
) -> None:
    read = with_steps(steps)

    problem = next(one for one in read.problems if one.code == code)
    assert said in problem.message
    assert hint in problem.hint
    assert problem.line == len(HEAD.splitlines()) + 2 + line


def test_a_block_that_is_indented_too_little_is_named_and_not_taken_for_a_step() -> None:
    steps = "".join(f"{n}. **Set** `x = {n}`\n" for n in range(1, 10))

    read = with_steps(f"{steps}10. **If** `x`\n   1. **Set** `y = 1`\n")

    assert any("belongs to no step before it" in problem.message for problem in read.problems)


def test_always_may_only_watch() -> None:
    text = f'{HEAD}\n## Always\n- **Set** `x = 1`\n- **Note** "Hm."\n\n## Steps\n1. **Stop** "x"\n'

    read = procedure(text)

    assert read.always == ()
    assert [problem.line for problem in read.problems] == [11, 12]


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        ("budget: {steps: many}", 'the limit "steps: many" is no number'),
        ("budget: {stesp: 4}", 'the unknown limit "stesp"'),
        ("autonomy: full", '"autonomy" is "full"'),
        ("risk: high", '"risk" is "high"'),
        ('output: "{a: strng}"', 'unknown word "strng"'),
        ("key: a b", "not written right"),
        ("budgets: {steps: 4}", 'the metadata key "budgets" has no effect'),
    ],
)
def test_wrong_metadata_is_said_with_its_line(metadata: str, said: str) -> None:
    head = f"---\ndescription: d\nmetadata:\n  {metadata}\n---\n# x\n"

    [problem] = with_steps('1. **Stop** "x"\n', head).problems

    assert said in problem.message
    assert problem.line == 4


def test_a_command_is_a_procedure_when_a_step_is_exact() -> None:
    assert is_procedure(command(RECIPE))
    assert is_procedure(command('# x\n## Steps\n1. Think.\n2. **Stop** "done"\n'))


@pytest.mark.parametrize(
    "body",
    [
        "Read `notes.md` and say what is new.\n",
        "## Steps\n1. Look at the notes.\n2. Say what is new.\n",
        "## Steps\n1. **Read** the notes.\n2. **Check** that they are new.\n",
        "## Steps\n1. **Important**: be short.\n",
        '## Plan\n1. **Stop** "x"\n',
        "## Steps\n- **Read** all.\n",
    ],
)
def test_a_plain_command_stays_a_plain_command(body: str) -> None:
    assert not is_procedure(command(f"---\ndescription: d\n---\n{body}"))


@pytest.mark.parametrize("text", [RECIPE, REPAIRS])
def test_the_same_file_reads_as_plain_instructions_elsewhere(text: str) -> None:
    read = command(text)

    assert set(read.fields) <= CLAUDE_CODE_KEYS
    assert read.notes == ()
    assert read.body.lstrip().startswith("# ")
    assert read.body.rstrip() in text


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from([
            "1. **If** `x", "   1. ", "`", "**Set** `y = [`", '"', "{", "```", "\n", "   ", "- ",
            "## Steps\n", "10. Write `a` as `b` like `[`", "**Else**", "\t", "> ", "é", "---\n",
        ]),
        max_size=30,
    )
)  # fmt: skip
def test_whatever_stands_in_a_file_it_is_read_with_problems_and_never_breaks(
    parts: list[str],
) -> None:
    text = f"{HEAD}\n## Steps\n{''.join(parts)}"

    read = procedure(text)

    assert all(1 <= problem.line <= len(text.splitlines()) + 1 for problem in read.problems)


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        ("1. Write " + "`a" * 50_000, "a step has more than 8,000 characters"),
        ("1. **Note** " + '"' * 50_001, "a step has more than 8,000 characters"),
        ("1. Write x" + " " * 100_000 + "as `a`", "a step has more than 8,000 characters"),
        ("1. **Set** `a = 1`\n" * 600, "there are more than 500 steps"),
        ("1. Write " + "a " * 500_000, "at most 300,000"),
    ],
)
def test_a_file_that_is_too_much_costs_one_sentence_and_no_time(steps: str, says: str) -> None:
    text = f"---\ndescription: x\n---\n## Steps\n{steps}\n"

    said = [problem.message for problem in procedure(text, "x").problems]

    assert any(says in one for one in said)


@pytest.mark.parametrize("limit", ["steps: 1e400", "usd: 1e999999", f"tokens: {'9' * 9_999}m"])
def test_a_limit_without_an_end_is_none(limit: str) -> None:
    text = f'---\nmetadata:\n  budget: {{{limit}}}\n---\n## Steps\n1. **Stop** "a"\n'

    found = procedure(text, "x")

    assert "is no number" in found.problems[0].message
    assert found.budget == RunBudget()
