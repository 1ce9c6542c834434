#!/usr/bin/env bash
# The main job: a window with the practice market when there is a screen, else the tour, which plays the same job
# in the real window drawn in memory, and leaves pictures and a report in build/tour.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    exec .venv/bin/python -m jdy_desktop --practice
fi
echo "No screen found: playing the main job in memory; pictures and report go to build/tour" >&2
exec env QT_QPA_PLATFORM=offscreen .venv/bin/python -m jdy_desktop --tour build/tour
