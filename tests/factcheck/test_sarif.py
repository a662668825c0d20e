from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import cast

from pmagent.factcheck.sarif import sarif_of, sarif_text
from tests.factcheck.examples import report

Json = Mapping[str, object]

# What SARIF 2.1.0 (OASIS, 27 March 2020) requires of the objects used: 3.13 sarifLog, 3.14 run,
# 3.19 toolComponent, 3.27 result, 3.29 physicalLocation, 3.30 region, 3.49 reportingDescriptor.
LEVELS = {"none", "note", "warning", "error"}
KEYS = {
    "log": {"$schema", "version", "runs"},
    "run": {"tool", "columnKind", "artifacts", "results"},
    "driver": {"name", "version", "rules"},
    "rule": {"id", "shortDescription", "fullDescription", "defaultConfiguration"},
    "result": {
        "ruleId", "ruleIndex", "level", "message", "locations", "relatedLocations",
        "partialFingerprints", "properties",
    },
    "location": {"id", "message", "physicalLocation"},
    "region": {"startLine", "endLine", "snippet"},
}  # fmt: skip


def dict_at(value: object, key: str) -> Json:
    return cast("Json", cast("Json", value)[key])


def list_at(value: object, key: str) -> Sequence[Json]:
    return cast("Sequence[Json]", cast("Json", value).get(key, []))


def check_location(location: Json) -> None:
    assert set(location) <= KEYS["location"]
    place = dict_at(location, "physicalLocation")
    uri = dict_at(place, "artifactLocation")["uri"]
    region = dict_at(place, "region")
    assert isinstance(uri, str)
    assert uri.isascii()
    assert not set(uri) & set(" &\\")
    assert set(region) <= KEYS["region"]
    first, last = region["startLine"], region["endLine"]
    assert isinstance(first, int)
    assert isinstance(last, int)
    assert 1 <= first <= last


def check_sarif(log: Json) -> None:
    assert set(log) == KEYS["log"]
    assert log["version"] == "2.1.0"
    for run in list_at(log, "runs"):
        assert set(run) == KEYS["run"]
        driver = dict_at(dict_at(run, "tool"), "driver")
        assert set(driver) == KEYS["driver"]
        rules = list_at(driver, "rules")
        for rule in rules:
            assert set(rule) == KEYS["rule"]
            assert dict_at(rule, "defaultConfiguration")["level"] in LEVELS
        for result in list_at(run, "results"):
            assert set(result) <= KEYS["result"]
            index = result["ruleIndex"]
            assert isinstance(index, int)
            assert rules[index]["id"] == result["ruleId"]
            assert result["level"] in LEVELS
            assert dict_at(result, "message")["text"]
            for location in (*list_at(result, "locations"), *list_at(result, "relatedLocations")):
                check_location(location)


def test_a_report_is_sarif_with_a_result_for_each_claim_that_is_not_supported() -> None:
    log = sarif_of([report()], version="1.2.3")

    check_sarif(log)
    [run] = list_at(log, "runs")
    assert [(one["ruleId"], one["level"]) for one in list_at(run, "results")] == [
        ("contradicted", "error"),
        ("not-found", "warning"),
        ("needs-person", "warning"),
    ]


def test_a_result_points_at_the_lines_of_the_draft_and_of_the_evidence() -> None:
    [run] = list_at(sarif_of([report()], version="1"), "runs")
    first = list_at(run, "results")[0]

    [place] = [dict_at(one, "physicalLocation") for one in list_at(first, "locations")]
    [source] = [dict_at(one, "physicalLocation") for one in list_at(first, "relatedLocations")]
    assert place == {
        "artifactLocation": {"uri": "drafts/ash%20%26%20kiln.md"},
        "region": {
            "startLine": 3,
            "endLine": 4,
            "snippet": {"text": "the kiln burns\n60 kilos of ash."},
        },
    }
    assert dict_at(source, "artifactLocation")["uri"] == "transcripts/ep-002.md"
    assert dict_at(source, "region")["startLine"] == 12
    message = str(dict_at(first, "message")["text"])
    assert "[It burns 41 kilos \\[of ash\\].](0)" in message
    assert '"The kiln burns 41 kilos of ash."' in message


def test_the_same_report_gives_the_same_bytes_and_no_reports_an_empty_run() -> None:
    assert sarif_text([report()], version="1") == sarif_text([report()], version="1")
    empty = cast("Json", json.loads(sarif_text([], version="1")))
    check_sarif(empty)
    assert list_at(list_at(empty, "runs")[0], "results") == []
