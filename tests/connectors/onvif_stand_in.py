"""A stand-in for a camera's ONVIF side: no real one can be had here. It answers the few requests that we make, with
the XML that the specification's examples show, and one motion and one tamper event."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
    'xmlns:tt="http://www.onvif.org/ver10/schema" xmlns:tds="http://www.onvif.org/ver10/device/wsdl" '
    'xmlns:trt="http://www.onvif.org/ver10/media/wsdl" xmlns:tev="http://www.onvif.org/ver10/events/wsdl" '
    'xmlns:wsnt="http://docs.oasis-open.org/wsn/b-2" xmlns:wsa5="http://www.w3.org/2005/08/addressing" '
    'xmlns:tns1="http://www.onvif.org/ver10/topics"><s:Body>'
)
TAIL = "</s:Body></s:Envelope>"
FAULT = (
    "<s:Fault><s:Code><s:Value>s:Sender</s:Value></s:Code><s:Reason><s:Text xml:lang='en'>Sender not Authorized"
    "</s:Text></s:Reason></s:Fault>"
)
PROFILE = (
    '<trt:Profiles token="{token}" fixed="true"><tt:Name>{token}</tt:Name>'
    '<tt:VideoEncoderConfiguration token="e"><tt:Name>e</tt:Name><tt:UseCount>1</tt:UseCount>'
    "<tt:Encoding>H264</tt:Encoding><tt:Resolution><tt:Width>{width}</tt:Width><tt:Height>{height}</tt:Height>"
    "</tt:Resolution><tt:Quality>5</tt:Quality><tt:RateControl><tt:FrameRateLimit>{fps}</tt:FrameRateLimit>"
    "<tt:EncodingInterval>1</tt:EncodingInterval><tt:BitrateLimit>2048</tt:BitrateLimit></tt:RateControl>"
    "<tt:Multicast><tt:Address><tt:Type>IPv4</tt:Type><tt:IPv4Address>0.0.0.0</tt:IPv4Address></tt:Address>"
    "<tt:Port>0</tt:Port><tt:TTL>1</tt:TTL><tt:AutoStart>false</tt:AutoStart></tt:Multicast>"
    "<tt:SessionTimeout>PT60S</tt:SessionTimeout></tt:VideoEncoderConfiguration></trt:Profiles>"
)
EVENT = (
    "<wsnt:NotificationMessage><wsnt:Topic Dialect='http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet'>"
    "{topic}</wsnt:Topic><wsnt:Message><tt:Message UtcTime='{at}' PropertyOperation='{operation}'>"
    "<tt:Source><tt:SimpleItem Name='Source' Value='V1'/></tt:Source>"
    "<tt:Data><tt:SimpleItem Name='{name}' Value='{value}'/></tt:Data></tt:Message></wsnt:Message>"
    "</wsnt:NotificationMessage>"
)


class StandIn:
    def __init__(self, ahead: timedelta) -> None:
        self.ahead = ahead
        self.waiting: list[tuple[str, str, str, str]] = []
        self.port = 0
        self.services: tuple[str, ...] = ("device", "media", "events")

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/onvif/device_service"

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def answer(self, request: str) -> str:
        """By the first element of the body."""
        asked = re.search(r"<(?:[\w-]+:)?Body[^>]*>\s*<(?:[\w-]+:)?(\w+)", request)
        name = asked.group(1) if asked else ""
        if name != "GetSystemDateAndTime" and not re.search(r"Username>admin<", request):
            return FAULT
        found: str = getattr(self, f"_{name}", lambda: FAULT)()
        return found

    def _GetSystemDateAndTime(self) -> str:  # noqa: N802  the request's own name
        at = self.now()
        return (
            "<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:DateTimeType>NTP</tt:DateTimeType>"
            "<tt:DaylightSavings>false</tt:DaylightSavings><tt:UTCDateTime>"
            f"<tt:Time><tt:Hour>{at.hour}</tt:Hour><tt:Minute>{at.minute}</tt:Minute><tt:Second>{at.second}</tt:Second>"
            f"</tt:Time><tt:Date><tt:Year>{at.year}</tt:Year><tt:Month>{at.month}</tt:Month><tt:Day>{at.day}</tt:Day>"
            "</tt:Date></tt:UTCDateTime></tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>"
        )

    def _GetServices(self) -> str:  # noqa: N802
        names = self.services
        base = f"http://127.0.0.1:{self.port}/onvif"
        return (
            "<tds:GetServicesResponse>"
            + "".join(
                f"<tds:Service><tds:Namespace>http://www.onvif.org/ver10/{name}/wsdl</tds:Namespace>"
                f"<tds:XAddr>{base}/{name}_service</tds:XAddr><tds:Version><tt:Major>2</tt:Major><tt:Minor>60</tt:Minor>"
                "</tds:Version></tds:Service>"
                for name in names
            )
            + "</tds:GetServicesResponse>"
        )

    def _GetProfiles(self) -> str:  # noqa: N802
        small = PROFILE.format(token="sub", width=640, height=360, fps=5)
        large = PROFILE.format(token="main", width=1920, height=1080, fps=25)
        return f"<trt:GetProfilesResponse>{small}{large}</trt:GetProfilesResponse>"

    def _GetStreamUri(self) -> str:  # noqa: N802
        return (
            "<trt:GetStreamUriResponse><trt:MediaUri><tt:Uri>rtsp://127.0.0.1:554/stream</tt:Uri>"
            "<tt:InvalidAfterConnect>false</tt:InvalidAfterConnect><tt:InvalidAfterReboot>false</tt:InvalidAfterReboot>"
            "<tt:Timeout>PT0S</tt:Timeout></trt:MediaUri></trt:GetStreamUriResponse>"
        )

    def _CreatePullPointSubscription(self) -> str:  # noqa: N802
        at, end = self.now(), self.now() + timedelta(minutes=5)
        return (
            "<tev:CreatePullPointSubscriptionResponse><tev:SubscriptionReference><wsa5:Address>"
            f"http://127.0.0.1:{self.port}/onvif/subscription</wsa5:Address></tev:SubscriptionReference>"
            f"<wsnt:CurrentTime>{at:%Y-%m-%dT%H:%M:%SZ}</wsnt:CurrentTime>"
            f"<wsnt:TerminationTime>{end:%Y-%m-%dT%H:%M:%SZ}</wsnt:TerminationTime>"
            "</tev:CreatePullPointSubscriptionResponse>"
        )

    def _PullMessages(self) -> str:  # noqa: N802
        at = self.now()
        waiting, self.waiting = self.waiting, []
        events = "".join(
            EVENT.format(topic=topic, at=f"{at:%Y-%m-%dT%H:%M:%SZ}", operation=operation, name=name, value=value)
            for topic, operation, name, value in waiting
        )
        return (
            f"<tev:PullMessagesResponse><tev:CurrentTime>{at:%Y-%m-%dT%H:%M:%SZ}</tev:CurrentTime>"
            f"<tev:TerminationTime>{at + timedelta(minutes=5):%Y-%m-%dT%H:%M:%SZ}</tev:TerminationTime>{events}"
            "</tev:PullMessagesResponse>"
        )

    def _Unsubscribe(self) -> str:  # noqa: N802
        return "<wsnt:UnsubscribeResponse/>"


@contextmanager
def stand_in(ahead: timedelta = timedelta()) -> Iterator[StandIn]:
    """Its user is ``admin``; of the password it takes no notice, because a digest's check is the library's affair."""
    camera = StandIn(ahead)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = self.rfile.read(int(self.headers["Content-Length"])).decode()
            content = (HEAD + camera.answer(request) + TAIL).encode()
            self.send_response(200 if b"Fault" not in content else 400)
            self.send_header("Content-Type", "application/soap+xml; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    camera.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield camera
    finally:
        server.shutdown()
        server.server_close()
