# shellcheck shell=bash
# A PostgreSQL of the tests' own: in a temporary folder, on a free loopback port, as an unprivileged user, gone at the end.
# Sourced by scripts/test and scripts/test-long, and by the tests that stop theirs; needs find_postgres from install.sh. No
# other cluster is touched.

postgres_folder=""
postgres_bin=""

# PostgreSQL refuses to run as root; Debian's package brings the user `postgres`, every system has `nobody`.
as_postgres() {
  if [ "$(id -u)" != 0 ]; then
    (cd "$postgres_folder" && "$@")
  else
    local user=nobody
    id postgres >/dev/null 2>&1 && user=postgres
    (cd "$postgres_folder" && setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups "$@")
  fi
}

# launch_postgres PORT: starts it with the data it has.
launch_postgres() {
  as_postgres "$postgres_bin/pg_ctl" --pgdata=data --log=server.log --wait --silent --options="-p $1" start >/dev/null 2>&1
}

# Ends it as a power cut would, and keeps its data.
halt_postgres() {
  as_postgres "$postgres_bin/pg_ctl" --pgdata=data --mode=immediate --wait --silent stop
}

# start_postgres [AUTH]: sets and exports TEST_DATABASE_URL. A client shows that it knows the password in PostgreSQL's usual way,
# unless another is named: that is four thousand rounds of hashing, half of what a debug build does in a short test.
start_postgres() {
  local password port attempt
  postgres_bin=$(find_postgres) || return
  postgres_folder=$(mktemp -d "${TMPDIR:-/tmp}/pm-test-postgres.XXXXXXXX") || return
  password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  printf '%s\n' "$password" >"$postgres_folder/password"
  [ "$(id -u)" != 0 ] || chown -R "$(id -u postgres 2>/dev/null || id -u nobody)" "$postgres_folder"
  if ! as_postgres test -w "$postgres_folder/password"; then
    echo "The user PostgreSQL runs as cannot reach $postgres_folder: set TMPDIR to a folder every user may enter." >&2
    return 1
  fi
  as_postgres "$postgres_bin/initdb" --pgdata=data --username=postgres --pwfile=password \
    --auth="${1:-scram-sha-256}" --encoding=UTF8 --locale=C --no-sync >"$postgres_folder/initdb.log" 2>&1 || {
    cat "$postgres_folder/initdb.log" >&2
    return 1
  }
  # Tests need no data that survives a power cut. Every test has pools of its own, hence the connections.
  as_postgres tee -a data/postgresql.conf >/dev/null <<CONF
listen_addresses = '127.0.0.1'
unix_socket_directories = '$postgres_folder'
fsync = off
full_page_writes = off
max_connections = 300
CONF
  # A port below those the system hands out by itself. Whether it is free shows when the server takes it.
  for attempt in 1 2 3 4 5 6 7 8; do
    port=$((15000 + RANDOM % 15000))
    if launch_postgres "$port"; then
      export TEST_DATABASE_URL="postgres://postgres:$password@127.0.0.1:$port/postgres"
      echo "PostgreSQL $("$postgres_bin/postgres" --version | grep -o '[0-9][0-9.]*' | head -n 1) listens on 127.0.0.1:$port, its files are in $postgres_folder"
      return
    fi
    echo "PostgreSQL did not start on port $port (attempt $attempt)" >&2
  done
  tail -n 20 "$postgres_folder/server.log" >&2
  return 1
}

# secure_postgres FOLDER: has it speak TLS, with a certificate for 127.0.0.1 and localhost that is signed by FOLDER/root.crt.
# FOLDER/other.crt is a root that signed nothing.
secure_postgres() {
  local folder=$1 root key
  for root in root other; do
    openssl req -x509 -nodes -newkey rsa:2048 -days 2 -subj "/CN=$root of a test" \
      -keyout "$folder/$root.key" -out "$folder/$root.crt" 2>"$folder/openssl.log" || return
  done
  openssl req -x509 -nodes -newkey rsa:2048 -days 2 -subj "/CN=PostgreSQL of a test" -CA "$folder/root.crt" -CAkey "$folder/root.key" \
    -addext "subjectAltName=DNS:localhost,IP:127.0.0.1" -addext "basicConstraints=critical,CA:FALSE" \
    -keyout "$folder/server.key" -out "$folder/server.crt" 2>"$folder/openssl.log" || return
  for key in server.key server.crt; do
    as_postgres tee "data/$key" <"$folder/$key" >/dev/null && as_postgres chmod 600 "data/$key" || return
  done
  echo "ssl = on" | as_postgres tee -a data/postgresql.conf >/dev/null
  as_postgres "$postgres_bin/pg_ctl" --pgdata=data --log=server.log --wait --silent restart >/dev/null 2>&1
}

stop_postgres() {
  [ -n "$postgres_folder" ] || return 0
  [ ! -e "$postgres_folder/data/postmaster.pid" ] || halt_postgres || true
  rm -rf "$postgres_folder"
  postgres_folder=""
}
