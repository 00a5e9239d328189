#!/bin/sh
# Chromium and fonts with Chinese glyphs for the browser tests, from the system's package manager.
set -eu

chromium() { command -v chromium || command -v chromium-browser || command -v google-chrome; }
fonts() { fc-list :lang=zh-tw 2>/dev/null | grep -q .; }

if chromium >/dev/null && fonts; then exit 0; fi

as_root=
if [ "$(id -u)" -ne 0 ]; then
  if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then as_root=sudo; else as_root=none; fi
fi
if command -v apt-get >/dev/null && [ "$as_root" != none ]; then
  echo "安裝瀏覽器測試所需的 Chromium 與中文字型 … / installing Chromium and Chinese fonts for the browser tests …"
  $as_root apt-get update -qq
  DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq chromium fonts-noto-cjk fontconfig >/dev/null
fi
if chromium >/dev/null && fonts; then exit 0; fi

cat >&2 <<'TEXT'
瀏覽器測試需要 Chromium 與中文字型，請先安裝 / the browser tests need Chromium and Chinese fonts; install them:
  Debian, Ubuntu:  sudo apt-get install chromium fonts-noto-cjk fontconfig
  Fedora:          sudo dnf install chromium google-noto-sans-cjk-fonts
  Arch:            sudo pacman -S chromium noto-fonts-cjk
  macOS:           brew install --cask chromium font-noto-sans-cjk-tc && brew install fontconfig
TEXT
exit 1
