"""SIA DC-09: alarm panels report here, as to an alarm receiving centre (SIA-DCS and ADM-CID; TCP and UDP; AES)."""

from bartizan.connectors.dc09.server import Dc09
from bartizan.connectors.dc09.settings import Dc09Settings

__all__ = ["Dc09", "Dc09Settings"]
