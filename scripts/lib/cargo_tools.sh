# shellcheck shell=bash disable=SC2154
# cargo-deny and cargo-machete at known versions, built once into target/tools. Sourced by scripts/test; needs $tools.

cargo_deny_version=0.20.2
cargo_machete_version=0.9.2

# cargo_tool NAME VERSION: builds it if that version is not there yet. Unoptimised: half the time to build, and each
# runs for a second or two.
cargo_tool() {
  case "$("$tools/bin/$1" --version 2>/dev/null)" in *"$2") return 0 ;; esac
  env -u CARGO_TARGET_DIR CARGO_PROFILE_DEV_DEBUG=false CARGO_PROFILE_DEV_STRIP=symbols \
    cargo install --quiet --locked --debug --no-default-features --force --root "$tools" "$1@$2"
}

install_cargo_tools() {
  cargo_tool cargo-deny "$cargo_deny_version" && cargo_tool cargo-machete "$cargo_machete_version"
}
