"""RTSP: the streams of cameras, packet by packet as they were sent (RFC 2326, RFC 7826), by libav through PyAV.

``address`` needs nothing else; ``stream`` needs the extra ``cameras``.
"""
