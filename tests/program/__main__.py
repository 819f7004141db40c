"""One whole session with an installed tcpmon: python -m tests.program PATH/TO/tcpmon"""

import sys

from tests.program.session import a_session
from tests.program.terminal import Program

with Program(command=(sys.argv[1],)) as program:
    a_session(program)
print(f"{sys.argv[1]}: two clients, broadcast, disconnect, quit: as it should be")
