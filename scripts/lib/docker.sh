# shellcheck shell=bash
# Makes sure that a Docker Engine answers on this machine. Needs lib/common.sh.

DOCKERD_PID_FILE=${PICKET_DOCKERD_PID_FILE:-/run/picket-dockerd.pid}
DOCKERD_LOG=${PICKET_DOCKERD_LOG:-/var/log/picket-dockerd.log}

docker_answers() { docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }

systemd_runs() { [[ -d /run/systemd/system ]]; }

start_dockerd() {
    note "starting dockerd (log: $DOCKERD_LOG)"
    setsid dockerd >>"$DOCKERD_LOG" 2>&1 </dev/null &
    echo $! >"$DOCKERD_PID_FILE"
}

ensure_docker() {
    docker_answers && return
    need_root "starting the Docker Engine"
    if systemd_runs; then
        systemctl start docker
    else
        start_dockerd
    fi
    wait_until 60 docker_answers && return
    [[ ! -f $DOCKERD_LOG ]] || tail -n 20 "$DOCKERD_LOG" >&2
    fail "no Docker Engine answers; see above, or start one yourself"
}

# Ends the dockerd that ensure_docker started, if it did.
stop_own_dockerd() {
    [[ -f $DOCKERD_PID_FILE ]] || return 0
    kill "$(cat "$DOCKERD_PID_FILE")" 2>/dev/null || true
    rm -f "$DOCKERD_PID_FILE"
}
