# shellcheck shell=bash
# A cluster on this machine for a bats file: an API server, a controller and agents as processes of their own, all
# agents on the one Docker Engine. Every name carries the prefix of this run, so that runs never meet.
#
# $PICKET is the executable, $CLIENT what is typed: kubectl or picket.

: "${PICKET:?path of the executable}" "${CLIENT:?kubectl or picket}" "${ROOT:?root of the repository}"

# shellcheck source=scripts/lib/mounts.sh
. "$ROOT/scripts/lib/mounts.sh"

# How long an event may take before it counts as lost. Generous: machines are slow now and then.
DEADLINE=${DEADLINE:-90}

new_cluster() {
    export DIR=$BATS_FILE_TMPDIR
    RUN=e2e-$(printf '%05x' $((RANDOM * RANDOM % 1048576)))
    export RUN KUBECONFIG=$DIR/server/admin.kubeconfig
    "$ROOT/scripts/example-image"
}

# The tests of a file build on each other: after one that failed, the others would only wait for their deadlines.
setup() { [[ ! -e $DIR/failed ]] || skip "an earlier test of this file failed"; }
teardown() { [[ -n ${BATS_TEST_COMPLETED:-} ]] || touch "$DIR/failed"; }

# What tests type.
k() {
    case $CLIENT in
        picket) "$PICKET" "$@" ;;
        *) kubectl --cache-dir "$DIR/cache" "$@" ;;
    esac
}

# not COMMAND...: succeeds when it fails. A bare "! COMMAND" never fails a test: the shell's -e does not look at it.
not() { if "$@"; then return 1; fi; }

# eventually COMMAND...: runs it until it succeeds.
eventually() {
    local end=$((SECONDS + DEADLINE))
    until "$@" >"$DIR/last-try" 2>&1; do
        if ((SECONDS >= end)); then
            echo "still not so after $DEADLINE s: $*" >&2
            cat "$DIR/last-try" >&2
            tell_state >&2
            return 1
        fi
        sleep 0.2
    done
}

# For the reader of a failure.
tell_state() {
    "$PICKET" get nodes,daemonsets,pods -A -o wide 2>&1 | tail -n 40
    docker ps -a --filter "name=k8s_" --format '{{.Names}} {{.Status}}' | grep -F "$RUN" | head -n 20
    tail -n 8 "$DIR"/*.log
}

# ---- processes

# start NAME COMMAND...: in the background, with a log and a pid file of that name.
start() {
    local name=$1
    shift
    # File descriptor 3 is bats' own: a process that kept it would keep bats from ending.
    setsid "$@" >>"$DIR/$name.log" 2>&1 </dev/null 3>&- &
    echo $! >"$DIR/$name.pid"
}

pid_of() { cat "$DIR/$1.pid"; }

# end NAME [SIGNAL]: returns when the process is gone.
end() {
    local pid
    pid=$(pid_of "$1")
    kill "-${2:-TERM}" "$pid" 2>/dev/null || true
    eventually is_gone "$pid"
    rm -f "$DIR/$1.pid"
}

is_gone() { ! kill -0 "$1" 2>/dev/null || [[ $(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null) == Z* ]]; }

api_answers() { "$PICKET" get --raw /readyz; }

# The port of the first start is kept: agents and kubeconfig files know it.
start_apiserver() {
    local port=0
    [[ ! -f $KUBECONFIG ]] || port=$(server_url | sed 's/.*://')
    start apiserver "$PICKET" apiserver --data-dir "$DIR/server" --listen "127.0.0.1:$port"
    eventually api_answers
}

server_url() { sed -n 's/^ *server: *//p' "$KUBECONFIG" | tr -d '"'; }

start_controller() {
    start controller "$PICKET" controller --kubeconfig "$DIR/server/controller.kubeconfig" --node-grace 5
}

node() { echo "$RUN-$1"; }

# start_agent LETTER [FLAG...]: the agent of node <run>-LETTER.
start_agent() {
    start "agent-$1" "$PICKET" agent --server "$(server_url)" --token-file "$DIR/server/join-token" \
        --node-name "$(node "$1")" --data-dir "$DIR/agent-$1" --log-root "$DIR/log" "${@:2}"
}

remove_cluster() {
    local file
    for file in "$DIR"/*.pid; do
        [[ ! -f $file ]] || kill -9 "$(cat "$file")" 2>/dev/null || true
    done
    all_containers_of_run | xargs -r docker rm -f >/dev/null 2>&1 || true
    # Secrets and tokens are files in memory, mounted below the agents' data directories.
    unmount_below "$DIR"
}

# ---- what Docker says

all_containers_of_run() {
    docker ps -a --format '{{.ID}} {{.Label "picket.dev/node"}}' | sed -n "s/ $RUN-.*//p"
}

# containers LETTER APP: ids of the running containers of that node whose pod's name begins with APP.
containers() {
    docker ps --no-trunc --filter "label=picket.dev/node=$(node "$1")" --filter label=io.kubernetes.container.name=main \
        --format '{{.ID}} {{.Label "io.kubernetes.pod.name"}}' | sed -n "s/ $2.*//p"
}

count() { containers "$@" | grep -c . || true; }

# runs_on APP LETTERS: one container on each of these nodes.
runs_on() {
    local letter
    for letter in ${2:-}; do
        [[ $(count "$letter" "$1") -eq 1 ]] || return 1
    done
}

# absent_on APP LETTERS: none, dead ones included.
absent_on() {
    local letter
    for letter in ${2:-}; do
        [[ -z $(docker ps -aq --filter "label=picket.dev/node=$(node "$letter")" \
            --filter label=io.kubernetes.container.name=main --filter "name=_$1") ]] || return 1
    done
}

container_label() { docker inspect --format "{{index .Config.Labels \"$2\"}}" "$1"; }
pod_uid_of_container() { container_label "$1" io.kubernetes.pod.uid; }

# replaced LETTER APP ID: one container runs there, and it is not ID.
replaced() {
    local now
    now=$(containers "$1" "$2")
    [[ -n $now && $(wc -l <<<"$now") -eq 1 && $now != "$3" ]]
}

# ---- what the API says

pods_on() { k get pods -l "app=$2" --field-selector "spec.nodeName=$(node "$1")" -o name; }
pod_count_on() { pods_on "$@" | grep -c . || true; }

# counts SET N: that many pods are desired, there and ready.
counts() {
    [[ $("$PICKET" get ds "$1" --no-headers | awk '{print $2, $3, $4}') == "$2 $2 $2" ]]
}

# daemon_set NAME [EXTRA-POD-SPEC-LINE...]: a set of sleeping containers; extra lines go into the pod's spec.
daemon_set() {
    local name=$1 line
    shift
    cat <<YAML
apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: $name
spec:
  selector:
    matchLabels: {app: $name}
  template:
    metadata:
      labels: {app: $name}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: main
        image: picket.local/busybox:1
        imagePullPolicy: IfNotPresent
        command: [/bin/sh, -c, "echo started; exec sleep 1000000"]
YAML
    for line in "$@"; do printf '      %s\n' "$line"; done
}
