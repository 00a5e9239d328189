#!/bin/sh
# 驗證這個資料包：每一個檔案、每一個簽章、每一件認證的作品。只用 sha256sum、ssh-keygen（OpenSSH 8.9 以上）與 POSIX 工具。
# Verifies this package: every file, every signature, every certified work, with stock tools only.
set -eu
LC_ALL=C
export LC_ALL
cd "$(dirname "$0")"
ALLOWED=data/content/trust/allowed_signers

fail() {
  printf '不合 / FAILED: %s\n' "$1" >&2
  exit 1
}

digest() { sha256sum < "$1" | cut -d' ' -f1; }

# What a payload says: its bytes are canonical JSON (RFC 8785) on one line, and a quote within a text is escaped.
said() { sed -n "s/.*\"$2\":\"\\([^\"]*\\)\".*/\\1/p" "$1"; }

signed() { # file, who, when, namespace
  ssh-keygen -Y verify -f "$ALLOWED" -I "$2" -n "$4@licheng.invalid" -Overify-time="$(printf %s "$3" | tr -d ':T-')" \
    -s "$1.sig" < "$1" > /dev/null || fail "$1"
}

# A work is exactly the files that were signed, byte for byte.
same() { # payload, the work's folder
  for file in "$2"/*; do
    grep -qF "{\"digest\":{\"sha256\":\"$(digest "$file")\"},\"name\":\"$(basename "$file")\"," "$1" || fail "$file"
  done
  [ "$(grep -oF '{"digest":{"sha256":"' "$1" | wc -l)" -eq "$(find "$2" -type f | wc -l)" ] || fail "$2"
}

# 1. Every file is listed, none beside it, and each is as its digest says.
[ -z "$(find . -type l)" ] || fail "symlink"
sha256sum --quiet --strict -c tagmanifest-sha256.txt || fail tagmanifest-sha256.txt
sha256sum --quiet --strict -c manifest-sha256.txt || fail manifest-sha256.txt
[ "$(find data -type f | wc -l)" -eq "$(wc -l < manifest-sha256.txt)" ] || fail "data"
files=$(wc -l < manifest-sha256.txt)

# 2. Every decision: who signed it, when, and that it is about this work.
decisions=0
for payload in $(find data/content/certifications -name '*.json' 2> /dev/null | sort); do
  at=${payload#data/content/certifications/*/}
  student=${at%%/*}
  item=${at#*/}
  item=${item%/*}
  staff=$(sed -n 's/.*"certifier":{[^}]*"id":"\([a-z0-9-]*\)".*/\1/p' "$payload")
  [ "$(said "$payload" student)" = "$student" ] || fail "$payload"
  [ "$(said "$payload" item)" = "$item" ] || fail "$payload"
  if [ -f "$payload.list" ]; then
    grep -qx "$(digest "$payload")" "$payload.list" || fail "$payload"
    signed "$payload.list" "$staff" "$(said "$payload" issued_at)" certification-list
  else
    signed "$payload" "$staff" "$(said "$payload" issued_at)" certification
  fi
  delegation=$(said "$payload" delegation_digest)
  if [ -n "$delegation" ]; then
    grep -q "^$delegation  data/content/delegations/" manifest-sha256.txt || fail "$payload"
  fi
  last=$(find "$(dirname "$payload")" -name '*.json' | sort | tail -n 1)
  work=data/content/students/${payload#data/content/certifications/}
  work=${work%/*}
  case "$(said "$payload" decision)" in
    certified | reaffirmed)
      if [ "$payload" = "$last" ]; then same "$payload" "$work"; fi ;;
  esac
  decisions=$((decisions + 1))
done

# 3. Who decided in another's place was asked to.
for payload in $(find data/content/delegations -name '*.json' 2> /dev/null | sort); do
  signed "$payload" "$(said "$payload" by)" "$(said "$payload" issued_at)" delegation
done

# 4. What another platform certified, by the word of the registrar.
for payload in $(find data/claims -name '*.json' 2> /dev/null | sort); do
  signed "$payload" "$(said "$payload" by)" "$(said "$payload" signed_at)" claim
  item=$(said "$payload" item)
  for work in data/content/students/*/"$(said "$payload" student)"/"$item"; do
    [ -d "$work" ] || fail "$payload"
    for file in "$work"/*; do
      grep -qF "\"name\":\"$(basename "$file")\",\"sha256\":\"$(digest "$file")\"" "$payload" || fail "$file"
    done
    [ "$(grep -oF '"sha256":"' "$payload" | wc -l)" -eq "$(find "$work" -type f | wc -l)" ] || fail "$work"
  done
  decisions=$((decisions + 1))
done

# 5. What nobody certifies as it is, is said.
for work in $(find data/content/students -path '*/outputs/*' -name item.md | sort); do
  work=${work%/item.md}
  last=$(find "data/content/certifications/${work#data/content/students/}" -name '*.json' 2> /dev/null | sort | tail -n 1)
  [ -z "$last" ] || case "$(said "$last" decision)" in certified | reaffirmed) continue ;; esac
  below=${work#data/content/students/*/*/}
  [ -f "data/claims/$below.json" ] || printf '沒有認證 / not certified: %s\n' "$below"
done

printf '全部相符 / all verified: %s 個檔案 files, %s 份認證 certifications\n' "$files" "$decisions"
