#!/usr/bin/env bash
# Installs from Debian's packages what is missing of the named needs. Prints what it does; does nothing when all is there.
# Usage: packages.sh need…   needs: cc postgres postfix dovecot chromium node java print bench
set -euo pipefail

wanted=()
has() { command -v "$1" >/dev/null 2>&1 || [ -x "/usr/sbin/$1" ]; }
for need in "$@"; do
  case "$need" in
    cc) has cc || wanted+=(build-essential) ;;
    postgres) compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || has initdb || wanted+=(postgresql) ;;
    postfix) has postfix || wanted+=(postfix) ;;
    dovecot) { has dovecot && [ -e /usr/lib/dovecot/imap ] && [ -e /usr/lib/dovecot/lmtp ]; } || wanted+=(dovecot-imapd dovecot-lmtpd) ;;
    chromium) has chromium || wanted+=(chromium)
      fc-list :lang=ko 2>/dev/null | grep -q . || wanted+=(fontconfig fonts-noto-cjk) ;;
    node) { has node && has npm; } || wanted+=(nodejs npm) ;;
    java) has java || wanted+=(default-jre-headless) ;;
    print) has pdftotext || wanted+=(poppler-utils); has qpdf || wanted+=(qpdf); [ -e /usr/share/java/epubcheck.jar ] || wanted+=(epubcheck) ;;
    bench) has nginx || wanted+=(nginx-light); has wrk || wanted+=(wrk) ;;
    *) echo "packages.sh: unknown need $need" >&2; exit 2 ;;
  esac
done
[ ${#wanted[@]} -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  has sudo || { echo "Please install as root: apt-get install ${wanted[*]}" >&2; exit 1; }
  as_root=(sudo)
fi
echo "== installing ${wanted[*]}"
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${wanted[@]}" >/dev/null
