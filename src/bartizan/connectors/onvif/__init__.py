"""ONVIF: cameras found on the network, their streams, their clock, and what they notice by themselves.

The protocol is onvif-zeep-async's; finding (WS-Discovery) and what the topics mean are ours.
"""

from bartizan.connectors.onvif.discovery import Found, discover
from bartizan.connectors.onvif.noticed import Noticed, noticed
from bartizan.connectors.onvif.talking import OnvifError, Profile, clock_ahead, profiles, watched

__all__ = ["Found", "Noticed", "OnvifError", "Profile", "clock_ahead", "discover", "noticed", "profiles", "watched"]
