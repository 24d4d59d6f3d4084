"""A camera whose picture is a clock: each frame carries, as black and white squares, the time at which it was made.

    /usr/bin/python3 cctv_live_source.py 8555

Under Debian's own Python, which has the GObject bindings. Serves /main (1280 by 720, 25 a second) and /sub (640 by 360,
5 a second), coded as a camera codes: no reordering, a key picture a second. Prints ``ready`` once it listens.
"""

import sys
import time

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402  the versions come first

COLUMNS, ROWS = 22, 2
"""Squares: 44 bits of milliseconds since 1970; below them the same inverted, so that a picture that was not understood
is not taken for a time."""
BLACK, WHITE, GREY = 16, 235, 110


class Clock:
    def __init__(self, width: int, height: int, rate: int) -> None:
        self.width, self.height, self.rate, self.number = width, height, rate, 0
        self.square = width // 26
        self.sources = []
        self.factory = GstRtspServer.RTSPMediaFactory()
        self.factory.set_launch(
            f"( appsrc name=source is-live=true do-timestamp=true format=time block=false max-bytes=4000000 "
            f"caps=video/x-raw,format=I420,width={width},height={height},framerate={rate}/1 "
            f"! x264enc tune=zerolatency speed-preset=ultrafast bitrate=2000 key-int-max={rate} bframes=0 threads=1 "
            f"! h264parse ! rtph264pay name=pay0 pt=96 config-interval=-1 )"
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
        if self.sources:
            picture = self.picture(time.time_ns() // 1_000_000)
            for source in list(self.sources):
                source.emit("push-buffer", Gst.Buffer.new_wrapped(picture))
        self.number += 1
        return True

    def picture(self, milliseconds: int) -> bytes:
        bits = [milliseconds >> n & 1 for n in range(COLUMNS * ROWS)]
        rows = [bits[:COLUMNS], bits[COLUMNS:]]
        rows += [[1 - bit for bit in row] for row in rows]
        luma = b"".join(self.line(row) * self.square for row in rows)
        bar = (self.number * 8) % (self.width - 64)
        line = bytes([GREY]) * bar + bytes([WHITE]) * 64 + bytes([GREY]) * (self.width - 64 - bar)
        luma += line * (self.height - 4 * self.square)
        return luma + bytes([128]) * (self.width * self.height // 2)

    def line(self, row: list) -> bytes:
        told = b"".join(bytes([WHITE if bit else BLACK]) * self.square for bit in row)
        return told + bytes([GREY]) * (self.width - len(told))


def main() -> None:
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(sys.argv[1])
    clocks = {"/main": Clock(1280, 720, 25), "/sub": Clock(640, 360, 5)}
    for path, clock in clocks.items():
        server.get_mount_points().add_factory(path, clock.factory)
    server.attach(None)
    print("ready", flush=True)
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
