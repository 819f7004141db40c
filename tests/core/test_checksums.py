"""Each checksum is the one that its name promises."""

from functools import reduce
from operator import xor

import pytest
from hypothesis import given, strategies as st

from tcpmon.core.checksums import find, names, nearest

# What the catalogue gives as each CRC's check value: that of "123456789".
CHECKS = {
    "crc-8": """autosar df bluetooth 26 cdma2000 da darc 15 dvb-s2 bc gsm-a 37 gsm-b 94 hitag b4
        i-432-1 a1 i-code 7e lte ea maxim-dow a1 mifare-mad 99 nrsc-5 f7 opensafety 3e rohc d0
        sae-j1850 4b smbus f4 tech-3250 97 wcdma 25""",
    "crc-16": """arc bb3d cdma2000 4c06 cms aee7 dds-110 9ecf dect-r 7e dect-x 7f dnp ea82
        en-13757 c2b7 genibus d64e gsm ce3c ibm-3740 29b1 ibm-sdlc 906e iso-iec-14443-3-a bf05
        kermit 2189 lj1200 bdf4 m17 772b maxim-dow 44c2 mcrf4xx 6f91 modbus 4b37 nrsc-5 a066
        opensafety-a 5d38 opensafety-b 20fe profibus a819 riello 63d0 spi-fujitsu e5cc
        t10-dif d0db teledisk fb3 tms37157 26b1 umts fee8 usb b4c8 xmodem 31c3""",
    "crc-24": """ble c25a56 flexray-a 7979bd flexray-b 1f23b8 interlaken b4f3e6 lte-a cde703
        lte-b 23ef52 openpgp 21cf02 os-9 200fa5""",
    "crc-32": """aixm 3010bf7f autosar 1697d06a base91-d 87315576 bzip2 fc891918
        cd-rom-edc 6ec2edc4 cksum 765e7680 iscsi e3069283 iso-hdlc cbf43926 jamcrc 340bc6d9
        mef d2c22f51 mpeg-2 376e6e7 xfer bd0be338""",
    "crc-64": """ecma-182 6c40df5f0b497347 go-iso b90956c775a41001 ms 75d4b74f024eceea
        nvme ae8b14860a799888 redis e9c6d914c4b8d9ca we 62ec59e3f1a4f00a xz 995dc9bbdf1939fa""",
}
CHECK = {
    f"{family}/{name}": int(value, 16)
    for family, text in CHECKS.items()
    for name, value in zip(text.split()[::2], text.split()[1::2], strict=True)
}


@pytest.mark.parametrize("name", [name for name in names() if name.startswith("crc")])
def test_check_value(name: str) -> None:
    """Every CRC has the catalogue's check value, and its width."""
    checksum = find(name)
    assert checksum is not None
    assert checksum.of(b"123456789") == CHECK[name]
    assert checksum.size == int(name.split("/", maxsplit=1)[0][4:]) // 8


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("crc16x25", "crc-16/ibm-sdlc"),
        ("CRC16_MODBUS", "crc-16/modbus"),
        ("crc-16/ccitt-false", "crc-16/ibm-3740"),
        ("crc32", "crc-32/iso-hdlc"),
        ("crc32c", "crc-32/iscsi"),
        ("crc8", "crc-8/smbus"),
        ("crc16", "crc-16/arc"),
        ("XOR", "xor"),
        ("sum-8", "sum8"),
    ],
)
def test_a_name_is_written_freely(name: str, other: str) -> None:
    """Case and separators do not matter; other names that the catalogue has are known."""
    checksum = find(name)
    assert checksum is not None
    assert checksum.name == other
    assert checksum is find(other)


@given(st.binary(max_size=300))
def test_sums(data: bytes) -> None:
    """XOR, sums and LRC are what they are called: all bytes and the LRC add up to nothing."""
    values = {name: checksum.of(data) for name in names()[:5] if (checksum := find(name))}
    total = sum(data)
    assert values["xor"] == reduce(xor, data, 0)
    assert (total + values["lrc"]) % 256 == 0
    assert [values["sum8"], values["sum16"], values["sum32"]] == [total % 256, total % 65536, total]


@pytest.mark.parametrize(
    ("name", "near"),
    [("crc16/modbuss", "crc-16/modbus"), ("crc16/ccit-false", "crc-16/ibm-3740"), ("xro", "xor")],
)
def test_what_is_not_known_is_answered_with_what_is_near(name: str, near: str) -> None:
    """A name that is none is not found, and the one that was meant is told."""
    assert find(name) is None
    assert near in nearest(name)


def test_no_name_stands_for_two() -> None:
    """All names of the catalogue that are left are different ones, each with a check value."""
    found = [find(name) for name in names()]
    assert len({checksum.name for checksum in found if checksum}) == len(names())
    assert set(CHECK) == {name for name in names() if name.startswith("crc")}
