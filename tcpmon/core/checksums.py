"""Checksums by name: XOR, sums, LRC and the CRCs that are whole bytes wide.

It knows bytes and numbers only; how a checksum is written behind a message is the payload's.
"""

from binascii import crc32, crc_hqx
from collections.abc import Callable
from functools import cache

from msgspec import Struct


class Checksum(Struct, frozen=True):
    """name: as the catalogue writes it. size: in bytes. little: whether its lowest byte usually
    goes first, as with all CRCs that take the lowest bit first."""

    name: str
    size: int
    little: bool
    of: Callable[[bytes], int]


# Width and name, polynomial, initial value, r = reflected, final XOR, other names.
# Source: the public Catalogue of parametrised CRC algorithms, by its own names and aliases.
_CRCS = """
crc-8/autosar 2f ff - ff
crc-8/bluetooth a7 0 r 0
crc-8/cdma2000 9b ff - 0
crc-8/darc 39 0 r 0
crc-8/dvb-s2 d5 0 - 0
crc-8/gsm-a 1d 0 - 0
crc-8/gsm-b 49 0 - ff
crc-8/hitag 1d ff - 0
crc-8/i-432-1 7 0 - 55 crc-8/itu
crc-8/i-code 1d fd - 0
crc-8/lte 9b 0 - 0
crc-8/maxim-dow 31 0 r 0 crc-8/maxim dow-crc
crc-8/mifare-mad 1d c7 - 0
crc-8/nrsc-5 31 ff - 0
crc-8/opensafety 2f 0 - 0
crc-8/rohc 7 ff r 0
crc-8/sae-j1850 1d ff - ff
crc-8/smbus 7 0 - 0 crc-8
crc-8/tech-3250 1d ff r 0 crc-8/aes crc-8/ebu
crc-8/wcdma 9b 0 r 0
crc-16/arc 8005 0 r 0 crc-16 crc-16/lha crc-ibm
crc-16/cdma2000 c867 ffff - 0
crc-16/cms 8005 ffff - 0
crc-16/dds-110 8005 800d - 0
crc-16/dect-r 589 0 - 1
crc-16/dect-x 589 0 - 0
crc-16/dnp 3d65 0 r ffff
crc-16/en-13757 3d65 0 - ffff
crc-16/genibus 1021 ffff - ffff crc-16/darc crc-16/epc crc-16/epc-c1g2 crc-16/i-code
crc-16/gsm 1021 0 - ffff
crc-16/ibm-3740 1021 ffff - 0 crc-16/ccitt-false crc-16/autosar
crc-16/ibm-sdlc 1021 ffff r ffff crc-16/x-25 crc-16/iso-hdlc crc-16/iso-iec-14443-3-b crc-b x-25
crc-16/iso-iec-14443-3-a 1021 c6c6 r 0 crc-a
crc-16/kermit 1021 0 r 0 crc-16/ccitt crc-16/ccitt-true crc-16/bluetooth crc-16/v-41-lsb crc-ccitt
crc-16/lj1200 6f63 0 - 0
crc-16/m17 5935 ffff - 0
crc-16/maxim-dow 8005 0 r ffff crc-16/maxim
crc-16/mcrf4xx 1021 ffff r 0
crc-16/modbus 8005 ffff r 0
crc-16/nrsc-5 80b ffff r 0
crc-16/opensafety-a 5935 0 - 0
crc-16/opensafety-b 755b 0 - 0
crc-16/profibus 1dcf ffff - ffff crc-16/iec-61158-2
crc-16/riello 1021 b2aa r 0
crc-16/spi-fujitsu 1021 1d0f - 0 crc-16/aug-ccitt
crc-16/t10-dif 8bb7 0 - 0
crc-16/teledisk a097 0 - 0
crc-16/tms37157 1021 89ec r 0
crc-16/umts 8005 0 - 0 crc-16/buypass crc-16/verifone
crc-16/usb 8005 ffff r ffff
crc-16/xmodem 1021 0 - 0 crc-16/acorn crc-16/lte crc-16/v-41-msb
crc-24/ble 65b 555555 r 0
crc-24/flexray-a 5d6dcb fedcba - 0
crc-24/flexray-b 5d6dcb abcdef - 0
crc-24/interlaken 328b63 ffffff - ffffff
crc-24/lte-a 864cfb 0 - 0
crc-24/lte-b 800063 0 - 0
crc-24/openpgp 864cfb b704ce - 0 crc-24
crc-24/os-9 800063 ffffff - ffffff
crc-32/aixm 814141ab 0 - 0 crc-32q
crc-32/autosar f4acfb13 ffffffff r ffffffff
crc-32/base91-d a833982b ffffffff r ffffffff crc-32d
crc-32/bzip2 4c11db7 ffffffff - ffffffff crc-32/aal5 crc-32/dect-b
crc-32/cd-rom-edc 8001801b 0 r 0
crc-32/cksum 4c11db7 0 - ffffffff crc-32/posix
crc-32/iscsi 1edc6f41 ffffffff r ffffffff crc-32c crc-32/castagnoli crc-32/interlaken crc-32/nvme
crc-32/iso-hdlc 4c11db7 ffffffff r ffffffff crc-32 crc-32/adccp crc-32/v-42 crc-32/xz crc-32/pkzip
crc-32/jamcrc 4c11db7 ffffffff r 0
crc-32/mef 741b8cd7 ffffffff r 0
crc-32/mpeg-2 4c11db7 ffffffff - 0
crc-32/xfer af 0 - 0
crc-64/ecma-182 42f0e1eba9ea3693 0 - 0 crc-64
crc-64/go-iso 1b ffffffffffffffff r ffffffffffffffff
crc-64/ms 259c84cba6426349 ffffffffffffffff r 0
crc-64/nvme ad93d23594c93659 ffffffffffffffff r ffffffffffffffff
crc-64/redis ad93d23594c935a9 0 r 0
crc-64/we 42f0e1eba9ea3693 ffffffffffffffff - ffffffffffffffff
crc-64/xz 42f0e1eba9ea3693 ffffffffffffffff r ffffffffffffffff crc-64/go-ecma
"""


def _xor(data: bytes) -> int:
    # Halves of the whole, one on the other, until one byte is left.
    number, size = int.from_bytes(data), len(data)
    while size > 1:
        size = (size + 1) // 2
        number = number >> 8 * size ^ number & (1 << 8 * size) - 1
    return number


def _lrc(data: bytes) -> int:
    return -sum(data) & 0xFF


def _sum(size: int) -> Callable[[bytes], int]:
    mask = (1 << 8 * size) - 1
    return lambda data: sum(data) & mask


SIMPLE = {
    "xor": Checksum("xor", 1, False, _xor),
    "lrc": Checksum("lrc", 1, False, _lrc),
    "sum8": Checksum("sum8", 1, False, _sum(1)),
    "sum16": Checksum("sum16", 2, False, _sum(2)),
    "sum32": Checksum("sum32", 4, False, _sum(4)),
}
"""What is no CRC. lrc: the two's complement of the sum, as Modbus ASCII has it."""


def find(name: str) -> Checksum | None:
    """Return the checksum of a name, whatever its letters' case and what separates its parts."""
    key = _key(name)
    line = _lines().get(key)
    return SIMPLE.get(key) if line is None else _made(line)


def names() -> list[str]:
    """Return the names of all there are, other names of the same left out."""
    return [*SIMPLE, *(line.split()[0] for line in _CRCS.splitlines() if line)]


def nearest(name: str) -> list[str]:
    """Return the names that are most like one that is not known."""
    from difflib import get_close_matches

    known = {_key(known): known for known in names()}
    known |= {key: line.split()[0] for key, line in _lines().items() if key not in known}
    close = get_close_matches(_key(name[:40]), known, 3, 0.6)
    return list(dict.fromkeys(known[key] for key in close))


def _key(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "").replace("/", "")


@cache
def _lines() -> dict[str, str]:
    lines: dict[str, str] = {}
    for line in _CRCS.splitlines():
        for name in [*line.split()[:1], *line.split()[5:]]:
            lines[_key(name)] = line
    return lines


@cache
def _made(line: str) -> Checksum:
    name, poly, init, order, final = line.split()[:5]
    width = int(name.split("/")[0][4:])
    crc = _crc(width, int(poly, 16), int(init, 16), order == "r", int(final, 16))
    return Checksum(name, width // 8, order == "r", crc)


def _crc(width: int, poly: int, init: int, reflected: bool, final: int) -> Callable[[bytes], int]:
    if (width, poly, reflected) == (16, 0x1021, False):
        return lambda data: crc_hqx(data, init) ^ final
    if (width, poly, reflected, init) == (32, 0x04C11DB7, True, 0xFFFFFFFF):
        return lambda data: crc32(data) ^ 0xFFFFFFFF ^ final
    return (_lowest_first if reflected else _highest_first)(width, poly, init, final)


def _lowest_first(width: int, poly: int, init: int, final: int) -> Callable[[bytes], int]:
    start, turned = _turned(init, width), _turned(poly, width)
    table = []
    for byte in range(256):
        number = byte
        for _ in range(8):
            number = number >> 1 ^ (turned if number & 1 else 0)
        table.append(number)

    def crc(data: bytes) -> int:
        total = start
        for byte in data:
            total = total >> 8 ^ table[(total ^ byte) & 0xFF]
        return total ^ final

    return crc


def _highest_first(width: int, poly: int, init: int, final: int) -> Callable[[bytes], int]:
    mask, top, shift = (1 << width) - 1, 1 << width - 1, width - 8
    table = []
    for byte in range(256):
        number = byte << shift
        for _ in range(8):
            number = (number << 1 ^ (poly if number & top else 0)) & mask
        table.append(number)

    def crc(data: bytes) -> int:
        total = init
        for byte in data:
            total = total << 8 & mask ^ table[total >> shift ^ byte]
        return total ^ final

    return crc


def _turned(number: int, width: int) -> int:
    return int(f"{number:0{width}b}"[::-1], 2)
