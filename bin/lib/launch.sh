# Runs a program of this checkout or install, with the checkout's own Node.js where there is one.
# Read by the launchers beside it: `launch NAME ROOT ARGUMENT...` does not return.

launch() {
  program=$1
  root=$2
  shift 2
  node="$root/node_modules/node/bin/node"
  [ -x "$node" ] || node=$(command -v node) || {
    echo "$program: Node.js 22.12 or newer is needed, and there is none in PATH" >&2
    exit 1
  }
  version=$("$node" --version)
  numbers=${version#v}
  major=${numbers%%.*}
  rest=${numbers#*.}
  minor=${rest%%.*}
  if [ "$major" -lt 22 ] || { [ "$major" -eq 22 ] && [ "$minor" -lt 12 ]; }; then
    echo "$program: Node.js 22.12 or newer is needed, and $node is $version" >&2
    exit 1
  fi
  [ -f "$root/dist/cli/$program.js" ] || {
    echo "$program: not built yet; run 'npm ci' in $root" >&2
    exit 1
  }
  # A young generation of 1 MiB: what a session leaves behind is collected early, and halves what each one costs.
  exec "$node" --enable-source-maps --max-semi-space-size=1 "$root/dist/cli/$program.js" "$@"
}
