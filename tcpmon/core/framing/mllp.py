"""HL7 messages in the minimal lower layer protocol: VT, the message, FS, CR.

Source: HL7 Version 2.3.1, Implementation Support Guide, appendix C.
"""

from tcpmon.core.framing.envelope import Envelope


class Mllp(Envelope):
    """Cuts behind every FS CR."""

    def __init__(self) -> None:
        super().__init__(b"\x0b", b"\x1c\r")
