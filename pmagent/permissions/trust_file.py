"""The trust file as it lies on disk, format 1, checked field by field."""

from __future__ import annotations

from datetime import UTC
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from pmagent.permissions.trust import Grant, Trust, TrustedFile
from pmagent.types.actions import TrustLevel

FORMAT = 1


def decode_trust(data: bytes) -> Trust | None:
    """What the bytes of a trust file say; None where they are damaged."""
    try:
        return _StoredTrust.model_validate_json(data).value()
    except ValidationError:
        return None


def encode_trust(trust: Trust) -> bytes:
    """The bytes of a trust file."""
    return _StoredTrust.of(trust).model_dump_json(indent=1).encode() + b"\n"


_Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Stored(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _StoredGrant(_Stored):
    rule: str
    granted_at: AwareDatetime
    expires_at: AwareDatetime | None = None
    session: str = ""
    uses: Annotated[int, Field(ge=0)] = 0
    last_used: AwareDatetime | None = None


class _StoredFile(_Stored):
    what: str
    sha256: _Digest
    at: AwareDatetime


class _StoredTrust(_Stored):
    """The file on disk, format 1."""

    format: Literal[1]
    level: Annotated[int, Field(ge=0, le=max(TrustLevel))]
    grants: tuple[_StoredGrant, ...] = ()
    files: tuple[_StoredFile, ...] = ()

    @classmethod
    def of(cls, trust: Trust) -> _StoredTrust:
        return cls(
            format=FORMAT,
            level=int(trust.level),
            grants=tuple(
                _StoredGrant(
                    rule=grant.rule,
                    granted_at=grant.granted_at.astimezone(UTC),
                    expires_at=grant.expires_at and grant.expires_at.astimezone(UTC),
                    session=grant.session,
                    uses=grant.uses,
                    last_used=grant.last_used and grant.last_used.astimezone(UTC),
                )
                for grant in trust.grants
            ),
            files=tuple(
                _StoredFile(what=file.what, sha256=file.sha256, at=file.at.astimezone(UTC))
                for file in trust.files
            ),
        )

    def value(self) -> Trust:
        return Trust(
            level=TrustLevel(self.level),
            grants=tuple(Grant(**dict(grant)) for grant in self.grants),
            files=tuple(TrustedFile(**dict(file)) for file in self.files),
        )
