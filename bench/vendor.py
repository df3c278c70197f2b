"""`python -m bench.vendor PORT SECONDS`: takes messages in as Twilio does, after so many seconds.

As little work as can be, so that what is measured is the sender. Listens on this machine alone.
"""

import asyncio
import itertools
import secrets
import sys

HOST = "127.0.0.1"
_numbers = itertools.count(secrets.randbits(96))
_HEAD = "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}"
_BODY = (
    '{{"sid": "SM{:032x}", "status": "accepted", "error_code": null, "body": "",'
    ' "direction": "outbound-api"}}'
)


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, wait: float) -> None:
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
            await reader.readexactly(int(length or 0))
            if wait:
                await asyncio.sleep(wait)
            body = _BODY.format(next(_numbers))
            writer.write(_HEAD.format(len(body), body).encode())
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def main(port: int, wait: float) -> None:
    """Answer until ended."""
    server = await asyncio.start_server(lambda r, w: _serve(r, w, wait), HOST, port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), float(sys.argv[2])))
