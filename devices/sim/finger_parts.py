"""What a hand with fingers looks like: every mesh of ``hands/five_fingers.xml`` beyond those of the gripper.

Sizes follow the primitives in the MJCF, which make the contact; these are for the eye only.
"""

from accord.devices.sim.shapes import Shape, drum, rounded_box, sweep

_THUMB = 1.19
"""How much thicker the thumb is than a finger [1]."""
_KNUCKLES = {
    "index": (0.0265, 0.0265, 0.093),
    "middle": (0.0100, 0.0365, 0.097),
    "ring": (-0.0100, 0.0365, 0.093),
    "little": (-0.0265, 0.0265, 0.090),
    "thumb": (0.0030, -0.0340, 0.088),
}
"""Where the fingers begin, as in the MJCF [m]."""


def finger_parts() -> dict[str, Shape]:
    """Every mesh by name. A part of a finger is written in its joint's frame, the finger along z, its inside to -y."""
    return {
        "palm_core": rounded_box((0.024, 0.012, 0.028), 0.010, steps=2),
        **{f"palm_{name}": _metacarpal(*knuckle) for name, knuckle in _KNUCKLES.items()},
        "knuckle": drum(0.0100, 0.0085, 0.002, sides=14),
        "phalanx": _phalanx(1.0),
        "phalanx_joint": drum(0.0088, 0.0080, 0.002, sides=14),
        "fingertip": _tip(1.0),
        "fingertip_pad": _pad(1.0),
        "thumb_joint": drum(0.0114, 0.0098, 0.002, sides=14),
        "thumb_phalanx": _phalanx(_THUMB),
        "thumbtip": _tip(_THUMB),
        "thumbtip_pad": _pad(_THUMB),
    }


def _metacarpal(x: float, y: float, z: float) -> Shape:
    """From the wrist to a knuckle: side by side these are the palm."""
    low, middle = (0.45 * x, 0.30 * y, 0.008), (0.85 * x, 0.85 * y, 0.6 * z)
    return sweep([low, middle, (x, y, z - 0.006)], [0.0185, 0.0135, 0.0105], sides=12, steps=3)


def _phalanx(thick: float) -> Shape:
    radii = [thick * r for r in (0.0078, 0.0080, 0.0074, 0.0078)]
    return sweep([(0, 0, 0.004), (0, 0.0008, 0.016), (0, 0.0010, 0.030), (0, 0, 0.041)], radii, sides=14, steps=2)


def _tip(thick: float) -> Shape:
    path = [
        (0.0, 0.0, 0.004), (0.0, 0.0003, 0.014), (0.0, -0.0004, 0.026), (0.0, -0.0058, 0.0425), (0.0, -0.0080, 0.0485),
    ]  # fmt: skip
    return sweep(path, [thick * r for r in (0.0076, 0.0078, 0.0077, 0.0070, 0.0048)], sides=14, steps=2)


def _pad(thick: float) -> Shape:
    """Of rubber, on the inside of a tip."""
    path = [(0, -0.0036, 0.022), (0, -0.0046, 0.030), (0, -0.0082, 0.0405), (0, -0.0104, 0.0460)]
    radii = [thick * r for r in (0.0040, 0.0052, 0.0052, 0.0036)]
    return sweep([(x, thick * y, z) for x, y, z in path], radii, sides=12, steps=2)
