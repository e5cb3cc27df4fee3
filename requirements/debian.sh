#!/usr/bin/env bash
# requirements/debian.sh PACKAGE...: the Debian packages that tests and benchmarks need.
#
# Installs what is missing as root or by sudo without a password; else prints the one command to run and goes on,
# for there is something in place of each. With CI=true what is missing is an error.
# postfix is never installed, only unpacked below the environment: its tools measure, nobody wants its daemon.
set -euo pipefail
packages=("$@")
unpacked=${VENV:-.venv}/debian

is_there() {
    if [ "$1" = postfix ]; then
        [ -x "$unpacked/postfix/usr/sbin/smtp-sink" ]
    else
        [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
    fi
}

missing() {
    for package in "${packages[@]}"; do
        is_there "$package" || echo "$package"
    done
}

is_root() {
    [ "$(id -u)" = 0 ]
}

as_root() {
    if is_root; then "$@"; else sudo -n "$@"; fi
}

# Daemons must not start: by Debian's own switch, only while we install, and only where nobody else set it.
install() {
    local switch=/usr/sbin/policy-rc.d ours=
    if [ ! -e $switch ]; then
        ours=yes
        as_root sh -c "printf '#!/bin/sh\nexit 101\n' > $switch && chmod 755 $switch"
    fi
    local ended=0
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120 \
        install --yes --no-install-recommends "$@" >/dev/null || ended=$?
    [ -z "$ours" ] || as_root rm -f $switch
    return $ended
}

unpack() {
    local folder
    folder=$(mktemp -d)
    (cd "$folder" && apt-get -qq -o APT::Sandbox::User=root download "$1" >/dev/null) &&
        mkdir -p "$unpacked/$1" && dpkg --extract "$folder"/"$1"_*.deb "$unpacked/$1"
    rm -rf "$folder"
}

# What apt-get says when it fails stands above our own line.
get_missing() {
    local to_install=()
    for package in $(missing); do
        [ "$package" = postfix ] || to_install+=("$package")
    done
    if is_root || sudo -n true 2>/dev/null; then
        echo "Getting" $(missing) "from Debian ..."
        as_root apt-get -qq update || true
        [ ${#to_install[@]} = 0 ] || install "${to_install[@]}" || true
    elif [ ${#to_install[@]} != 0 ]; then
        echo "For all that the tests can do: sudo $0 ${to_install[*]}"
    fi
    if [[ " ${packages[*]} " == *" postfix "* ]] && ! is_there postfix; then
        unpack postfix
    fi
}

if [ -n "$(missing)" ]; then
    if command -v apt-get >/dev/null; then
        get_missing || true
    fi
    if [ -n "$(missing)" ]; then
        echo "Going on without:" $(missing) >&2
        [ "${CI:-}" != true ] || exit 1
        exit 0
    fi
fi
if [ -z "${SUDO_USER:-}" ]; then # else the folder would not belong to whoever runs make
    mkdir -p "$unpacked"
    (cd "$unpacked" && touch "${packages[@]}") # what make looks at
fi
