"""Records as lines on stdout. What writes them, to a file too, is in core."""

import time

from tcpmon.core.export.text import Text, listening
from tcpmon.core.timestamps import Stamper

__all__ = ["line", "listening"]

line = Text(Stamper(time.localtime).clock).line
