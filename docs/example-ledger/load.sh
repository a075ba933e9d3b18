#!/bin/sh
# Makes a Git repository of the example beside this script, with nothing but git:  sh load.sh DIRECTORY
# Its branch main holds the text, its branch approved the ledger (docs/ledger-format.md).
set -eu
here=$(cd "$(dirname "$0")" && pwd)

git init -q -b main "$1"
cd "$1"
git config core.quotepath false  # file names as they are, not in octal

# The trees that the commits name: the policy alone, and the policy with the document.
add() { git --work-tree="$here/files" -c core.autocrlf=false -c core.fileMode=false add "$@"; }
add policy
git write-tree >/dev/null
add common
git write-tree >/dev/null

for name in main-1-policy main-2-document approved-0-genesis approved-1-submit approved-2-approve; do
    commit=$(git hash-object -t commit -w --stdin <"$here/commits/$name.commit")
    git update-ref "refs/heads/${name%%-*}" "$commit"
done
git reset -q --hard
