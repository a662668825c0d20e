"""Strangers' formats are read here: in a process without files, network or programs.

Answers `parse_outside.OutsideParser` over its standard input and output. After its imports it gives
up everything but the two pipes; the most that a file can do to it is to end it.
"""

from __future__ import annotations

import codecs
import importlib
import resource
from contextlib import suppress

from pmagent.errors import ReadError, SkipError
from pmagent.index.parse_form import pack
from pmagent.ingest.parse import load_parsers, take
from pmagent.sandbox.frames import Frame, serve
from pmagent.sandbox.worker_walls import confine_self

MEMORY_MB = 512
CPU_S = 600
"""Over all files it reads; each of them has its own, shorter time."""
_ENCODINGS = (
    "utf_8 utf_8_sig utf_16 utf_16_le utf_16_be utf_32 utf_32_le utf_32_be utf_7 ascii latin_1 "
    "charmap unicode_escape raw_unicode_escape mac_roman cp437 cp850 cp932 shift_jis "
    "shift_jis_2004 shift_jisx0213 euc_jp euc_jis_2004 euc_jisx0213 iso2022_jp gbk gb2312 gb18030 "
    "hz big5 big5hkscs cp949 cp950 euc_kr johab iso2022_kr cp1250 cp1251 cp1252 cp1253 cp1254 "
    "cp1255 cp1256 cp1257 cp1258 koi8_r koi8_u iso8859_1 iso8859_2 iso8859_3 iso8859_4 iso8859_5 "
    "iso8859_6 iso8859_7 iso8859_8 iso8859_9 iso8859_10 iso8859_11 iso8859_13 iso8859_14 "
    "iso8859_15 iso8859_16 tis_620 ptcp154 kz1048 cp720 cp866 "
)
"""What text of old files may be in: a codec cannot be loaded any more when it is needed."""
_PDF = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>
endobj
4 0 obj<</Length 60/Filter/ASCIIHexDecode>>stream
4254202f46203120546620287829204554203c3c3e3e204254284829546a>
endstream endobj
5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>endobj
6 0 obj<</Title(x)>>endobj
trailer<</Root 1 0 R/Info 6 0 R/Size 7>>
startxref
0
%%EOF
"""
_SAMPLES = (
    ("a.pdf", _PDF),
    ("a.html", b"<!doctype html><p>caf&eacute; &amp; more</p>"),
    ("a.csv", b"name,price\nseat,9\n"),
    ("a.json", b'{"segments": [{"start": 0, "end": 1, "text": "hello"}]}'),
    ("a.ics", b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x\nEND:VEVENT\nEND:VCALENDAR\n"),
    ("a.txt", "Grüße aus Köln, es war schön dort".encode("cp1252") * 20),
    ("a.txt", "Съешь же ещё этих мягких булок, да выпей чаю. ".encode("cp1251") * 20),
)
"""Read once beforehand, so that whatever is loaded late is loaded."""


def main() -> None:
    """Load, confine, serve."""
    _load()
    is_confined = confine_self(memory_mb=MEMORY_MB, cpu_s=CPU_S)
    if not is_confined:
        # No walls in this kernel: a process of its own with bounds is what remains, and is said.
        _bound()
    serve(lambda request: _answer(request, is_confined=is_confined))


def _load() -> None:
    load_parsers()
    for name in _ENCODINGS.split():
        with suppress(ImportError):
            importlib.import_module(f"encodings.{name}")
        with suppress(LookupError):
            codecs.lookup(name)
    for path, data in _SAMPLES:
        with suppress(ReadError):
            take(data, path)


def _bound() -> None:
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MB << 20, MEMORY_MB << 20))
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _answer(request: Frame, *, is_confined: bool) -> Frame:
    path = request.header.get("path")
    if not isinstance(path, str):
        return Frame({"confined": is_confined})
    try:
        return Frame({"ok": True}, pack(take(request.payload, path)))
    except ReadError as exc:
        kind = "skip" if isinstance(exc, SkipError) else "read"
        return Frame({"error": kind, "message": exc.message, "hint": exc.hint})
    except MemoryError:
        return Frame({"error": "read", "message": "too large for the memory there is", "hint": ""})


if __name__ == "__main__":
    main()
