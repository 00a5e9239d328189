#!/bin/sh
# What `make interop` reads with, from the system's package manager: LibreOffice Calc without windows, age, ssh-keygen.
set -eu

need() { command -v "$1" >/dev/null 2>&1; }
complete() { need soffice && need age && need age-keygen && need ssh-keygen && need sha256sum && need md5sum; }

if complete; then exit 0; fi

as_root=
if [ "$(id -u)" -ne 0 ]; then
  if need sudo && sudo -n true 2>/dev/null; then as_root=sudo; else as_root=none; fi
fi
if need apt-get && [ "$as_root" != none ]; then
  echo "安裝互通檢查所需的 LibreOffice Calc 與 age … / installing LibreOffice Calc and age …"
  $as_root apt-get update -qq
  export DEBIAN_FRONTEND=noninteractive
  $as_root apt-get install -y -qq --no-install-recommends libreoffice-calc age openssh-client coreutils >/dev/null
fi
if complete; then exit 0; fi

cat >&2 <<'TEXT'
make interop 需要 LibreOffice Calc、age、ssh-keygen、sha256sum 與 md5sum，請先安裝 / needs these; install them:
  Debian, Ubuntu:  sudo apt-get install --no-install-recommends libreoffice-calc age openssh-client coreutils
  Fedora:          sudo dnf install libreoffice-calc age openssh-clients coreutils
  Arch:            sudo pacman -S libreoffice-still age openssh coreutils
  macOS:           brew install --cask libreoffice && brew install age coreutils
TEXT
exit 1
