"""Reading an answer's body under a cap on its decoded bytes."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from . import MaybeSent

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Iterable

#: What zlib is told to expect: the header of gzip or of zlib itself.
_EITHER_HEADER = zlib.MAX_WBITS | 32


class BodyReader:
    """Takes a body's chunks as they came over the wire, and never holds more than the cap and one chunk."""

    def __init__(self, max_bytes: int, content_encoding: str) -> None:
        encoding = content_encoding.strip().lower()
        if encoding not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise MaybeSent("the answer has a content encoding that nobody asked for")
        self._decoder = None if encoding in ("", "identity") else zlib.decompressobj(_EITHER_HEADER)
        self._max_bytes = max_bytes
        self._body = bytearray()

    def feed(self, chunk: bytes) -> None:
        if self._decoder is not None:
            try:
                # One byte more than fits is enough to know; a bomb is not unpacked any further.
                chunk = self._decoder.decompress(chunk, self._max_bytes - len(self._body) + 1)
            except zlib.error:
                raise MaybeSent("the answer's body cannot be decoded") from None
        self._body += chunk
        if len(self._body) > self._max_bytes:
            raise MaybeSent("the answer's body is larger than max_response_bytes")

    def finish(self) -> bytes:
        if self._decoder is not None and not self._decoder.eof and self._body:
            raise MaybeSent("the answer's body was cut")
        return bytes(self._body)


def read(chunks: Iterable[bytes], max_bytes: int, content_encoding: str) -> bytes:
    """Read a body whole."""
    reader = BodyReader(max_bytes, content_encoding)
    for chunk in chunks:
        reader.feed(chunk)
    return reader.finish()


async def aread(chunks: AsyncIterable[bytes], max_bytes: int, content_encoding: str) -> bytes:
    """Read a body whole, without blocking."""
    reader = BodyReader(max_bytes, content_encoding)
    async for chunk in chunks:
        reader.feed(chunk)
    return reader.finish()


#: What every transport adds to the request: an answer without encoding, on a connection that ends with it.
OWN_HEADERS = [("Accept-Encoding", "identity"), ("Connection", "close")]
