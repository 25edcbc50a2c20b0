# shellcheck shell=bash disable=SC2154
# What reads the files of deploy/, at known versions in target/tools. Sourced by scripts/lint-deploy; needs install.sh and
# $tools.

check_jsonschema_version=0.39.0
kubernetes_validate_version=1.37.0
dockerfile_utils_version=0.16.3

# find_debian PROGRAM: where it is; one of the system, or one that was unpacked.
find_debian() {
  local place
  for place in "/usr/sbin/$1" "/usr/bin/$1" "$tools/$1/usr/sbin/$1" "$tools/$1/usr/bin/$1"; do
    if [ -x "$place" ]; then
      echo "$place"
      return
    fi
  done
  command -v "$1"
}

# unpack_debian PROGRAM: from the Debian package of the same name. Unpacked and not installed: installed, it would begin to
# serve on this machine's addresses.
unpack_debian() {
  local log=$tools/$1.log
  find_debian "$1" >/dev/null && return
  on_debian || return 0
  echo "Unpacking $1 into $tools/$1"
  mkdir -p "$tools/$1"
  (
    cd "$tools/$1" || exit
    apt-get download "$1" || { can_be_root && as_root apt-get update -qq && apt-get download "$1"; } || exit
    dpkg-deb --extract "$1"_*.deb .
  ) </dev/null >"$log" 2>&1 || {
    tail -n 20 "$log" >&2
    return 1
  }
}

# Into a folder of their own, so that nothing of the system's Python changes.
install_python_tools() {
  local folder=$tools/deploy-python wanted="check-jsonschema $check_jsonschema_version, kubernetes-validate $kubernetes_validate_version"
  # Written last.
  [ "$(cat "$folder/installed" 2>/dev/null)" != "$wanted" ] || return 0
  have python3 && python3 -c 'import ensurepip' 2>/dev/null || return 0
  echo "Installing $wanted into $folder"
  rm -rf "$folder"
  python3 -m venv "$folder" &&
    "$folder/bin/pip" install --quiet --disable-pip-version-check \
      "check-jsonschema==$check_jsonschema_version" "kubernetes-validate==$kubernetes_validate_version" &&
    echo "$wanted" >"$folder/installed"
}

install_dockerfile_utils() {
  local folder=$tools/dockerfile-utils
  grep -qs "\"version\": \"$dockerfile_utils_version\"" "$folder/node_modules/dockerfile-utils/package.json" && return
  have npm || return 0
  npm install --prefix "$folder" --no-save --no-audit --no-fund --loglevel=error "dockerfile-utils@$dockerfile_utils_version"
}

# Each that cannot be had is said where its stage is left out.
install_deploy_tools() {
  local result=0
  unpack_debian nginx || result=1
  unpack_debian caddy || result=1
  install_python_tools || result=1
  install_dockerfile_utils || result=1
  return "$result"
}
