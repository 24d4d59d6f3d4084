"""OSDP v2 readers that Bartizan runs itself (IEC 60839-11-5): cards, PINs, locks and contacts over RS-485."""

from bartizan.connectors.osdp.connector import Osdp
from bartizan.connectors.osdp.settings import OsdpSettings

__all__ = ["Osdp", "OsdpSettings"]
