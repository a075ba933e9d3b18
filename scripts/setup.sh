#!/bin/sh
# Makes this checkout ready to run: the system packages that are missing (Debian, Ubuntu) and .venv from the lock.
# Asks nothing, changes nothing when nothing is missing.
#   scripts/setup.sh [test]     test: also what only the test suite needs
set -eu
cd "$(dirname "$0")/.."

say() { printf 'setup: %s\n' "$*" >&2; }
fail() {
    say "$*"
    exit 1
}

# The newest Python that runs: version managers leave launchers on PATH that do not. Its real path, so that
# an activated .venv is not remade with itself.
newest_python() {
    for name in python3.14 python3.13 python3.12 python3.11 python3; do
        "$name" -c 'import os, sys
if sys.version_info < (3, 11): sys.exit(1)
print(os.path.realpath(sys.executable))' 2>/dev/null && return
    done
    fail 'Python 3.11 or newer is needed, and none was found on PATH'
}

# The Debian packages that hold what is missing. What is asked for is the thing itself, so that a library or
# program installed by other means counts.
missing_packages() {
    has_module ensurepip || echo "python$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"
    has_library libpango-1.0.so.0 || echo libpango-1.0-0
    has_library libpangoft2-1.0.so.0 || echo libpangoft2-1.0-0
    has_library libharfbuzz-subset.so.0 || echo libharfbuzz-subset0
    has_program fc-list || echo fontconfig
    has_chinese_font || echo fonts-noto-cjk
    has_program pdftotext || echo poppler-utils
    has_program ssh-keygen || echo openssh-client
    if [ "$purpose" = test ]; then
        has_program sshd || echo openssh-server
    fi
}
has_module() { "$python" -c "import $1" 2>/dev/null; }
has_library() { "$python" -c "import ctypes; ctypes.CDLL('$1')" 2>/dev/null; }
has_program() { (PATH="$PATH:/usr/sbin:/sbin" && command -v "$1" >/dev/null); }
has_chinese_font() { fc-list 'Noto Sans CJK SC' family 2>/dev/null | grep -q .; }

# apt-get as root, or through sudo when that needs no password. NEEDRESTART_SUSPEND: Ubuntu would restart services.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 "$@" </dev/null >&2
    else
        sudo -n env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 "$@" </dev/null >&2
    fi
}

install_packages() {
    by_hand="sudo apt-get update && sudo apt-get install --no-install-recommends $*"
    has_program apt-get || fail "install what holds these on your system, then run this again: $*"
    [ "$(id -u)" -eq 0 ] || sudo -n true 2>/dev/null || fail "root is needed once; run: $by_hand"
    say "installing $*"
    # Another apt may hold the lock for minutes on a machine that has just started.
    set -- -q -y -o DPkg::Lock::Timeout=600 -o Dpkg::Options::=--force-confold --no-install-recommends "$@"
    as_root apt-get -q -o DPkg::Lock::Timeout=600 update || say 'apt-get update failed; trying with the old lists'
    as_root apt-get install "$@" || fail "apt-get failed; to try it by hand: $by_hand"
}

# The tests want the program; nobody asked for a service that listens to the world.
silence_new_sshd() {
    if [ -d /run/systemd/system ]; then
        as_root systemctl disable --now ssh.service ssh.socket || true
    fi
}

install_python_packages() {
    say "making .venv with $python"
    "$python" -m venv --clear .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
    # hatchling comes from the lock: no build isolation, or pip would fetch another one.
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
}

purpose=${1:-demo}
python=$(newest_python)
packages=$(missing_packages)
if [ -n "$packages" ]; then
    # shellcheck disable=SC2086 # a list of words
    install_packages $packages
    case "$packages" in *openssh-server*) silence_new_sshd ;; esac
fi

# What .venv was made of and where; it is made anew when any of it has changed.
made_of=$(printf '%s %s\n' "$PWD" "$python" && "$python" --version && cksum requirements-dev.lock pyproject.toml)
if [ "$(cat .venv/made-of 2>/dev/null)" != "$made_of" ] || ! .venv/bin/python -c '' 2>/dev/null; then
    install_python_packages
    printf '%s\n' "$made_of" >.venv/made-of
fi
