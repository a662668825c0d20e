"""Boards as people and the plugin write them, made up by hypothesis."""

from __future__ import annotations

from hypothesis import strategies as st

KANBAN = """---

kanban-plugin: board

---

## Ideas

- [ ] Ask Ruth about the till @{2026-02-09} @@{10:00} #pricing [effort:: 2h-4h] ^ruth-1


## Doing (1)

- [ ] Rule four: say "I don't know"\tin words
\t- [ ] a step within
\ttwo lines, [priority:: high]
- [ ] Räkna om priset på 牛乳 ⏫


## Done

**Complete**
- [x] Promise on the website 2026-01-05


***

## Archive

- [x] Old one ^old

%% kanban:settings
```
{"kanban-plugin":"board","list-collapse":[false,true]}
```
%%"""

_WORDS = st.sampled_from(
    ["Ask Ruth", "prix à 29 €", "牛乳を買う", "rule *four*", "[[note#p1]]", "`due:2026-01-01`",
     "see https://x.test/#p2", "a\u2028b", "x\x0cy", "😀", "(later)", "^not-an-id here", "9 to 5"]
)  # fmt: skip
_MARKS = st.sampled_from(
    ["#pricing", "#p1", "est:3d", "est:2h 30m", "due:2026-02-09", "due: friday", "@{2026-02-09}",
     "@@{10:00}", "[effort:: 2h-4h]", "[after:: ^a-1]", "waiting:Ruth", "+shop", "[due:: soon]",
     "energy:deep", "[spent:: 40m]", "📅 2026-02-11", "90m"]
)  # fmt: skip
_IDS = st.sampled_from(["", "", " ^a-1", " ^pm-0123456789", " ^b_2", " ^a-1  "])
_BELOW = st.sampled_from(
    ["  - a point", "\tmore words", "  - [ ] a step", "    deep", "", "lazy words",
     "  From x.md:3: “Yes.”"]
)  # fmt: skip


@st.composite
def cards(draw: st.DrawFn) -> str:
    check = draw(st.sampled_from(["[ ]", "[x]", "[X]", "[-]", "[/]"]))
    words = " ".join(draw(st.lists(st.one_of(_WORDS, _MARKS), min_size=1, max_size=5)))
    bullet = draw(st.sampled_from(["-", "-", "-", "*", "+", "1."]))
    rows = [f"{bullet} {check} {words}{draw(_IDS)}", *draw(st.lists(_BELOW, max_size=3))]
    return "\n".join(rows)


@st.composite
def boards(draw: st.DrawFn) -> str:
    front = draw(
        st.sampled_from(["", "---\nkanban-plugin: board\n---\n\n", "---\ntitle: x\n---\n# Board\n",
                         "\ufeff---\nkanban-plugin: basic\n---\n", "# Board\n\nWords first.\n\n"])
    )  # fmt: skip
    parts = [front]
    heads = ["## Now", "## Next (2)", "## Done", "### Later ##", "# Top", "## Now"]
    for head in draw(st.lists(st.sampled_from(heads), max_size=4)):
        mark = draw(st.sampled_from(["", "", "**Complete**\n", "Some words.\n\n"]))
        listed = draw(st.lists(cards(), max_size=4))
        gap = draw(st.sampled_from(["\n", "\n\n", "", "\n\n\n"]))
        parts.append(f"{head}\n{gap}{mark}{chr(10).join(listed)}\n{gap}")
    parts.append(
        draw(st.sampled_from(["", "```\n- [ ] code\n## Code\n```\n", "- plain\n", "---\n"]))
    )
    if draw(st.booleans()):
        parts.append(
            "***\n\n## Archive\n\n" + "\n".join(draw(st.lists(cards(), max_size=2))) + "\n"
        )
    parts.append(
        draw(st.sampled_from(["", "\n%% kanban:settings\n```\n{\"date-trigger\":\"@\"}\n```\n%%",
                              "%% kanban:settings\n```\n{broken\n```\n%%\n\n"]))
    )  # fmt: skip
    text = "".join(parts)
    end = draw(st.sampled_from(["", "keep"]))
    text = text.rstrip("\n") if not end else text
    return text.replace("\n", "\r\n") if draw(st.booleans()) else text
