"""Coarser: the same mesh with fewer triangles, by letting near corners run together (Rossignac and Borrel, 1993)."""

import numpy as np

from accord.devices.sim.shapes import Shape


def shares(faces: list[int], together: int) -> int:
    """How many triangles the largest meshes may keep, so that all have at most so many together.

    Args:
        faces: how many each mesh has.
        together: how many all may have.
    """
    left = together
    for done, count in enumerate(sorted(faces)):
        even = left // (len(faces) - done)
        if count > even:
            return even
        left -= count
    return max(faces, default=together)


def thinned(shape: Shape, most: int) -> Shape:
    """The mesh itself if it has few enough triangles, else the finest that the method gives with at most `most`."""
    size = float(np.ptp(shape.vertices, axis=0).max()) / 400.0
    thin = shape
    while len(thin.faces) > most:
        thin, size = _clustered(shape, size), 1.2 * size
    return thin


def _clustered(shape: Shape, size: float) -> Shape:
    """Corners in the same cube of this size [m] become their mean; triangles that lose their area go."""
    _, cluster, count = np.unique(np.floor(shape.vertices / size), axis=0, return_inverse=True, return_counts=True)
    cluster = cluster.reshape(-1)
    vertices = np.stack([np.bincount(cluster, shape.vertices[:, i]) for i in range(3)], axis=1) / count[:, None]
    faces = cluster[shape.faces]
    a, b, c = faces.T
    faces = faces[(a != b) & (b != c) & (c != a)]
    # The same three corners in the same sense are one triangle, wherever it begins.
    first = np.argmin(faces, axis=1)[:, None]
    _, once = np.unique(np.take_along_axis(faces, (first + np.arange(3)) % 3, axis=1), axis=0, return_index=True)
    return Shape(vertices, faces[np.sort(once)].astype(np.int32))
