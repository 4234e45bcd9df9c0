import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.devices.inputs.exo_packet import (
    MOST_PAYLOAD,
    SYNC,
    VERSION,
    Decoder,
    Device,
    Hello,
    Packet,
    Section,
    State,
    crc,
    encode,
)

HELLO = Hello(
    "AirExo", "AX-0001", 16384, (Section.LEFT_ARM, Section.PEDALS), 100, (1, 2, 3), ((1, 2, 3), (4, 5, 6)), (0b101, 0)
)
JOINTS = 3


def words(section: Section, joints: int) -> st.SearchStrategy[np.ndarray]:
    low, high = (-(2**15), 2**15 - 1) if section is Section.IMU else (0, 2**16 - 1)
    size = section.words(joints)
    return st.lists(st.integers(low, high), min_size=size, max_size=size).map(np.array)


@st.composite
def packets(draw: st.DrawFn) -> Packet:
    joints = draw(st.integers(1, 16))
    sections = draw(st.lists(st.sampled_from(Section), unique=True))
    state = {one: draw(words(one, joints)) for one in sections}
    device, sequence = draw(st.integers(0, 255)), draw(st.integers(0, 2**16 - 1))
    return Packet(device, joints, sequence, draw(st.integers(0, 2**32 - 1)), state)


def state_packet(sequence: int = 0, device: int = Device.EXOSKELETON) -> Packet:
    return Packet(device, JOINTS, sequence, 10_000 * sequence, {Section.LEFT_ARM: np.array([1, 2, 3])})


def same(left: Packet, right: Packet) -> bool:
    heads = [(one.device, one.joints, one.sequence, one.time_us) for one in (left, right)]
    if isinstance(left.content, Hello) or isinstance(right.content, Hello):
        return heads[0] == heads[1] and left.content == right.content
    contents = [
        {section: numbers.tolist() for section, numbers in one.items()} for one in (left.content, right.content)
    ]
    return heads[0] == heads[1] and contents[0] == contents[1]


def decoded(data: bytes) -> list[Packet]:
    return Decoder().feed(data)


def test_the_crc_is_the_one_that_the_specification_names() -> None:
    assert crc(b"123456789") == 0x29B1


def test_a_packet_is_the_bytes_that_the_specification_gives() -> None:
    """The example of docs/exoskeletons.md."""
    head = "a5 5a 01 01 01 03 06 00 02 00 01 00 20 4e 00 00"
    body = "01 00 02 00 03 00"
    data = bytes.fromhex(head + body)
    assert encode(state_packet(2)) == data + struct.pack("<H", crc(data[2:]))


@given(packets())
def test_a_packet_is_read_as_it_was_written(packet: Packet) -> None:
    found = decoded(encode(packet))
    assert len(found) == 1
    assert same(found[0], packet)


def test_a_hello_is_read_as_it_was_written() -> None:
    packet = Packet(Device.COCKPIT, JOINTS, 7, 99, HELLO)
    assert same(decoded(encode(packet))[0], packet)


@given(st.lists(st.binary(max_size=200)))
def test_no_bytes_make_the_parser_raise_or_hoard(pieces: list[bytes]) -> None:
    decoder = Decoder()
    for piece in pieces:
        decoder.feed(piece)
        assert len(decoder._buffer) <= MOST_PAYLOAD + 18


@given(st.lists(st.binary(max_size=20).map(lambda rubbish: SYNC + rubbish)))
def test_nor_do_bytes_that_look_like_packets(pieces: list[bytes]) -> None:
    decoder = Decoder()
    for piece in pieces:
        decoder.feed(piece)
        assert len(decoder._buffer) <= MOST_PAYLOAD + 18


@given(st.lists(st.binary(max_size=40).filter(lambda rubbish: SYNC[:1] not in rubbish), min_size=4, max_size=4))
def test_packets_survive_rubbish_between_them(rubbish: list[bytes]) -> None:
    sent = [state_packet(i) for i in range(3)]
    decoder = Decoder()
    data = b"".join(noise + encode(packet) for noise, packet in zip(rubbish, sent, strict=False)) + rubbish[3]
    found = decoder.feed(data)
    assert [packet.sequence for packet in found] == [0, 1, 2]
    assert (decoder.refused > 0) == any(rubbish)
    assert decoder.lost == 0


@given(st.lists(packets(), max_size=4), st.lists(st.integers(1, 30), min_size=1))
def test_it_is_no_matter_how_the_bytes_are_cut(sent: list[Packet], cuts: list[int]) -> None:
    data = b"".join(encode(packet) for packet in sent)
    whole, cut = Decoder(), Decoder()
    at_once = whole.feed(data)
    piece_by_piece: list[Packet] = []
    at = i = 0
    while at < len(data):
        size = cuts[i % len(cuts)]
        piece_by_piece += cut.feed(data[at : at + size])
        at, i = at + size, i + 1
    assert len(at_once) == len(piece_by_piece)
    assert all(map(same, at_once, piece_by_piece))
    assert whole.refused == cut.refused == 0


@given(packets(), st.data())
def test_a_flipped_bit_is_refused(packet: Packet, data: st.DataObject) -> None:
    sent = bytearray(encode(packet))
    bit = data.draw(st.integers(0, 8 * len(sent) - 1))
    sent[bit // 8] ^= 1 << bit % 8
    decoder = Decoder()
    assert decoder.feed(bytes(sent)) == []
    decoder.end()
    assert decoder.refused


def test_a_damaged_packet_does_not_take_the_next_one_with_it() -> None:
    first = bytearray(encode(state_packet(0)))
    first[6] = 0xFF  # its length, so that it claims what follows
    assert [packet.sequence for packet in decoded(bytes(first) + encode(state_packet(1)))] == [1]


def test_half_a_packet_that_another_one_follows_is_refused() -> None:
    decoder = Decoder()
    data = encode(state_packet(0))[:-5] + encode(state_packet(1))
    assert [packet.sequence for packet in decoder.feed(data)] == [1]
    assert decoder.refused == 1


def test_what_a_datagram_leaves_over_does_not_wait_for_the_next() -> None:
    decoder = Decoder()
    assert decoder.feed(encode(state_packet(0))[:-1]) == []
    decoder.end()
    assert [packet.sequence for packet in decoder.feed(encode(state_packet(1)))] == [1]
    assert decoder.refused == 1


def test_lost_packets_are_counted_also_where_the_numbers_begin_anew() -> None:
    decoder = Decoder()
    for sequence in (65534, 65535, 0, 3):
        decoder.feed(encode(state_packet(sequence)))
    assert decoder.lost == 2


def test_a_packet_that_was_overtaken_or_doubled_is_dropped() -> None:
    decoder = Decoder()
    found = [len(decoder.feed(encode(state_packet(sequence)))) for sequence in (100, 102, 101, 102, 103)]
    assert found == [1, 1, 0, 0, 1]
    assert decoder.late == 2


def test_a_device_that_was_restarted_is_believed_at_once() -> None:
    decoder = Decoder()
    assert [len(decoder.feed(encode(state_packet(sequence)))) for sequence in (5000, 0, 1)] == [1, 1, 1]
    assert decoder.lost == 0


def _reframed(data: bytes) -> bytes:
    return data[:-2] + struct.pack("<H", crc(data[2:-2]))


def test_a_packet_of_another_version_is_known_for_that_and_not_given() -> None:
    data = bytearray(encode(state_packet(0)))
    data[2] = 9
    decoder = Decoder()
    assert decoder.feed(_reframed(bytes(data))) == []
    assert decoder.version == 9
    assert decoder.refused == 0
    assert len(decoder.feed(encode(state_packet(1)))) == 1
    assert decoder.version == VERSION


def test_sections_that_nobody_knows_yet_are_passed_over() -> None:
    plain = encode(state_packet(0))
    data = bytearray(plain[:-2] + b"\x07\x00\x08\x00" + plain[-2:])
    data[6] += 4
    data[11] |= 0x40
    found = decoded(_reframed(bytes(data)))
    assert len(found) == 1
    assert same(found[0], state_packet(0))


@pytest.mark.parametrize("serial", ["", "../../etc", "a b", "ä", "a" * 17])
def test_a_serial_number_that_could_be_anything_else_is_refused(serial: str) -> None:
    hello = Hello(
        "X", serial[:16] if serial.isascii() and len(serial) <= 16 else "!", 4096, (), 100, (0, 0, 0), ((), ())
    )
    assert decoded(encode(Packet(1, JOINTS, 0, 0, hello_of(hello)))) == []


def hello_of(hello: Hello) -> Hello:
    zeros = (0,) * JOINTS
    return Hello(hello.name, hello.serial, hello.counts_per_turn, (), 100, (0, 0, 0), (zeros, zeros))


@pytest.mark.parametrize("counts", [0, 255, 32769, 65535])
def test_encoders_that_cannot_be_are_refused(counts: int) -> None:
    hello = hello_of(Hello("X", "1", counts, (), 100, (0, 0, 0), ((), ())))
    assert decoded(encode(Packet(1, JOINTS, 0, 0, hello))) == []


def test_a_name_is_shown_without_what_could_not_be_shown() -> None:
    hello = hello_of(Hello("A\x1b[2J\nB", "1", 4096, (), 100, (0, 0, 0), ((), ())))
    content = decoded(encode(Packet(1, JOINTS, 0, 0, hello)))[0].content
    assert isinstance(content, Hello)
    assert content.name == "A[2JB"


def test_a_state_may_say_nothing_at_all() -> None:
    nothing: State = {}
    assert decoded(encode(Packet(1, JOINTS, 0, 0, nothing)))[0].content == {}
