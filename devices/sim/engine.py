"""Engine: the one import of MuJoCo, which comes without types, and what Accord calls a state of it."""

import mujoco  # type: ignore[import-untyped]

__all__ = ["SIMULATOR", "STATE", "model_from", "mujoco"]

STATE = int(mujoco.mjtState.mjSTATE_INTEGRATION)
"""What `mj_getState` copies: time, positions, velocities, controls, targets, user data and the solver's warm start.

It is what MuJoCo documents as enough for going on bit for bit from a recorded step.
"""

SIMULATOR = f"mujoco {mujoco.__version__}"
"""Name and version of the simulator, as an episode keeps it."""


def model_from(xml: str) -> mujoco.MjModel:
    """The model that a scene's text describes; made from the text alone, so that a recorded text makes it again."""
    return mujoco.MjModel.from_xml_string(xml)
