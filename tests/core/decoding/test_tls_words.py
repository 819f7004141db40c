"""The names of TLS are those of the registry."""

import ssl

from tcpmon.core.decoding.tls_words import CIPHERS, VERSIONS


def test_versions() -> None:
    """Python's own numbers have Python's own names."""
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        assert VERSIONS[version].replace("TLS ", "TLSv").replace(".", "_") == version.name


def test_ciphers() -> None:
    """Every cipher that Python offers by default is known by its name."""
    offered = [cipher["id"] & 0xFFFF for cipher in ssl.create_default_context().get_ciphers()]
    assert [hex(cipher) for cipher in offered if cipher not in CIPHERS] == []
    assert len(set(CIPHERS.values())) == len(CIPHERS)
