#!/bin/sh
# Prepares the container that grades; Gradescope runs it once, as root.
set -eu
here=${AUTOGRADER:-/autograder}/source

export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install -y --no-install-recommends ca-certificates curl gcc libc6-dev python3

# Programs run as a user who owns nothing.
id workbook >/dev/null 2>&1 || useradd --system --no-create-home --shell /usr/sbin/nologin workbook

# Ubuntu's own compiler is too old for the edition of Rust that the course is written in.
export RUSTUP_HOME=/opt/rust CARGO_HOME=/opt/rust
curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y --no-modify-path --profile minimal
chmod -R go+rX /opt/rust

chmod 0755 "$here" "$here/workbook" "$here/run_autograder"
if ! "$here/workbook" --version; then
    echo "This workbook does not run here, most likely because it was built on a newer system. Build one that" >&2
    echo "needs nothing of the system (cargo build --release --target x86_64-unknown-linux-musl), and make the" >&2
    echo "package with --binary." >&2
    exit 1
fi
