# shellcheck shell=bash
# Several hosts on this machine, for tests in which hosts, engines and cables fail. Load it after cluster.bash.
#
# A host is a small init in network, PID, mount, UTS and IPC namespaces of its own, with its own /run, its own
# dockerd below $DIR/hosts/NAME and a cable to the switch. The switch is a network namespace with a bridge; the
# server and what tests type run in it. Nothing is added to the machine's own network, and everything is ended by
# the pid of an init: the kernel then ends all that runs in its namespaces.
#
# $PICKET is replaced by a wrapper that types in the switch's network; $LAB_PICKET is the executable itself.

LAB_NET=10.93.0
LAB_STATE=/run/picket-lab

# lab_create: the switch. Also clears away what a killed run has left.
lab_create() {
    export DIR=$BATS_FILE_TMPDIR LAB_PICKET=${LAB_PICKET:-$PICKET}
    RUN=e2e-$(printf '%05x' $((RANDOM * RANDOM % 1048576)))
    export RUN KUBECONFIG=$DIR/server/admin.kubeconfig
    lab_sweep
    "$ROOT/scripts/example-image"
    docker save -o "$DIR/busybox.tar" picket.local/busybox:1
    mkdir -p "$DIR/hosts" "$DIR/bin" "$LAB_STATE/$RUN"
    process_identity $$ >"$LAB_STATE/$RUN/owner"
    start switch unshare --net --kill-child --fork sleep infinity
    register switch "$(child_of switch)"
    in_switch ip link set lo up
    in_switch ip link add bridge type bridge
    in_switch ip address add "$LAB_NET.1/24" dev bridge
    in_switch ip link set bridge up
    printf '#!/bin/sh\nexec nsenter -t %s -n -- %q "$@"\n' "$(init_of switch)" "$LAB_PICKET" >"$DIR/bin/picket"
    chmod +x "$DIR/bin/picket"
    export PICKET=$DIR/bin/picket
}

# lab_remove: safe to call twice, and after a failure half-way.
lab_remove() {
    local file
    for file in "$DIR"/*.pid; do
        [[ ! -f $file ]] || kill -9 "$(cat "$file")" 2>/dev/null || true
    done
    lab_end "$RUN"
}

# ---- processes that must not outlive the run

# A pid may be given away again; with its start time it is unique.
process_identity() { echo "$1 $(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20)"; }
same_process() { [[ -n ${2:-} && $(process_identity "$1") == "$1 $2" ]]; }

register() {
    process_identity "$2" >"$LAB_STATE/$RUN/$1.init"
}

init_of() { cut -d' ' -f1 "$LAB_STATE/$RUN/$1.init"; }

# child_of NAME: the process that `start NAME unshare|nsenter …` has forked.
child_of() {
    local parent child="" end=$((SECONDS + DEADLINE))
    parent=$(pid_of "$1")
    until [[ -n $child ]]; do
        ((SECONDS < end)) && kill -0 "$parent" || return 1
        read -r child _ <"/proc/$parent/task/$parent/children" || sleep 0.02
    done
    echo "$child"
}

# lab_end RUN: ends that run's inits and removes its cgroups.
lab_end() {
    local file pid started
    for file in "$LAB_STATE/$1"/*.init; do
        [[ -f $file ]] || continue
        read -r pid started <"$file"
        same_process "$pid" "$started" || continue
        kill -9 "$pid" || true
        eventually has_ended "$pid" "$started"
    done
    remove_cgroups "/$1"
    rm -rf "${LAB_STATE:?}/$1"
}

# A stopped process outside of its namespaces that has not reaped a child of it keeps an init from ending.
has_ended() { ! same_process "$1" "$2" || is_gone "$1"; }

lab_sweep() {
    local folder pid started
    for folder in "$LAB_STATE"/*/; do
        [[ -f $folder/owner ]] || continue
        read -r pid started <"$folder/owner"
        same_process "$pid" "$started" || lab_end "$(basename "$folder")"
    done
}

remove_cgroups() {
    find /sys/fs/cgroup -depth -type d -path "/sys/fs/cgroup*$1*" -exec rmdir {} \; 2>/dev/null || true
}

# ---- hosts

in_switch() { nsenter -t "$(init_of switch)" -n -- "$@"; }
# on HOST COMMAND...: inside that host.
on() {
    local host=$1
    shift
    nsenter -t "$(init_of "host-$host")" -m -u -i -n -p -- "$@"
}
docker_on() {
    local host=$1
    shift
    DOCKER_HOST=unix://$DIR/hosts/$host/docker.sock docker "$@"
}
node() { echo "$1"; }
address_of() { echo "$LAB_NET.$((10 + $(printf '%d' "'$1") - 96))"; }

# host_boot LETTER: power on. Engine and agent are started by hand, so that tests may look in between.
host_boot() {
    local folder=$DIR/hosts/$1 init switch
    mkdir -p "$folder/docker"
    # shellcheck disable=SC2016 # the init's shell expands it
    start "host-$1" unshare --net --pid --fork --kill-child --mount --uts --ipc --mount-proc -- tini -s -- sh -ec '
        mount -t tmpfs tmpfs /run
        mkdir /run/cgroup && mount --rbind /sys/fs/cgroup /run/cgroup
        mount -t sysfs sysfs /sys && mount --rbind /run/cgroup /sys/fs/cgroup && umount -l /run/cgroup
        mount --make-rshared /
        hostname "$1"
        ip link set lo up
        touch "$2/booted"
        exec sleep infinity' sh "$1" "$folder"
    init=$(child_of "host-$1")
    register "host-$1" "$init"
    eventually test -f "$folder/booted"
    rm "$folder/booted"
    switch=$(init_of switch)
    ip link add eth0 netns "$init" type veth peer name "port-$1" netns "$switch"
    in_switch ip link set "port-$1" master bridge up
    on "$1" ip address add "$(address_of "$1")/24" dev eth0
    on "$1" ip link set eth0 up
    on "$1" ip route add default via "$LAB_NET.1"
}

# host_power_off LETTER: as when the plug is pulled.
host_power_off() {
    local init
    init=$(init_of "host-$1")
    kill -9 "$init"
    eventually is_gone "$init"
    eventually is_gone "$(pid_of "host-$1")"
    rm -f "$DIR/host-$1.pid" "$DIR/engine-$1.pid" "$DIR/agent-$1.pid"
    remove_cgroups "/$RUN/$1"
}

cable_out() { in_switch ip link set "port-$1" down; }
cable_in() { in_switch ip link set "port-$1" up; }

# start_on HOST NAME COMMAND...: like start, inside the host; `end` and `kill_on` take the same NAME.
start_on() {
    local init
    init=$(init_of "host-$1")
    start "$2" nsenter -t "$init" -m -u -i -n -p -- "${@:3}"
    child_of "$2" >"$DIR/$2.child"
    mv "$DIR/$2.child" "$DIR/$2.pid"
}

# engine_start LETTER [FLAG...]
engine_start() {
    local folder=$DIR/hosts/$1
    start_on "$1" "engine-$1" dockerd --data-root "$folder/docker" --exec-root /run/docker --pidfile /run/docker.pid \
        --host "unix://$folder/docker.sock" --cgroup-parent "/$RUN/$1" "${@:2}"
    eventually docker_on "$1" version
    docker_on "$1" image inspect picket.local/busybox:1 >/dev/null 2>&1 || docker_on "$1" load -q -i "$DIR/busybox.tar"
}

# agent_start LETTER [FLAG...]
agent_start() {
    start_on "$1" "agent-$1" "$LAB_PICKET" agent --server "$(server_url)" --token-file "$DIR/server/join-token" \
        --node-name "$1" --data-dir "$DIR/hosts/$1/agent" --docker "unix://$DIR/hosts/$1/docker.sock" "${@:2}"
}

host_up() {
    host_boot "$1"
    engine_start "$1"
    agent_start "$1"
}

# start_server: API server and controllers in one process, on the switch.
start_server() {
    start server "$PICKET" server --data-dir "$DIR/server" --listen "$LAB_NET.1:6443" --node-grace 5
    eventually api_answers
}

# ---- what is there

# containers LETTER APP: ids of the running containers of that host whose pod's name begins with APP.
containers() {
    docker_on "$1" ps --no-trunc --filter label=io.kubernetes.container.name=main \
        --format '{{.ID}} {{.Label "io.kubernetes.pod.name"}}' | sed -n "s/ $2.*//p"
}

container_label() { docker_on "$1" inspect --format "{{index .Config.Labels \"$3\"}}" "$2"; }

tell_state() {
    "$PICKET" get nodes,daemonsets,pods -A -o wide 2>&1 | tail -n 40
    local folder host
    for folder in "$DIR"/hosts/*/; do
        host=$(basename "$folder")
        docker_on "$host" ps -a --format "$host: {{.Names}} {{.Status}}" 2>&1 | head -n 20
    done
    tail -n 8 "$DIR"/*.log
}
