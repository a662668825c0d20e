"""Kits of one garden: made from a document, written below `drafts/kits/` through the gate."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from pmagent.errors import AccessError, ReadError
from pmagent.jobs.grounds import JobGrounds
from pmagent.jobs.manifests import manifest_path, read_manifest, spans_of_kit, write_manifest
from pmagent.publish.render import formats
from pmagent.types.actions import Done, Outcome
from pmagent.types.checking import Manifest
from pmagent.types.jobs import Saved
from pmagent.types.publishing import Kit

FOLDER = "drafts/kits"
POST = "post.md"
"""The draft that is checked and published; its manifest stands beside it."""
_NOT_IN_A_NAME = re.compile(r"[^\w.-]+")


def save_kit(kit: Kit, grounds: JobGrounds) -> Iterator[Saved]:
    """Write every format that the kit can be had in, then the manifest."""
    folder = _folder(kit, grounds)
    for form in formats():
        made = form.make(kit)
        if not made.text:
            continue
        path = f"{folder}/{form.file_name}"
        outcome = _write(path, made.text, f"the {form.name} form of the kit", grounds)
        yield Saved(path=path, outcome=outcome, problems=(*made.remarks, *form.check(made.text)))
        if not isinstance(outcome, Done):
            return
    yield _save_manifest(kit, f"{folder}/{POST}", grounds)


def _save_manifest(kit: Kit, draft: str, grounds: JobGrounds) -> Saved:
    document = kit.transcript.document
    manifest = Manifest(
        draft=draft,
        digest=digest_of(grounds, draft) or "",
        made_at=grounds.now(),
        made_by=kit.made_by,
        source=document.path,
        source_digest=document.digest,
        spans=spans_of_kit(kit, grounds.lines),
    )
    path = manifest_path(draft)
    outcome = _write(path, write_manifest(manifest), "what the kit was made of", grounds)
    return Saved(path=path, outcome=outcome)


def _write(path: str, text: str, what: str, grounds: JobGrounds) -> Outcome:
    given = {"file_path": path, "content": text}
    return grounds.garden.perform("Write", given, by="command", why=what)


def _folder(kit: Kit, grounds: JobGrounds) -> str:
    """The kit's own folder; the next free one where a person has edited what stands in it."""
    name = kit.transcript.document.path.rpartition("/")[2]
    slug = _NOT_IN_A_NAME.sub("-", name.rpartition(".")[0] or name).strip("-.").lower() or "kit"
    number = 1
    while True:
        folder = f"{FOLDER}/{slug}" + (f"-{number}" if number > 1 else "")
        if _is_ours(folder, kit, grounds):
            return folder
        number += 1


def _is_ours(folder: str, kit: Kit, grounds: JobGrounds) -> bool:
    draft = f"{folder}/{POST}"
    now = digest_of(grounds, draft)
    if now is None:
        return True
    path = manifest_path(draft)
    try:
        manifest = read_manifest("\n".join(grounds.lines(path)), path)
    except (AccessError, ReadError):
        return False
    return manifest.digest == now and manifest.source == kit.transcript.document.path


def digest_of(grounds: JobGrounds, path: str) -> str | None:
    """SHA-256 of a file's bytes; None where there is none that may be read."""
    try:
        data, _ = grounds.walls.read(path, limit=grounds.limit_bytes)
    except (AccessError, ReadError):
        return None
    return hashlib.sha256(data).hexdigest()
