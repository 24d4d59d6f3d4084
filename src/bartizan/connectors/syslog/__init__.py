"""Syslog: RFC 5424 and RFC 3164 over UDP, TCP (RFC 6587) and TLS (RFC 5425)."""

from bartizan.connectors.syslog.server import Syslog
from bartizan.connectors.syslog.settings import Settings

__all__ = ["Settings", "Syslog"]
