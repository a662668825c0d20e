"""Word and PDF files: what is refused, and before it costs anything."""

from __future__ import annotations

import io
import logging
import zipfile
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter

from pmagent.errors import ReadError, SkipError
from pmagent.ingest.parse import parse

CORPUS = Path(__file__).parent.parent / "corpus"
NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def docx(body: str, *, prolog: str = "", name: str = "word/document.xml") -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        text = f'{prolog}<w:document xmlns:w="{NAMESPACE}"><w:body>{body}</w:body></w:document>'
        archive.writestr(name, text)
    return stream.getvalue()


def pdf(writer: PdfWriter) -> bytes:
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def test_a_document_that_unpacks_to_a_hundred_megabytes_is_refused() -> None:
    bomb = docx(paragraph("A" * (100 << 20)))

    with pytest.raises(SkipError, match=r"^unpacks to 100 MB, which no document needs$"):
        parse(bomb, "a.docx")


def test_a_size_that_is_lied_about_is_found_out() -> None:
    honest = docx(paragraph("A" * (80 << 20)))
    at = honest.index(b"PK\x01\x02") + 24  # the unpacked size, in the archive's directory

    with pytest.raises(ReadError):
        parse(honest[:at] + (1000).to_bytes(4, "little") + honest[at + 4 :], "a.docx")


def test_xml_entities_are_refused() -> None:
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'

    with pytest.raises(ReadError, match="declares XML entities"):
        parse(docx(paragraph("&b;"), prolog=laughs), "a.docx")


def test_elements_nested_ever_deeper_are_read() -> None:
    depth = 15_000
    body = "<w:tbl><w:tr><w:tc>" * depth + paragraph("deep down") + "</w:tc></w:tr></w:tbl>" * depth

    assert [block.text for block in parse(docx(body), "a.docx").blocks] == ["deep down"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"PK\x03\x04" + bytes(40), "the file is damaged: File is not a zip file"),
        (docx(paragraph("x"))[:200], "the file is damaged: File is not a zip file"),
        (docx("", name="xl/workbook.xml"), "the file is no Word document: it has no text part"),
        (docx("<w:p>"), "the document's XML is damaged: mismatched tag: line 1, column 98"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "the file is encrypted, or from Word before 2007"),
        (docx(paragraph(" ")), "empty"),
    ],
    ids=["no archive", "cut", "a workbook", "bad XML", "old Word", "no words"],
)
def test_a_broken_document_is_refused_with_its_reason(data: bytes, reason: str) -> None:
    with pytest.raises(ReadError) as refusal:
        parse(data, "a.docx")

    assert refusal.value.message == reason


def test_an_encrypted_pdf_is_named_as_such() -> None:
    writer = PdfWriter(clone_from=PdfReader(CORPUS / "paper.pdf"))
    writer.encrypt("secret", algorithm="RC4-128")

    with pytest.raises(ReadError, match=r"^the file is encrypted$") as refusal:
        parse(pdf(writer), "a.pdf")
    assert refusal.value.hint == "save it without a password"


def test_a_pdf_that_only_restricts_printing_is_read() -> None:
    writer = PdfWriter(clone_from=PdfReader(CORPUS / "paper.pdf"))
    writer.encrypt("", "owner", algorithm="RC4-128")

    assert parse(pdf(writer), "a.pdf").blocks[0].text.startswith("A small paper")


def test_a_pdf_of_pictures_is_skipped() -> None:
    writer = PdfWriter()
    writer.add_blank_page(100, 100)

    with pytest.raises(SkipError, match=r"^no text layer: the pages are pictures$"):
        parse(pdf(writer), "a.pdf")


def test_a_cut_pdf_is_refused_without_a_word_on_the_log(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    data = (CORPUS / "paper.pdf").read_bytes()

    with caplog.at_level(logging.DEBUG), pytest.raises(ReadError):
        parse(data[:260], "a.pdf")

    assert capfd.readouterr() == ("", "")
    assert caplog.text == ""


def test_a_long_pdf_is_read_as_far_as_the_limit() -> None:
    page = PdfReader(CORPUS / "paper.pdf").pages[1]
    writer = PdfWriter()
    for _ in range(2_003):
        writer.add_page(page)

    parsed = parse(pdf(writer), "a.pdf")

    assert parsed.blocks[-1].page == 2_000
    assert parsed.warnings == ("only the first 2,000 of 2,003 pages were read",)
