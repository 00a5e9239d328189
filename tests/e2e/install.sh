#!/bin/sh
# git-lfs and an OpenSSH server for the end-to-end tests, from the system's package manager.
set -eu
PATH="$PATH:/usr/sbin:/usr/local/sbin"

lfs() { command -v git-lfs; }
server() { command -v sshd; }

if lfs >/dev/null && server >/dev/null; then exit 0; fi

as_root=
if [ "$(id -u)" -ne 0 ]; then
  if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then as_root=sudo; else as_root=none; fi
fi
if command -v apt-get >/dev/null && [ "$as_root" != none ]; then
  echo "安裝端對端測試所需的 git-lfs 與 OpenSSH 伺服器 … / installing git-lfs and an OpenSSH server for the tests …"
  $as_root apt-get update -qq
  DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq git-lfs openssh-server >/dev/null
fi
if lfs >/dev/null && server >/dev/null; then exit 0; fi

cat >&2 <<'TEXT'
端對端測試需要 git-lfs 與 sshd，請先安裝 / the end-to-end tests need git-lfs and sshd; install them:
  Debian, Ubuntu:  sudo apt-get install git-lfs openssh-server
  Fedora:          sudo dnf install git-lfs openssh-server
  Arch:            sudo pacman -S git-lfs openssh
  macOS:           brew install git-lfs (sshd is part of macOS)
TEXT
exit 1
