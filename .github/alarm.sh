#!/bin/sh
# Opens the one issue that says main is in trouble, or adds to it while it is open. Needs GH_TOKEN with `issues: write`.
set -eu
what=$1
label=alarm
run="$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID"
body="$what

$run

處理步驟見手冊「在 GitHub 上設定」的「警報」。 / What to do: \"Alarm\" in the handbook's GitHub page."
gh label create "$label" --repo "$GITHUB_REPOSITORY" --color B60205 --force
number=$(gh issue list --repo "$GITHUB_REPOSITORY" --label "$label" --state open --json number --jq '.[0].number // empty')
if [ -n "$number" ]; then
  gh issue comment "$number" --repo "$GITHUB_REPOSITORY" --body "$body"
else
  gh issue create --repo "$GITHUB_REPOSITORY" --label "$label" --title '警報：主線需要處理 / Alarm: main needs attention' --body "$body"
fi
