from __future__ import annotations

from dataclasses import replace

from pmagent.factcheck.texts import report_markdown, report_text, summary_of
from pmagent.types.checking import CheckReport
from tests.factcheck.examples import contradicted, report


def test_the_summary_counts_every_verdict_and_what_was_set_aside() -> None:
    assert summary_of(report()) == (
        "4 claims: 1 supported, 1 contradicted, 1 not found, 1 needs a person; "
        "1 set aside (1 question)"
    )


def test_the_report_shows_claim_difference_and_evidence_with_their_places() -> None:
    assert report_text(report()) == (
        "check drafts/ash & kiln.md\n"
        "4 claims: 1 supported, 1 contradicted, 1 not found, 1 needs a person; "
        "1 set aside (1 question)\n"
        "\n"
        "contradicted  L3-4  chance of support 6%\n"
        '  "The kiln burns 60 kilos of ash."\n'
        '  the source has "41 kilos"\n'
        '  differs in number: "60 kilos" where the source has "41 kilos"\n'
        '  transcripts/ep-002.md:12 Wilma Oake: "It burns 41 kilos [of ash]."\n'
        '  as the source has it: "The kiln burns 41 kilos of ash."\n'
        "\n"
        "not found  L13  chance of support 20%\n"
        '  "It won a prize."\n'
        "  nothing says so\n"
        "\n"
        "needs a person, weak: read it  L14  chance of support 50%\n"
        '  "It opened in May."\n'
        "  two sources disagree\n"
        "\n"
        "supported\n"
        '  L12  "Torrey has *two* kilns." [notes/torrey.md:12]\n'
        "\n"
        "set aside\n"
        '  L20  question: "Is it hot?"\n'
        "note: searched 12 documents\n"
        "note: checked by words alone\n"
    )


def test_the_markdown_keeps_the_words_of_files_letter_for_letter() -> None:
    shown = report_markdown(report())

    assert "## Contradicted" in shown
    assert '- "It burns 41 kilos \\[of ash\\]." [transcripts/ep-002.md:12]' in shown
    assert '- L12 "Torrey has \\*two\\* kilns." [notes/torrey.md:12]' in shown
    assert (
        shown.index("## Contradicted") < shown.index("## Not found") < shown.index("## Supported")
    )


def test_no_text_of_a_file_reaches_the_terminal_as_an_escape() -> None:
    verdict = replace(contradicted(), why="\x1b[2Jgone", second_opinion="\x1b]52;c;eA==\x07yes")
    hostile = CheckReport(path="a\x1b[2J.md", digest="", verdicts=(verdict,))

    assert "\x1b" not in report_text(hostile) + report_markdown(hostile)


def test_a_text_without_claims_is_said_to_have_none() -> None:
    assert report_text(CheckReport(path="", digest="", verdicts=())) == "check the text\n0 claims\n"
