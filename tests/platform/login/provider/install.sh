#!/bin/sh
# The OpenID provider of the tests, a Node program, into a folder that git ignores; nothing where it is there.
set -eu
target=$1
here=$(dirname "$0")

modern() { command -v npm >/dev/null 2>&1 && [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ]; }
if ! modern; then
  echo "測試單一登入需要 Node.js（20 以上）與 npm，請先安裝 / the tests of single sign-on need Node.js 20 or newer and npm; install them." >&2
  exit 1
fi
if ! cmp -s "$here/package-lock.json" "$target/done"; then
  mkdir -p "$target"
  cp "$here/package.json" "$here/package-lock.json" "$target/"
  (cd "$target" && npm ci --no-audit --no-fund --ignore-scripts --silent)
  cp "$here/package-lock.json" "$target/done"
fi
