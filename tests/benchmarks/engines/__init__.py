"""Servers that use tcpmon's engine as a library, each a program that benchmarks run."""
