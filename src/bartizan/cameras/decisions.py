"""What the office decides about recording and looking."""

from __future__ import annotations

from pydantic import BaseModel, Field

from bartizan.core.preferences import Preference, declare


class Recording(BaseModel):
    segment_seconds: int = Field(
        30, title="Length of a file, seconds", ge=10, le=60, description="Files are cut at the next key picture."
    )
    free_gigabytes: float = Field(
        5.0,
        title="Kept free, gigabytes",
        ge=0.1,
        le=100_000,
        description="When less is free on the disk the oldest recordings go first, before their time.",
    )
    most_gigabytes: float = Field(
        0.0, title="At most, gigabytes", ge=0, le=10_000_000, description="Of all recordings together; 0: no limit."
    )
    workers: int = Field(
        0,
        title="Processes",
        ge=0,
        le=64,
        description="How many share the cameras among them; 0: one a processor, or one for eight cameras.",
    )


class Detecting(BaseModel):
    model: str = Field(
        "",
        title="Detector",
        max_length=400,
        description="Path of an ONNX file (YOLOX or NanoDet); empty: motion alone.",
    )
    sha256: str = Field("", title="Its SHA-256", max_length=64, description="A file with another digest is refused.")
    kind: str = Field("yolox", title="Its kind", pattern="^(yolox|nanodet)$", description="yolox or nanodet.")
    passes_per_second: float = Field(
        4.0,
        title="Looks a second",
        ge=0.1,
        le=1000,
        description="Of the detector, on each processor, over all its cameras.",
    )


declare(
    Preference(
        "recording",
        Recording,
        "Recording",
        "How recordings of cameras are cut and when they go.",
        icon="camera",
        order=60,
        takes="It holds for files that are begun from now on.",
        state=lambda r: f"{r.segment_seconds} s a file, {r.free_gigabytes:g} GB kept free",
    )
)
declare(
    Preference(
        "detecting",
        Detecting,
        "People on cameras",
        "Which detector looks for people and vehicles.",
        icon="camera",
        order=61,
        takes="Cameras begin anew with it within seconds.",
        state=lambda d: d.model.rpartition("/")[2] if d.model else "Motion alone",
    )
)
