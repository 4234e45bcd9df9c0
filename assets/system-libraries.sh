#!/bin/sh
# The system libraries that Qt and off-screen OpenGL need. Installs those that are missing when it may (root on a
# Debian-like system); else prints the exact line to run. Does nothing when all are there. Python's venv is among them
# because Debian and Ubuntu ship it apart.
set -eu
[ "$(uname -s)" = Linux ] || exit 0

missing=""
has_library() { ldconfig -p 2>/dev/null | grep -q "$1" || ls /usr/lib/*/"$1"* >/dev/null 2>&1; }
need() { has_library "$1" || missing="$missing $2"; }

need libEGL.so.1 libegl1
need libGL.so.1 libgl1
need libOSMesa.so libosmesa6
need libxkbcommon-x11.so.0 libxkbcommon-x11-0
need libxcb-cursor.so.0 libxcb-cursor0
need libxcb-icccm.so.4 libxcb-icccm4
need libxcb-image.so.0 libxcb-image0
need libxcb-keysyms.so.1 libxcb-keysyms1
need libxcb-randr.so.0 libxcb-randr0
need libxcb-render-util.so.0 libxcb-render-util0
need libxcb-shape.so.0 libxcb-shape0
need libxcb-xinerama.so.0 libxcb-xinerama0
need libdbus-1.so.3 libdbus-1-3
need libfontconfig.so.1 libfontconfig1
need libEGL_mesa.so.0 libegl-mesa0
"${PYTHON:-python3}" -c 'import ensurepip' 2>/dev/null || missing="$missing python3-venv"
if [ "${1:-}" = tests ]; then # a virtual display and keys, for the tests that drive the real window
    command -v Xvfb >/dev/null || missing="$missing xvfb"
    command -v xdotool >/dev/null || missing="$missing xdotool"
    command -v spacenavd >/dev/null || missing="$missing spacenavd"
fi
[ -n "$(ls /usr/share/fonts/truetype 2>/dev/null)" ] || missing="$missing fonts-dejavu-core"

[ -n "$missing" ] || exit 0
if ! command -v apt-get >/dev/null; then
    echo "Accord needs these libraries (by their Debian names):$missing" >&2
    exit 1
fi
if [ "$(id -u)" != 0 ]; then
    echo "Accord needs a few system libraries. Run this line, then try again:" >&2
    echo "    sudo apt-get install --yes$missing" >&2
    exit 1
fi
echo "installing system libraries:$missing"
apt-get update -qq
# A package that this release does not have must not keep the others from being installed.
for package in $missing; do
    DEBIAN_FRONTEND=noninteractive apt-get install --yes -qq --no-install-recommends "$package" >/dev/null ||
        echo "could not install $package; going on without it" >&2
done
