"""`python -m tcpmon` is `tcpmon`."""

from tcpmon.cli import main

if __name__ == "__main__":
    main()
