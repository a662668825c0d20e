"""Small files of every kind that is made to break a reader: bombs, loops, abysses, chameleons."""

from __future__ import annotations

import io
import zipfile
import zlib

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
FLATE = "/Filter/FlateDecode"
FONT = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"


def docx(body: str, *, prolog: str = "", more: int = 0) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        text = f'{prolog}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
        archive.writestr("word/document.xml", text)
        for number in range(more):
            archive.writestr(f"{number}.xml", "")
    return stream.getvalue()


def words(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def pdf(*objects: str | bytes) -> bytes:
    parts = [b"%PDF-1.5\n"]
    for number, content in enumerate(objects, 1):
        body = content if isinstance(content, bytes) else content.encode()
        parts.append(b"%d 0 obj%bendobj\n" % (number, body))
    return b"".join(parts) + b"trailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n"


def stream(data: bytes, extra: str = "") -> bytes:
    return f"<</Length {len(data)}{extra}>>stream\n".encode() + data + b"\nendstream "


def page(content: bytes, *more: str | bytes, resources: str = "<</Font<</F 5 0 R>>>>") -> bytes:
    return pdf(
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources{resources}>>",
        content,
        *more,
    )


def form(inside: bytes, next_: int) -> bytes:
    return stream(inside, f"/Type/XObject/Subtype/Form/Resources<</XObject<</X {next_} 0 R>>>>")


ALIASES = "a0: &a0 [x,x,x]\n" + "".join(
    f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10)
)
MERGES = "m0: &m0 {x: 1}\n" + "".join(
    f"m{n}: &m{n} {{<<: [*m{n - 1}, *m{n - 1}]}}\n" for n in range(1, 25)
)
LAUGHS = (
    "<!DOCTYPE x [<!ENTITY a 'AAAAAAAAAA'>"
    + "".join(f"<!ENTITY {y} '{f'&{x};' * 10}'>" for x, y in zip("abcdefg", "bcdefgz", strict=True))
    + "]>"
)
RANGES = b"begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange 1 beginbfrange "

READ = {
    "alias bomb.md": f"---\n{ALIASES}---\nbody of it\n",
    "merge bomb.md": f"---\n{MERGES}---\nbody of it\n",
    "deep yaml.md": "---\nk: " + "[" * 5_000 + "\n---\nbody of it\n",
    "deep maps.md": "---\nk: " + "{a: " * 5_000 + "\n---\nbody of it\n",
    "yaml that runs.md": '---\nk: !!python/object/apply:os.system ["touch ran"]\n---\nbody of it\n',
    "yaml questions.md": "---\n" + "? " * 5_000 + "\n---\nbody of it\n",
    "brackets.md": "body of it " + "[" * 20_000,
    "images.md": "body of it " + "![" * 20_000,
    "links.md": "body of it " + "[a](" * 20_000,
    "wiki links.md": "body of it " + "[[" * 20_000,
    "ticks.md": "body of it " + " ".join("`" * (n % 60) for n in range(5_000)),
    "emphasis.md": "body of it " + "*a_ " * 10_000,
    "stars.md": "body of it " + "*" * 40_000 + "a" + "*" * 40_000,
    "table.md": "body of it\n\n" + "|a" * 300 + "\n" + "|-" * 300 + "\n" + ("|b" * 300 + "\n") * 20,
    "bars.md": "body of it " + "|" * 100_000,
    "quotes.md": "body of it\n" + "> " * 20_000,
    "lists.md": "body of it\n" + "".join(" " * n + "- a\n" for n in range(500)),
    "tags.md": "body of it " + "<a " * 20_000,
    "entities.md": "body of it " + "&" * 50_000 + "&#" + "9" * 500 + ";",
    "comments.md": "body of it " + "<!-- " * 20_000 + "%%" * 20_000,
    "fences.md": "body of it\n" + "```\n~~~\n" * 2_000,
    "breaks.md": "body of it\n" + ("* " * 400 + "x\n") * 50,
    "marks.md": "body of it a" + "\u0301" * 50_000,
    "escapes.md": "body of it " + "\x1b]" * 50_000,
    "one line.md": "body of it " + "x" * 3_000_000,
    "cues.vtt": "WEBVTT\n\n" + "00:00:01.000 --> 00:00:02.000\nbody of it\n\n" * 5_000,
    "voices.vtt": "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nbody of it " + "<v a>" * 20_000,
    "classes.vtt": "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nbody of it " + "<c." * 20_000,
    "deep.html": "<div>" * 20_000 + "body of it",
    "lone marks.html": "<html>body of it " + "<" * 50_000 + "&" * 50_000,
    "open comments.html": "<html>body of it<p>" + "<!--" * 20_000,
    "open scripts.html": "<html>body of it<p>" + "<script>" * 20_000,
    "odd quotes.html": "<html>body of it<p>" + '<a b=">' * 20_000,
    "many quotes.html": "<html>body of it<p>" + ("<a " + "\"'" * 200) * 100 + ">" * 100,
    "long number.html": "<html>body of it &#" + "9" * 4_000 + ";",
    "deep value.json": '{"segments":[{"start":0,"text":"body of it","x":1},{"y":' + "[" * 50_000,
    "long number.json": '{"text": "body of it", "n": ' + "9" * 50_000 + "}",
    "quote.csv": 'body of it,b\n"' + "x" * 300_000,
    "columns.csv": "body of it" + ",a" * 100_000,
    "endless.ics": (
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART:20200101T000000Z\nSUMMARY:body of it\n"
        "RRULE:FREQ=SECONDLY\nEND:VEVENT\nEND:VCALENDAR\n"
    ),
    "folded.ics": "BEGIN:VCALENDAR\nSUMMARY:body of it" + "\n b" * 50_000,
    "parameters.ics": (
        "BEGIN:VCALENDAR\nSUMMARY:body of it\n" + ("SUMMARY;" + '"a"' * 1_000 + "\n") * 20
    ),
    "many parts.docx": docx(words("body of it"), more=1_000),
    "deep tables.docx": docx(
        "<w:tbl><w:tr><w:tc>" * 15_000 + words("body of it") + "</w:tc></w:tr></w:tbl>" * 15_000
    ),
    "a page.pdf": "<html><p>body of it</p></html>",
}  # fmt: skip
"""Read all the same: the words `body of it` are found in each."""

NAMED = {
    "zip bomb.docx": docx(words("A" * (4 << 20))),
    "entities.docx": docx(words("&z;"), prolog=LAUGHS),
    "outside entity.docx": docx(
        words("&e;"), prolog='<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    ),
    "paragraphs.docx": docx("<w:p/>" * 300_000),
    "cut.docx": docx(words("hello"))[:100],
    "deep.json": "[" * 300_000,
    "objects.json": '{"a":' * 100_000,
    "cells.ipynb": '{"cells":[{"cell_type":"markdown","source":' + "[" * 50_000,
    "calendar.ics": "BEGIN:VEVENT\n" * 20_000,
    "kids of itself.pdf": pdf(
        "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[2 0 R 2 0 R]/Count 1000000>>"
    ),
    "kids of kids.pdf": pdf(
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R 3 0 R]/Count 9>>",
        "<</Type/Pages/Kids[2 0 R 2 0 R]/Count 5>>",
    ),
    "a billion pages.pdf": pdf(
        "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[]/Count 999999999999>>"
    ),
    "inflates.pdf": page(stream(zlib.compress(b" " * 80_000_000, 9), FLATE), FONT),
    "inflates twice.pdf": page(
        stream(
            zlib.compress(zlib.compress(b" " * 80_000_000, 9), 9),
            "/Filter[/FlateDecode/FlateDecode]",
        ),
        FONT,
    ),
    "arrays.pdf": page(stream(b"BT /F 1 Tf (body) Tj " + b"[" * 50_000 + b" ET"), FONT),
    "filters.pdf": page(stream(b"41>", f"/Filter[{'/ASCIIHexDecode' * 2_000}]"), FONT),
    "form in itself.pdf": page(
        stream(b"/X Do"), form(b"/X Do /X Do", 5), resources="<</XObject<</X 5 0 R>>>>"
    ),
    "forms in forms.pdf": page(
        stream(b"/X Do"), *[form(b"/X Do " * 10, 6 + n) for n in range(8)],
        resources="<</XObject<</X 5 0 R>>>>",
    ),
    "widths.pdf": page(
        stream(b"BT /F 1 Tf <0001> Tj ET"),
        "<</Type/Font/Subtype/Type0/BaseFont/A/Encoding/Identity-H/DescendantFonts[6 0 R]>>",
        "<</Type/Font/Subtype/CIDFontType2/W[0 2000000000 500]>>",
    ),
    "characters.pdf": page(
        stream(b"BT /F 1 Tf <0001> Tj ET"),
        "<</Type/Font/Subtype/Type0/BaseFont/A/ToUnicode 6 0 R/Encoding/Identity-H>>",
        stream(RANGES + b"<00000000> <FFFFFFFF> <0000> endbfrange endcmap"),
    ),
    "deep array.pdf": pdf("<</Type/Catalog/Pages 2 0 R>>", "[" * 50_000),
    "deep dictionary.pdf": pdf("<</A " * 20_000),
    "table of itself.pdf": (
        b"%PDF-1.5\nxref\n0 1\n0000000000 65535 f \n"
        b"trailer<</Root 1 0 R/Prev 9/Size 1>>\nstartxref\n9\n%%EOF"
    ),
    "objects.pdf": pdf(
        "<</Type/Catalog/Pages 2 0 R>>",
        stream(b"2 0 3 10 <</Type/Pages>>", "/Type/ObjStm/N 1000000000/First 5"),
    ),
    "an archive.md": docx(words("hello")),
    "a picture.html": b"GIF89a/*<html>*/=1;alert(1)",
    "a program.txt": b"\x7fELF" + bytes(range(256)) * 40,
    "without a name": pdf("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[2 0 R]/Count 9>>"),
    "lines.txt": "\n" * 2_000_100,
    "large.txt": "x" * 33_000_000,
}  # fmt: skip
"""Not read, and listed with the reason."""


def as_bytes(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content
