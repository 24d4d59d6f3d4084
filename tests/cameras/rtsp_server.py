"""A camera's RTSP side for tests and benchmarks: Debian's gst-rtsp-server plays raw H.264 or H.265 files in a loop.

It runs under Debian's own Python, which has the GObject bindings:

    /usr/bin/python3 rtsp_server.py 8554 /main=clip.h264@25 /sub=small.h264@5 [--user NAME:PASSWORD]

Prints ``ready`` once it listens. All clients of a path share one pipeline, so a hundred cameras cost it little.
"""

import argparse
import re
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402  the versions come first


def pictures(content: bytes, codec: str) -> list[bytes]:
    """The access units of a raw stream: each begins with what stands before the first slice of a picture."""
    starts = [found.start() for found in re.finditer(rb"\x00\x00\x00\x01|(?<!\x00)\x00\x00\x01", content)]
    units: list[bytes] = []
    waiting = b""
    for begin, end in zip(starts, [*starts[1:], len(content)], strict=True):
        nal = content[begin:end]
        body = nal[4:] if nal[2] == 0 else nal[3:]
        if not is_slice(body, codec):
            waiting += nal
        elif begins_picture(body, codec):
            units.append(waiting + nal)
            waiting = b""
        else:
            units[-1] += nal
    return units


def is_slice(body: bytes, codec: str) -> bool:
    return 1 <= body[0] & 31 <= 5 if codec == "h264" else body[0] >> 1 & 63 < 32


def begins_picture(body: bytes, codec: str) -> bool:
    return bool(body[1 if codec == "h264" else 2] & 0x80)


class Mount:
    """One path: its pictures go to every pipeline that somebody looks at, one each frame's time."""

    def __init__(self, file: str, rate: float, gap: int) -> None:
        self.codec = "h265" if file.endswith(".h265") else "h264"
        with open(file, "rb") as content:  # noqa: PTH123  this script stands alone
            self.pictures = pictures(content.read(), self.codec)
        self.at, self.gap, self.sources = 0, gap, []
        self.factory = GstRtspServer.RTSPMediaFactory()
        self.factory.set_launch(
            f"( appsrc name=source is-live=true do-timestamp=true format=time block=false "
            f"caps=video/x-{self.codec},stream-format=byte-stream,alignment=au,framerate={int(rate)}/1 "
            f"! {self.codec}parse ! rtp{self.codec}pay name=pay0 pt=96 config-interval=-1 )"
        )
        self.factory.set_shared(True)
        self.factory.set_latency(0)
        self.factory.connect("media-configure", self.looked_at)
        GLib.timeout_add(round(1000 / rate), self.show)

    def looked_at(self, _factory: object, media: "GstRtspServer.RTSPMedia") -> None:
        source = media.get_element().get_by_name_recurse_up("source")
        self.sources.append(source)
        media.connect("unprepared", lambda _media: self.sources.remove(source))

    def show(self) -> bool:
        picture = self.pictures[self.at % len(self.pictures)]
        self.at += 1
        if not self.gap or self.at % self.gap:
            for source in list(self.sources):
                source.emit("push-buffer", Gst.Buffer.new_wrapped(picture))
        return True


def guard(server: "GstRtspServer.RTSPServer", mounts: list[Mount], user: str, password: str) -> None:
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    auth = GstRtspServer.RTSPAuth()
    auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
    server.set_auth(auth)
    for mount in mounts:
        permissions = GstRtspServer.RTSPPermissions()
        permissions.add_permission_for_role("viewer", "media.factory.access", True)
        permissions.add_permission_for_role("viewer", "media.factory.construct", True)
        mount.factory.set_permissions(permissions)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("port")
    parser.add_argument("mounts", nargs="+")
    parser.add_argument("--user", default="")
    parser.add_argument("--lose", type=int, default=0, help="every so many pictures one is not sent")
    told = parser.parse_args()
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(told.port)
    mounts = []
    for text in told.mounts:
        path, _, source = text.partition("=")
        file, _, rate = source.rpartition("@")
        mounts.append(Mount(file, float(rate), told.lose))
        server.get_mount_points().add_factory(path, mounts[-1].factory)
    if told.user:
        guard(server, mounts, *told.user.split(":", 1))
    server.attach(None)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
