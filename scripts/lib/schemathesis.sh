# shellcheck shell=bash disable=SC2154
# Has schemathesis try everything docs/openapi.json promises against the real server: well-formed and malformed requests, made
# from the document, each answer held against it. Sourced by scripts/test and scripts/test-long; needs install.sh, $target and
# $tools.

schemathesis_version=4.32.5
# What makes up the requests: with another version the same seed means others.
hypothesis_version=6.170.17

# How long the server may take until it answers, in tenths of a second: a busy machine.
server_starts_within=600

# Into a folder of its own, so that nothing of the system's Python changes.
install_schemathesis() {
  local folder=$tools/api-python wanted="schemathesis $schemathesis_version, hypothesis $hypothesis_version"
  # Written last.
  [ "$(cat "$folder/installed" 2>/dev/null)" != "$wanted" ] || return 0
  has_python || return 0
  echo "Installing $wanted into $folder"
  rm -rf "$folder"
  python3 -m venv "$folder" &&
    "$folder/bin/pip" install --quiet --disable-pip-version-check "schemathesis==$schemathesis_version" "hypothesis==$hypothesis_version" &&
    echo "$wanted" >"$folder/installed"
}

has_python() { have python3 && python3 -c 'import ensurepip' 2>/dev/null; }

# The server that is tried, also where the script is ended in the middle.
tried_server=
stop_tried_server() {
  [ -n "$tried_server" ] || return 0
  kill "$tried_server" 2>/dev/null
  wait "$tried_server" 2>/dev/null
  tried_server=
}

# try_api OPTION...: tries what the options of `schemathesis run` say. The server has a folder and a port of its own, and nothing of this machine's
# settings; what it says is shown when something was found. It asks nobody outside: its GitHub is an address where nobody is.
try_api() {
  local folder url waited=0 result=0
  folder=$(mktemp -d "${TMPDIR:-/tmp}/pm-try-api.XXXXXXXX") || return
  env -i PATH=/usr/bin:/bin HOME="$folder" PM__DATA__DIR="$folder/data" API_PORT=0 LOG_LEVEL=warn \
    PM__GITHUB__API_URL=http://127.0.0.1:9 \
    "$target/debug/pm" >"$folder/out" 2>"$folder/log" &
  tried_server=$!
  until url=$(grep -o 'http://.*' "$folder/out"); do
    if ! kill -0 "$tried_server" 2>/dev/null || [ "$waited" -ge "$server_starts_within" ]; then
      echo "The server does not answer; it says:" >&2
      cat "$folder/log" >&2
      result=1
      break
    fi
    waited=$((waited + 1))
    sleep 0.1
  done
  if [ "$result" = 0 ]; then
    # Beside what the configuration names: it looks for that where it lies itself.
    cp tests/schemathesis.toml "$folder/"
    "$tools/api-python/bin/python" scripts/lib/api_material.py "$url" "$folder" &&
      (cd "$folder" && "$tools/api-python/bin/schemathesis" run "$url/openapi.json" --generation-database none "$@") ||
      result=1
    # However it is asked, it must live.
    kill -0 "$tried_server" 2>/dev/null || { echo "The server has ended" >&2; result=1; }
    [ "$result" = 0 ] || tail -n 50 "$folder/log" >&2
  fi
  stop_tried_server
  rm -rf "$folder"
  return "$result"
}
