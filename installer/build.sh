#!/usr/bin/env bash
# Linux packages: dist/jdy-desktop/ (one folder) and dist/jdy-desktop_<version>_<arch>.deb.
# Needs a ready environment (make package sees to it). Takes two to three minutes and 1.5 GB.
set -euo pipefail
cd "$(dirname "$0")/.."

python=.venv/bin/python
version=$($python -c 'import jdy_desktop; print(jdy_desktop.__version__)')
arch=$(dpkg --print-architecture)
tools=build/pyinstaller

# The packager stays outside the environment of the program.
$python -m pip install --quiet --no-input --disable-pip-version-check --upgrade --target "$tools" \
    --require-hashes --only-binary :all: -r installer/requirements.lock </dev/null
$python installer/make_icon.py
PYTHONPATH=$tools $python -m PyInstaller --noconfirm --log-level WARN \
    --distpath dist --workpath build/pyinstaller-work installer/jdy-desktop.spec

# The bundle must start and say its version before it is wrapped.
QT_QPA_PLATFORM=offscreen dist/jdy-desktop/jdy-desktop --version

tree=build/deb
rm -rf "$tree"
install -d "$tree/DEBIAN" "$tree/opt" "$tree/usr/bin"
cp -a dist/jdy-desktop "$tree/opt/jdy-desktop"
ln -s /opt/jdy-desktop/jdy-desktop "$tree/usr/bin/jdy-desktop"
install -Dm644 installer/jdy-desktop.desktop "$tree/usr/share/applications/jdy-desktop.desktop"
install -Dm644 build/icon.png "$tree/usr/share/icons/hicolor/256x256/apps/jdy-desktop.png"
install -Dm644 LICENSE "$tree/usr/share/doc/jdy-desktop/copyright"
size=$(du -sk "$tree" | cut -f1)
sed -e "s/@VERSION@/$version/" -e "s/@ARCH@/$arch/" -e "s/@SIZE@/$size/" installer/debian/control >"$tree/DEBIAN/control"
dpkg-deb --root-owner-group -Zxz -z3 -b "$tree" "dist/jdy-desktop_${version}_${arch}.deb"
