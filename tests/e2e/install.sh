#!/bin/sh
# git-lfs and an OpenSSH server for the end-to-end tests, poppler, which draws cleaned PDF files, and age, from the system's package manager.
set -eu
PATH="$PATH:/usr/sbin:/usr/local/sbin"

lfs() { command -v git-lfs; }
server() { command -v sshd; }
stock_age() { command -v age; }
poppler() { command -v pdftoppm && command -v pdftotext; }

if lfs >/dev/null && server >/dev/null && poppler >/dev/null && stock_age >/dev/null; then exit 0; fi

as_root=
if [ "$(id -u)" -ne 0 ]; then
  if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then as_root=sudo; else as_root=none; fi
fi
if command -v apt-get >/dev/null && [ "$as_root" != none ]; then
  echo "安裝端對端測試所需的 git-lfs、OpenSSH 伺服器、poppler 與 age … / installing git-lfs, an OpenSSH server, poppler and age for the tests …"
  $as_root apt-get update -qq
  DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq git-lfs openssh-server poppler-utils age >/dev/null
fi
if lfs >/dev/null && server >/dev/null && poppler >/dev/null && stock_age >/dev/null; then exit 0; fi

cat >&2 <<'TEXT'
測試需要 git-lfs、sshd、poppler 與 age，請先安裝 / the tests need git-lfs, sshd, poppler and age; install them:
  Debian, Ubuntu:  sudo apt-get install git-lfs openssh-server poppler-utils age
  Fedora:          sudo dnf install git-lfs openssh-server poppler-utils age
  Arch:            sudo pacman -S git-lfs openssh poppler age
  macOS:           brew install git-lfs poppler age (sshd is part of macOS)
TEXT
exit 1
