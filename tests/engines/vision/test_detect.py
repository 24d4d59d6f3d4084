"""The detector: the right file or none, people where people are, each once."""

from __future__ import annotations

import hashlib
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from bartizan.engines.vision.detect import Detector, DetectorRefused
from bartizan.engines.vision.detect_heads import LABELS, Head, Pixels
from bartizan.engines.vision.planes import Box
from tests.conftest import SHARED

MODEL = SHARED / "cctv" / "yolox_nano.onnx"
DIGEST = "e8af074932d4ed7e232278e3055cefcdea3edf178874a3694ae292649fb464dd"
CLIP = Path("/usr/share/doc/opencv-doc/examples/data/vtest.avi")
needs_model = pytest.mark.skipif(not MODEL.exists(), reason=f"{MODEL} is missing")
needs_clip = pytest.mark.skipif(not CLIP.exists(), reason=f"{CLIP} is missing (package opencv-doc)")


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector.from_file(MODEL, DIGEST)


@pytest.fixture(scope="module")
def street() -> Pixels:
    """The first frame of the clip: three people, and things that look like people."""
    read, frame = cv2.VideoCapture(str(CLIP)).read()
    assert read
    return np.asarray(frame)


PEOPLE = [Box(499, 158, 530, 233), Box(258, 219, 291, 308), Box(633, 242, 675, 323)]


@needs_model
@needs_clip
def test_people_are_found_where_they_are_from_afar_and_from_near(detector: Detector, street: Pixels) -> None:
    for regions in (None, PEOPLE):
        found = [one for one in detector.people(street, regions) if one.score >= 0.6]
        assert len(found) == 3
        assert all(max(one.box.iou(person) for one in found) > 0.5 for person in PEOPLE)


@needs_model
@needs_clip
def test_nothing_is_looked_at_where_nothing_is_asked_for(detector: Detector, street: Pixels) -> None:
    before = detector.passes
    assert detector.look(street, []) == ([], 0)
    assert detector.passes == before
    _, passes = detector.look(street, PEOPLE, most=2)
    assert detector.passes - before == passes <= 2


@needs_model
@needs_clip
def test_each_thing_is_told_once_best_first_and_within_the_picture(detector: Detector, street: Pixels) -> None:
    found = detector.look(street, [*PEOPLE, Box(200, 100, 500, 400)]).found
    assert all(one.score >= other.score for one, other in pairwise(found))
    for one in found:
        assert one.label in LABELS
        assert 0 <= one.box.left <= one.box.right <= 768
        assert 0 <= one.box.top <= one.box.bottom <= 576
    sure = [one for one in found if one.score >= 0.6]
    assert all(one.box.iou(other.box) < 0.6 for one in sure for other in sure if one is not other)


@needs_model
def test_another_file_than_promised_is_refused_with_both_digests(tmp_path: Path) -> None:
    with pytest.raises(DetectorRefused, match="SHA-256 begins e8af074932d4, not c789161ed43c") as refused:
        Detector.from_file(MODEL, "c789161ed43c8269fcd4e67c67eeeb4e80c622da2eb296a20bc6007bd18a0b7d")
    assert "Fetch it again" in str(refused.value)


def test_a_missing_file_says_how_to_get_one_and_what_happens_without(tmp_path: Path) -> None:
    with pytest.raises(DetectorRefused, match=r"fetch-detector.*motion alone"):
        Detector.from_file(tmp_path / "none.onnx", DIGEST)


def test_a_file_that_is_no_network_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "text.onnx"
    path.write_bytes(b"hello")
    with pytest.raises(DetectorRefused, match="no network that can be used"):
        Detector.from_file(path, "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824")


@needs_model
def test_a_network_of_another_kind_is_refused() -> None:
    with pytest.raises(DetectorRefused, match="one of kind nanodet answers"):
        Detector.from_file(MODEL, DIGEST, kind="nanodet")


@needs_model
def test_a_network_of_a_kind_that_is_not_read_is_refused() -> None:
    with pytest.raises(DetectorRefused, match="of kind yolov8; yolox and nanodet are read"):
        Detector.from_file(MODEL, DIGEST, kind="yolov8")


def field(number: int, content: bytes | int) -> bytes:
    """One field of a protocol buffer, as ONNX files are made of."""
    if isinstance(content, int):
        return bytes([number << 3, *((content & 127 | 128, content >> 7) if content > 127 else (content,))])
    assert len(content) < 128
    return bytes([number << 3 | 2, len(content)]) + content


def network(kind: int, side: int = 416) -> bytes:
    """The smallest one there is: it answers the picture that it is given. ``kind``: ONNX's number of the type."""
    size = b"".join(field(1, field(1, length)) for length in (1, 3, side, side))
    node = field(1, b"x") + field(2, b"y") + field(4, b"Identity")
    x, y = (field(1, name) + field(2, field(1, field(1, kind) + field(2, size))) for name in (b"x", b"y"))
    graph = field(1, node) + field(2, b"g") + field(11, x) + field(12, y)
    return field(1, 8) + field(8, field(2, 13)) + bytes([7 << 3 | 2, len(graph)]) + graph


@pytest.mark.parametrize(("kind", "words"), [(1, "answers"), (10, "no network that can be used")])
def test_a_network_that_reads_its_pictures_otherwise_is_refused_in_words(tmp_path: Path, kind: int, words: str) -> None:
    path = tmp_path / "other.onnx"
    path.write_bytes(network(kind))  # 1: float, 10: float16
    with pytest.raises(DetectorRefused, match=words):
        Detector.from_file(path, hashlib.sha256(path.read_bytes()).hexdigest())


def test_yolox_rows_are_read_as_its_authors_decode_them() -> None:
    head = Head("yolox", 416)
    output = np.zeros((*head.shape,), np.float32)
    output[52 * 52 + 26 * 3 + 5] = [0.5, 0.25, np.log(2), np.log(4), 0.9, 0.8, *[0] * 79]  # stride 16, row 3, column 5
    (row,) = head.rows(output)
    assert row.tolist() == pytest.approx([88 - 16, 52 - 32, 88 + 16, 52 + 32, 0.72, 0], abs=1e-3)


def test_nanodet_rows_are_read_as_its_authors_decode_them() -> None:
    """No such network could be had here: its output is made by hand after its published post-processing."""
    head = Head("nanodet", 416)
    output = np.zeros((*head.shape,), np.float32)
    at = 52 * 52 + 26 * 3 + 5  # stride 16, row 3, column 5
    output[at, 2] = 0.7  # a car
    sides = np.full((4, 8), -30.0)
    for side, cells in enumerate((1, 2, 3, 4)):
        sides[side, cells] = 30.0
    output[at, 80:] = sides.reshape(-1)
    (row,) = head.rows(output)
    assert row.tolist() == pytest.approx([80 - 16, 48 - 32, 80 + 48, 48 + 64, 0.7, LABELS.index("vehicle")], abs=1e-3)
