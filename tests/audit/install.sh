#!/bin/sh
# Java, Node and what `make audit` runs on them, into a folder that git ignores; nothing where all is there.
set -eu
target=$1
here=$(dirname "$0")

need() { command -v "$1" >/dev/null 2>&1; }
if ! need java || ! need npm; then
  if need apt-get && [ "$(id -u)" -eq 0 ]; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq default-jre-headless nodejs npm >/dev/null
  fi
fi
if ! need java || ! need npm; then
  echo "make audit 需要 Java 與 Node.js（18 以上）/ needs Java and Node.js 18 or newer:" >&2
  echo "  Debian, Ubuntu:  sudo apt-get install default-jre-headless nodejs npm" >&2
  exit 1
fi
mkdir -p "$target"
if ! cmp -s "$here/package-lock.json" "$target/done"; then
  cp "$here/package.json" "$here/package-lock.json" "$target/"
  (cd "$target" && npm ci --no-audit --no-fund --ignore-scripts --silent)
  cp "$here/package-lock.json" "$target/done"
fi
