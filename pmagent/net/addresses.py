"""What may be dialled: which addresses are public, and the one reading of a URL.

A URL is taken apart here and nowhere else; the parts are what the rules judge, what is resolved and
what is dialled, so no two readings can differ. Refused are all schemes but http and https, names
before an "@", backslashes, blanks, invisible characters, and hosts that a system's resolver would
take for a number (`127.1`, `0x7f000001`, `①②⑦.⓪.⓪.①`). Of addresses only those on an explicit list
are public: the standard library's `is_global` calls NAT64, 6to4, site-local and multicast ones
global. Pure: nothing is resolved or connected here.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import quote

import idna

from pmagent.errors import FetchError
from pmagent.secrets import Redactor

WEB_PORTS = frozenset({80, 443})
LONGEST_URL = 8_192
LONGEST_SHOWN = 200
"""Characters of the path."""
LONGEST_HOST = 253
LONGEST_LABEL = 63

_Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

_DOCUMENTATION = tuple(
    ipaddress.ip_network(text)
    for text in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20")
)
_UNICAST_6 = ipaddress.ip_network("2000::/3")
# First match speaks. The registries: IANA's special-purpose IPv4 and IPv6 addresses.
_REFUSED = tuple(
    (ipaddress.ip_network(text), what)
    for text, what in (
        ("127.0.0.0/8", "this computer"),
        ("::1/128", "this computer"),
        ("0.0.0.0/8", "this computer or its network"),
        ("::/128", "this computer"),
        # Where clouds answer for keys and start-up scripts; the last two are otherwise public.
        ("169.254.169.254/32", "a cloud's metadata service"),
        ("fd00:ec2::254/128", "a cloud's metadata service"),
        ("100.100.100.200/32", "a cloud's metadata service"),
        ("168.63.129.16/32", "a cloud's metadata service"),
        ("10.0.0.0/8", "a private network"),
        ("172.16.0.0/12", "a private network"),
        ("192.168.0.0/16", "a private network"),
        ("fc00::/7", "a private network"),
        ("100.64.0.0/10", "a provider's inner network"),
        ("169.254.0.0/16", "the local link"),
        ("fe80::/10", "the local link"),
        ("fec0::/10", "a private network"),
        ("192.0.0.0/24", "reserved for protocols"),
        ("192.88.99.0/24", "a relay to another network"),
        ("198.18.0.0/15", "reserved for measuring"),
        ("224.0.0.0/4", "a group of computers"),
        ("ff00::/8", "a group of computers"),
        ("240.0.0.0/4", "reserved"),
        ("::/96", "an IPv4 address in disguise"),
        ("64:ff9b::/96", "an IPv4 address in disguise"),
        ("64:ff9b:1::/48", "an IPv4 address in disguise"),
        ("2002::/16", "an IPv4 address in disguise"),
        ("2001::/32", "an IPv4 address in disguise"),
        ("2001::/23", "reserved for protocols"),
        *((str(network), "reserved for examples") for network in _DOCUMENTATION),
    )
)

_FORM = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)([^?#]*)(\?[^#]*)?(?:#.*)?", re.DOTALL)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_AUTHORITY = re.compile(r"(\[[^\[\]]*\]|[^:\[\]]*)(?::([0-9]{0,5}))?", re.ASCII)
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?", re.ASCII)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)
_QUAD = re.compile(r"(?:0|[1-9][0-9]{0,2})(?:\.(?:0|[1-9][0-9]{0,2})){3}", re.ASCII)
# Everything that is no letter, mark, digit, sign or punctuation: blanks, controls, invisible ones.
_REFUSED_KINDS = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zs", "Zl", "Zp"})
_KEPT_IN_PATH = "%/:@!$&'()*+,;=-._~?[]"
_HINT = 'give it as in "https://example.com/page"'
_NO_VALUES = Redactor(())


@dataclass(frozen=True, kw_only=True)
class WebTarget:
    """Where a request goes, in the parts it is judged by and dialled with."""

    scheme: str
    """`http` or `https`."""
    host: str
    """Lower case ASCII without a closing dot, or an address without brackets."""
    port: int
    path_and_query: str
    """As it is sent: ASCII, from the first slash, without the fragment."""
    shown: str
    """Safe to show: the query is left out and what looks like a key is hidden."""
    is_punycode: bool
    """Whether the host is a name of other letters than ASCII, written as `xn--…`."""
    is_address: bool = False
    """Whether the host is an address, which is not resolved."""

    @property
    def authority(self) -> str:
        """What goes into the Host header: `example.com`, `[2606:4700::1111]:8080`."""
        return _authority_of(self.scheme, self.host, self.port)

    @property
    def origin(self) -> str:
        """`https://example.com`, with the port where it is not the scheme's own."""
        return f"{self.scheme}://{self.authority}"

    @property
    def url(self) -> str:
        """The whole address, query included. Not for messages."""
        return self.origin + self.path_and_query


def check_address(ip: str, *, trusts_documentation: bool = False) -> str | None:
    """Why the address `ip` is not dialled, as a plain sentence, or None where it is public.

    An IPv4 address written as IPv6 is judged as what it stands for. With `trusts_documentation`
    the networks reserved for examples (RFC 5737, RFC 3849) are taken for public ones.
    """
    try:
        address: _Address = ipaddress.ip_address(ip)
    except ValueError:
        return "the name leads to something that is no address"
    if isinstance(address, ipaddress.IPv6Address):
        if address.scope_id is not None:
            return f'the address "{ip}" is the local link'
        if address.ipv4_mapped is not None:
            address = address.ipv4_mapped
    if trusts_documentation and any(address in network for network in _DOCUMENTATION):
        return None
    for network, what in _REFUSED:
        if address in network:
            return f'the address "{address}" is {what}'
    if isinstance(address, ipaddress.IPv6Address) and address not in _UNICAST_6:
        return f'the address "{address}" is not a public one'
    return None


def parse_target(url: str, *, ports: Collection[int] = WEB_PORTS) -> WebTarget:
    """The parts of an http or https address, in the one way they are read.

    Raises:
        FetchError: it is no such address, or is written in a way that two readers could take
            for two addresses. The message holds no part of the path or query.
    """
    if len(url) > LONGEST_URL:
        raise _refused(f"it is longer than {LONGEST_URL:,} characters")
    if "\\" in url:
        raise _refused("it has a backslash in it")
    if any(unicodedata.category(character) in _REFUSED_KINDS for character in url):
        raise _refused("it has a blank, a control or an invisible character in it")
    form = _FORM.fullmatch(url)
    if form is None:
        scheme = _SCHEME.match(url)
        if scheme is not None and scheme[1].lower() not in {"http", "https"}:
            raise _other_scheme(scheme[1])
        raise _refused('it does not begin with "https://" or "http://" and a host')
    scheme = form[1].lower()
    if scheme not in {"http", "https"}:
        raise _other_scheme(scheme)
    host, port, is_address = _read_authority(form[2], 443 if scheme == "https" else 80)
    if port not in ports:
        raise _refused(
            f"port {port} is not granted",
            "the ports of the web are 80 and 443; grant others by name",
        )
    path = quote(form[3] or "/", safe=_KEPT_IN_PATH)
    query = quote(form[4] or "", safe=_KEPT_IN_PATH)
    return WebTarget(
        scheme=scheme,
        host=host,
        port=port,
        path_and_query=path + query,
        shown=_shown(f"{scheme}://{_authority_of(scheme, host, port)}", path) + (query and "?…"),
        is_punycode=any(label.startswith("xn--") for label in host.split(".")),
        is_address=is_address,
    )


def follow_target(
    base: WebTarget, location: str, *, ports: Collection[int] = WEB_PORTS
) -> WebTarget:
    """Where a redirect from `base` to `location`, relative or whole, leads.

    Raises:
        FetchError: as in `parse_target`, or it leads from https to http.
    """
    if _SCHEME.match(location):
        whole = location
    elif location.startswith("//"):
        whole = f"{base.scheme}:{location}"
    elif location.startswith("/"):
        whole = base.origin + location
    elif not location or location.startswith("#"):
        whole = base.url
    elif location.startswith("?"):
        whole = base.origin + base.path_and_query.partition("?")[0] + location
    else:
        folder = base.path_and_query.partition("?")[0].rpartition("/")[0]
        whole = base.origin + _without_dots(f"{folder}/{location}")
    target = parse_target(whole, ports=ports)
    if base.scheme == "https" and target.scheme == "http":
        raise _refused("it leads from https to http, where others could read along")
    return target


def _shown(origin: str, path: str) -> str:
    hidden = _NO_VALUES.redact(origin + path)
    most = len(origin) + LONGEST_SHOWN
    return hidden if len(hidden) <= most else f"{hidden[:most]}…"


def _authority_of(scheme: str, host: str, port: int) -> str:
    bracketed = f"[{host}]" if ":" in host else host
    usual = 443 if scheme == "https" else 80
    return bracketed if port == usual else f"{bracketed}:{port}"


def _read_authority(text: str, usual_port: int) -> tuple[str, int, bool]:
    if "@" in text:
        raise _refused('it names a user before an "@"')
    parts = _AUTHORITY.fullmatch(text)
    if parts is None or not parts[1]:
        raise _refused("its host or port cannot be read")
    port = int(parts[2]) if parts[2] else usual_port
    if not 0 < port < 65_536:
        raise _refused(f"there is no port {port}")
    if parts[1].startswith("["):
        return _address_in_brackets(parts[1][1:-1]), port, True
    host = _host_name(parts[1])
    return host, port, _QUAD.fullmatch(host) is not None


def _address_in_brackets(text: str) -> str:
    try:
        address = ipaddress.IPv6Address(text)
    except ValueError:
        raise _refused("what stands in brackets is no IPv6 address") from None
    if address.scope_id is not None:
        raise _refused("its address names a network card")
    return str(address)


def _host_name(written: str) -> str:
    host = written.lower()
    if not written.isascii():
        host = _in_ascii(written)
    host = host.removesuffix(".")
    labels = host.split(".")
    if len(host) > LONGEST_HOST or not all(
        len(label) <= LONGEST_LABEL and _LABEL.fullmatch(label) for label in labels
    ):
        raise _refused("its host is no name")
    if not _NUMBER.fullmatch(labels[-1]):
        return host
    # No top-level domain is a number, but a resolver takes "127.1" and "0x7f.1" for addresses.
    if not (written.isascii() and _QUAD.fullmatch(host)):
        raise _refused("its host is a number, not a name")
    try:
        return str(ipaddress.IPv4Address(host))
    except ValueError:
        raise _refused("its host is a number, not a name") from None


def _in_ascii(written: str) -> str:
    if len(written) > LONGEST_HOST:
        raise _refused("its host is no name")
    try:
        return idna.encode(written, uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        raise _refused("its host is no name") from None


def _without_dots(path: str) -> str:
    """RFC 3986 section 5.2.4 for what a relative redirect is joined to."""
    tail = min((place for mark in "?#" if (place := path.find(mark)) >= 0), default=len(path))
    kept: list[str] = []
    parts = path[:tail].split("/")[1:]
    for part in parts:
        if part == "..":
            del kept[-1:]
        elif part != ".":
            kept.append(part)
    if parts and parts[-1] in {".", ".."}:
        kept.append("")
    return "/" + "/".join(kept) + path[tail:]


def _other_scheme(scheme: str) -> FetchError:
    return _refused(f'only http and https are fetched, not "{scheme.lower()[:20]}"')


def _refused(why: str, hint: str = _HINT) -> FetchError:
    return FetchError(f"the address is refused: {why}", hint)
