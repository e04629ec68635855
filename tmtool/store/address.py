"""Where a memory is: a file, or a database on a server."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qsl, quote, unquote, urlencode

_SCHEMES = ("postgresql://", "postgres://")
_SECRET = ("password", "sslpassword")


@dataclass(frozen=True, slots=True)
class DatabaseUrl:
    """The URL of a database of PostgreSQL, as libpq takes it; shown without its password."""

    url: str = field(repr=False)

    def __str__(self) -> str:
        scheme, rest = self.url.split("://", 1)
        credentials, at, place = rest.rpartition("@")
        place, _, query = place.partition("?")
        shown = [(key, value) for key, value in parse_qsl(query) if key not in _SECRET]
        query = f"?{urlencode(shown, safe='/')}" if shown else ""
        return f"{scheme}://{credentials.partition(':')[0]}{at}{place}{query}"

    @property
    def secrets(self) -> list[str]:
        """Passwords in the URL, as they stand there and as they are meant."""
        credentials, _, place = self.url.split("://", 1)[1].rpartition("@")
        _, _, query = place.partition("?")
        found = [credentials.partition(":")[2]]
        found += [value for key, value in parse_qsl(query) if key in _SECRET]
        return sorted({*found, *map(unquote, found), *map(quote, found)} - {""}, key=len)[::-1]

    def with_default(self, key: str, value: str) -> str:
        """The URL with a parameter, unless it sets that one."""
        _, _, query = self.url.partition("?")
        if key in dict(parse_qsl(query)):
            return self.url
        return f"{self.url}{'&' if '?' in self.url else '?'}{key}={quote(value)}"


Address = Path | DatabaseUrl
Role = Literal["reader", "translator", "reviewer", "owner"]
"""What somebody is to a memory on a server; each may do what those before it may."""


def is_url(place: str) -> bool:
    """Whether a text is the URL of a database."""
    return place.startswith(_SCHEMES)


def address(place: str | os.PathLike[str] | DatabaseUrl) -> Address:
    """What a text or a path says of where a memory is."""
    if isinstance(place, DatabaseUrl):
        return place
    text = os.fspath(place)
    return DatabaseUrl(text) if is_url(text) else Path(place)


def public(place: str) -> str:
    """What a text says of where something is, without a password."""
    return str(DatabaseUrl(place)) if is_url(place) else place
