from collections import Counter
from importlib.resources import files

import numpy as np
import pytest

from accord.devices.sim.arms.panda_parts import panda_parts
from accord.devices.sim.arms.ur5e_parts import ur5e_parts
from accord.devices.sim.hand_parts import hand_parts
from accord.devices.sim.scene import room_parts
from accord.devices.sim.shapes import Shape, drum, lathe, rounded_box
from accord.devices.sim.tasks.catalogue import task, tasks


def parts() -> dict[str, Shape]:
    shapes = panda_parts() | ur5e_parts() | hand_parts() | room_parts()
    for name in tasks():
        shapes |= dict(task(name).parts())
    return shapes


def volume(shape: Shape) -> float:
    a, b, c = shape.vertices[shape.faces].transpose(1, 0, 2)
    return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6.0)


@pytest.mark.parametrize("name", sorted(parts()))
def test_every_part_is_closed_and_its_outside_is_outside(name: str) -> None:
    shape = parts()[name]
    edges = Counter((int(a), int(b)) for face in shape.faces for a, b in zip(face, np.roll(face, -1), strict=True))
    assert all(count == 1 and edges[(b, a)] == 1 for (a, b), count in edges.items())
    assert volume(shape) > 0.0


def test_a_lathed_cylinder_has_the_volume_of_one() -> None:
    assert volume(lathe([(0.1, 0.0), (0.1, 0.5)], sides=200)) == pytest.approx(np.pi * 0.01 * 0.5, rel=1e-3)


def test_a_lathed_ring_has_a_hole() -> None:
    ring = lathe([(0.1, 0.0), (0.2, 0.0), (0.2, 0.1), (0.1, 0.1), (0.1, 0.0)], sides=200)
    assert volume(ring) == pytest.approx(np.pi * (0.04 - 0.01) * 0.1, rel=1e-3)


def test_rounding_takes_little_away() -> None:
    assert 0.95 * 0.008 < volume(rounded_box((0.1, 0.1, 0.1), 0.02)) < 0.008
    assert volume(drum(0.1, 0.1, 0.02)) < np.pi * 0.01 * 0.2


def of_hand(name: str) -> dict[str, Shape]:
    text = (files("accord.assets") / "hands" / f"{name}.xml").read_text()
    return {mesh: shape for mesh, shape in hand_parts().items() if f'<mesh name="{mesh}"/>' in text}


@pytest.mark.parametrize("name", tasks())
def test_all_parts_of_a_scene_together_are_light(name: str) -> None:
    shapes = panda_parts() | of_hand(task(name).hand) | room_parts() | dict(task(name).parts())
    assert sum(len(shape.faces) for shape in shapes.values()) < 14_000
