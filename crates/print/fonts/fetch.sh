#!/usr/bin/env bash
# Fetches the fonts that PDF and pictures are set in, six files out of three packages; all are under the Open Font
# Licence. Does nothing when they are there and the lock file is no newer.
set -euo pipefail
cd "$(dirname "$0")"
[ -e NotoEmoji_400Regular.ttf ] && [ ! package-lock.json -nt NotoEmoji_400Regular.ttf ] && exit 0

echo "== fetching the fonts (about 100 MB, of which 13 MB are kept)"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cp package.json package-lock.json .npmrc "$scratch"
(cd "$scratch" && npm ci --silent --ignore-scripts)
from=$scratch/node_modules
for weight in Regular Medium Bold ExtraBold; do
  cp "$from/pretendard/dist/public/static/Pretendard-$weight.otf" .
done
cp "$from/pretendard/dist/LICENSE.txt" Pretendard-licence.txt
cp "$from/@expo-google-fonts/noto-sans-kr/LICENSE_FONT" NotoSansKR-licence.txt
cp "$from/@expo-google-fonts/noto-emoji/LICENSE_FONT" NotoEmoji-licence.txt
cp "$from/@expo-google-fonts/noto-sans-kr/400Regular/NotoSansKR_400Regular.ttf" .
# The last one stands for all: a fetch that was cut short is done again.
cp "$from/@expo-google-fonts/noto-emoji/400Regular/NotoEmoji_400Regular.ttf" .
touch ./*.otf ./*.ttf
