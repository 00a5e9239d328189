#!/bin/sh
# What the tests need of the system: Chromium and fonts with Chinese glyphs, Pango, Git LFS; from its package manager.
set -eu

chromium() { command -v chromium-headless-shell || command -v chromium || command -v chromium-browser || command -v google-chrome; }
lfs() { command -v git-lfs; }
fonts() { fc-list :lang=zh-tw 2>/dev/null | grep -q .; }
# The PDF of a released package needs it; who has no `ldconfig` is not asked.
pango() { ! command -v ldconfig >/dev/null || ldconfig -p 2>/dev/null | grep -q libpangoft2; }

if chromium >/dev/null && lfs >/dev/null && fonts && pango; then exit 0; fi

as_root=
if [ "$(id -u)" -ne 0 ]; then
  if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then as_root=sudo; else as_root=none; fi
fi
if command -v apt-get >/dev/null && [ "$as_root" != none ]; then
  echo "安裝測試所需的 Chromium、中文字型與 Git LFS … / installing Chromium, Chinese fonts and Git LFS for the tests …"
  $as_root apt-get update -qq
  export DEBIAN_FRONTEND=noninteractive
  $as_root apt-get install -y -qq fonts-noto-cjk fontconfig git-lfs libpango-1.0-0 libpangoft2-1.0-0 >/dev/null
  # The build without windows is the lighter one; not every release has it.
  $as_root apt-get install -y -qq chromium-headless-shell >/dev/null 2>&1 ||
    $as_root apt-get install -y -qq chromium >/dev/null
fi
if chromium >/dev/null && lfs >/dev/null && fonts && pango; then exit 0; fi

cat >&2 <<'TEXT'
測試需要 Chromium、中文字型、Pango 與 Git LFS，請先安裝 / the tests need Chromium, Chinese fonts, Pango and Git LFS; install them:
  Debian, Ubuntu:  sudo apt-get install chromium fonts-noto-cjk fontconfig git-lfs libpangoft2-1.0-0
  Fedora:          sudo dnf install chromium google-noto-sans-cjk-fonts git-lfs pango
  Arch:            sudo pacman -S chromium noto-fonts-cjk git-lfs pango
  macOS:           brew install --cask chromium font-noto-sans-cjk-tc && brew install fontconfig git-lfs pango
TEXT
exit 1
