#!/usr/bin/env bash
# Makes a fresh Debian 12 (or a relative) ready: system packages, Python environment, locked dependencies.
#
#   installer/setup.sh run     what the program needs
#   installer/setup.sh test    the same, plus what the tests need (PDF tools, PostgreSQL)
#
# Asks nothing. As root missing system packages are installed; otherwise the line to run is printed and we stop.
# A second call takes well under a second.
set -euo pipefail
cd "$(dirname "$0")/.."

purpose=${1:-run}
env_dir=.venv

say() { printf '%s\n' "$*" >&2; }

# ---- system packages ------------------------------------------------------------------------------------------

# What Qt and its web engine link (found with ldd on every library of the wheels).
qt_packages="libegl1 libgl1 libopengl0 libglib2.0-0 libfontconfig1 libfreetype6 libdbus-1-3 libxkbcommon0 libcups2
    libnss3 libnspr4 libasound2 libgbm1 libdrm2 libexpat1 libudev1 zlib1g libpulse0
    libx11-6 libxcb1 libxext6 libxfixes3 libxrender1 libxcomposite1 libxdamage1 libxrandr2 libxtst6 libxkbfile1 libxi6"
# What the xcb and wayland platforms add; without a screen Qt draws in memory.
screen_packages="libxkbcommon-x11-0 libx11-xcb1 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-image0
    libxcb-render-util0 libxcb-randr0 libxcb-shape0 libxcb-shm0 libxcb-sync1 libxcb-xfixes0 libxcb-xkb1
    libwayland-client0 libwayland-cursor0 libwayland-egl1"

has_chinese_font() {
    compgen -G '/usr/share/fonts/*/noto/NotoSansCJK-Regular.ttc' >/dev/null && return
    command -v fc-list >/dev/null && [ -n "$(fc-list 'Noto Sans CJK SC' file)" ]
}

has_postgresql() { compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null; }

missing_packages() {
    local wanted="ca-certificates $qt_packages" package installed
    if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then wanted="$wanted $screen_packages"; fi
    if [ "$purpose" = test ]; then wanted="$wanted poppler-utils"; fi
    installed=$(dpkg-query -W -f='${Package} ${Status}\n' | sed -n 's/ install ok installed$//p' | tr '\n' ' ')
    for package in $wanted; do  # newer releases renamed some libraries to <name>t64
        case " $installed" in *" $package "* | *" ${package}t64 "*) ;; *) echo "$package" ;; esac
    done
    has_chinese_font || echo fonts-noto-cjk
    [ -x "$env_dir/bin/python" ] || [ -n "$(find_python)" ] || echo python3-venv
    if [ "$purpose" = test ]; then has_postgresql || echo postgresql-15; fi
}

install_packages() {
    local missing
    if ! command -v dpkg-query >/dev/null; then
        say "This is not Debian: please see to Qt's libraries, Noto Sans CJK, poppler and PostgreSQL yourself."
        return
    fi
    missing=$(missing_packages | tr '\n' ' ')
    missing=${missing% }
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" != 0 ]; then
        say "System packages are missing. Please run this, then try again:"
        say ""
        say "  sudo apt-get update && sudo apt-get install -y --no-install-recommends $missing"
        say ""
        exit 1
    fi
    say "Installing system packages: $missing"
    export DEBIAN_FRONTEND=noninteractive
    local quiet=(-qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0)
    apt-get "${quiet[@]}" update </dev/null
    # shellcheck disable=SC2086  # one word per package
    apt-get "${quiet[@]}" install -y --no-install-recommends $missing </dev/null >&2
}

# ---- Python ---------------------------------------------------------------------------------------------------

usable_python() {  # 3.11 to 3.14, able to make an environment
    "$1" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' >/dev/null 2>&1
}

find_python() {
    local candidate
    for candidate in ${PYTHON:-} python3 python3.11 python3.12 python3.13 /usr/bin/python3; do
        if usable_python "$candidate"; then command -v "$candidate"; return; fi
    done
}

make_environment() {
    local stamp="$env_dir/.ready" wanted python
    wanted=$(sha256sum requirements.lock | cut -d' ' -f1)
    if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && "$env_dir/bin/python" -c '' 2>/dev/null; then return; fi
    if ! "$env_dir/bin/python" -m pip --version >/dev/null 2>&1; then  # none yet, or an interrupted one
        python=$(find_python)
        if [ -z "$python" ]; then say "Python 3.11 or newer with venv is needed."; exit 1; fi
        say "Making the Python environment with $python"
        "$python" -m venv --clear "$env_dir"
    fi
    say "Installing the locked dependencies (about 400 MB the first time)"
    "$env_dir/bin/python" -m pip install --quiet --no-input --disable-pip-version-check \
        --require-hashes --only-binary :all: -r requirements.lock </dev/null
    echo "$wanted" >"$stamp"
}

install_packages
make_environment
