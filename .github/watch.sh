#!/bin/sh
# Fails when the nightly check has not succeeded for two days: a watch that stopped looks like a quiet night.
set -eu
last=$(gh run list --repo "$GITHUB_REPOSITORY" --workflow nightly.yml --branch main --status success --limit 1 \
  --json createdAt --jq '.[0].createdAt // empty')
# A school that is younger than two days has no such night yet.
since=${last:-$(gh api "repos/$GITHUB_REPOSITORY" --jq .created_at)}
echo "nightly: ${last:-never}; since $since"
[ "$(date -u -d "$since" +%s)" -ge "$(date -u -d '2 days ago' +%s)" ]
