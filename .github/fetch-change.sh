#!/bin/sh
# Brings a change into this clone as git objects, with the attachments that it adds: no reference, no file checked out.
# The credentials (GH_TOKEN) are used for these two commands and stored nowhere.
set -eu
head=$1
export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=credential.helper GIT_CONFIG_VALUE_0='!gh auth git-credential'
git fetch --quiet --no-tags --no-recurse-submodules --no-write-fetch-head origin "$head"
# Attachments are Git LFS objects, outside history; only those of changed files are wanted, not a whole school's.
changed=$(git diff-tree -r --no-renames --name-only --diff-filter=AMT HEAD "$head" -- content | paste -s -d , -)
[ -z "$changed" ] || git lfs fetch --include="$changed" --exclude= origin "$head"
