"""Pictures come back from their bytes; bytes that are none are refused, whatever they are."""

import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.datasets.errors import EpisodeError
from accord.datasets.images import Picture, decode, encode, is_picture, resize


def noise(width: int = 33, height: int = 17, seed: int = 0) -> Picture:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


def smooth(width: int = 64, height: int = 48) -> Picture:
    across, down = np.meshgrid(np.linspace(0, 255, width), np.linspace(0, 255, height))
    return np.stack((across, down, 255 - across), axis=-1).astype(np.uint8)


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 99))
def test_png_loses_nothing(width: int, height: int, seed: int) -> None:
    picture = noise(width, height, seed)
    assert np.array_equal(decode(encode(picture, "png")), picture)


def test_jpeg_keeps_what_is_red_red_and_loses_little() -> None:
    picture = smooth()
    back = decode(encode(picture))
    assert back.shape == picture.shape
    assert np.abs(back.astype(int) - picture).mean() < 2


def test_half_the_size_is_half_the_size() -> None:
    assert decode(encode(smooth()), half=True).shape == (24, 32, 3)


def test_another_codec_is_refused() -> None:
    with pytest.raises(EpisodeError, match="jpeg or png"):
        encode(noise(), "gif")


@given(st.binary(max_size=200))
def test_bytes_that_are_no_picture_are_refused(data: bytes) -> None:
    assert not is_picture(data)
    with pytest.raises(EpisodeError, match="an encoded picture"):
        decode(data)


@pytest.mark.parametrize("codec", ["png", "jpeg"])
def test_a_picture_that_is_cut_is_refused_wherever_it_is_cut(codec: str) -> None:
    data = encode(noise(), codec)
    cuts = range(
        0, len(data) - (13 if codec == "png" else 2), 7
    )  # the last chunk of a PNG and the end mark hold nothing
    assert not [cut for cut in cuts if is_picture(data[:cut])]


@given(st.integers(0, 10**6), st.integers(1, 255))
def test_a_png_with_a_changed_byte_is_refused_or_the_same(where: int, change: int) -> None:
    picture = noise(8, 8)
    data = bytearray(encode(picture, "png"))
    data[where % len(data)] ^= change
    try:
        assert np.array_equal(decode(bytes(data)), picture)
    except EpisodeError:
        return


@given(st.integers(0, 10**6), st.integers(1, 255))
def test_a_jpeg_with_a_changed_byte_is_refused_or_some_picture(where: int, change: int) -> None:
    data = bytearray(encode(smooth(), "jpeg"))
    data[where % len(data)] ^= change
    try:
        assert decode(bytes(data)).dtype == np.uint8
    except EpisodeError:
        return


def test_a_header_that_speaks_of_more_pixels_than_memory_is_refused() -> None:
    header = struct.pack(">IIBBBBB", 2**30, 2**30, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    png = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    assert not is_picture(png)
    jpeg = bytearray(encode(smooth(), "jpeg"))
    at = jpeg.index(b"\xff\xc0") + 5
    jpeg[at : at + 4] = b"\xff\xdc\xff\xdc"
    assert not is_picture(bytes(jpeg))


@given(st.integers(1, 64), st.integers(1, 64))
def test_resizing_gives_the_size_that_was_asked_for(width: int, height: int) -> None:
    assert resize(smooth(), width, height).shape == (height, width, 3)


def test_the_same_size_is_the_same_picture() -> None:
    picture = smooth()
    assert resize(picture, 64, 48) is picture
