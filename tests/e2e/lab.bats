#!/usr/bin/env bats
# The host comes first: whatever fails (cable, power, engine, agent, server), the daemons live, and what runs well is
# never replaced. Hosts of their own engines; containers' ids compared before and after. Host b's engine has
# live-restore, host a's has not. The tests follow each other.

load cluster
load lab

setup_file() {
    lab_create
    start_server
    host_up a
    host_boot b
    engine_start b --live-restore
    agent_start b
}

teardown_file() { lab_remove; }

# Ends at once on SIGTERM, which a plain sleep does not as pid 1: an engine without live-restore asks for that.
single() { daemon_set "$@" | sed 's/exec sleep 1000000/trap exit TERM; while :; do sleep 1; done/'; }

# paired NAME: a set whose pods have a sandbox, two containers, and volumes in the second.
paired() {
    single "$1" '- name: second' '  image: picket.local/busybox:1' '  imagePullPolicy: IfNotPresent' \
        '  command: [/bin/sh, -c, "exec sleep 1000000"]' \
        '  env: [{name: PASSWORD, valueFrom: {secretKeyRef: {name: keys, key: password}}}]' \
        '  volumeMounts: [{name: keys, mountPath: /keys}, {name: kept, mountPath: /kept}, {name: run, mountPath: /host}]' \
        'volumes:' '- {name: keys, secret: {secretName: keys}}' '- {name: kept, emptyDir: {}}' \
        '- {name: run, hostPath: {path: /run/of-pair, type: DirectoryOrCreate}}'
}

# everything_on HOST: ids of all that runs there, sandboxes included.
everything_on() { docker_on "$1" ps -q --no-trunc | sort; }
all_of_a_run() { [[ $(everything_on a | wc -l) -eq 4 ]]; }
same_on() { [[ $(everything_on "$1") == "$2" ]]; }
one_each_on() {
    local app
    for app in "${@:2}"; do runs_on "$app" "$1" || return 1; done
}
none_on() { [[ -z $(docker_on "$1" ps -aq --filter "name=_$2-") ]]; }
node_is() { "$PICKET" get node "$1" --no-headers | grep -Eq "^$1 +$2 "; }
ready_again() { node_is a Ready && node_is b Ready && counts one 2 && counts pair 2; }
# A node may still look ready before its silence is noticed; a fresh write by its agent proves contact.
contact_again() { k logs "pod/$1" -c main --tail=1; }
pod_of() { "$PICKET" get pods -l "app=$2" --field-selector "spec.nodeName=$1" -o name | sed 's/^pods*\///'; }
main_of() { containers "$1" "$2-"; }
in_second() { # HOST COMMAND...
    docker_on "$1" exec "$(docker_on "$1" ps -q --filter label=io.kubernetes.container.name=second)" "${@:2}"
}

@test "daemons on both hosts" {
    echo '{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "keys"}, "stringData": {"password": "secret"}}' |
        k apply -f -
    single one | k apply -f -
    paired pair | k apply -f -
    eventually counts one 2
    eventually counts pair 2
    [[ $(everything_on b | wc -l) -eq 4 ]]
    all_of_a_run
}

@test "agent killed and upgraded: the same containers; what died meanwhile is back once" {
    before=$(everything_on b)
    victim=$(main_of a one)
    survivor=$(main_of a pair)
    end agent-a KILL
    end agent-b TERM
    docker_on a kill "$victim"
    cp "$LAB_PICKET" "$DIR/picket-new"
    agent_start a
    LAB_PICKET=$DIR/picket-new agent_start b
    eventually replaced a one- "$victim"
    eventually contact_again "$(pod_of b one)"
    eventually ready_again
    [[ $(main_of a pair) == "$survivor" ]]
    one_each_on a one- pair-
    same_on b "$before"
}

@test "server killed: the same containers on all hosts" {
    before_a=$(everything_on a)
    before_b=$(everything_on b)
    end server KILL
    start_server
    eventually contact_again "$(pod_of a one)"
    eventually contact_again "$(pod_of b one)"
    eventually ready_again
    same_on a "$before_a"
    same_on b "$before_b"
}

@test "cable out: daemons live and are cared for; cable in: nothing is replaced, deletions are applied" {
    single doomed | k apply -f -
    eventually counts doomed 2
    steady=$(main_of a one)
    victim=$(main_of a pair)
    cable_out a
    eventually node_is a NotReady
    k delete ds doomed --wait=false
    eventually none_on b doomed
    runs_on doomed- a
    docker_on a kill "$victim"
    eventually replaced a pair- "$victim"
    cared_for=$(main_of a pair)
    cable_in a
    eventually node_is a Ready
    eventually none_on a doomed
    eventually ready_again
    [[ $(main_of a one) == "$steady" && $(main_of a pair) == "$cared_for" ]]
}

@test "engine killed, with live-restore: the same containers" {
    before=$(everything_on b)
    end engine-b KILL
    engine_start b --live-restore
    eventually contact_again "$(pod_of b one)"
    eventually ready_again
    same_on b "$before"
}

@test "engine killed, without live-restore: the same daemons, once each" {
    uid=$(container_label a "$(main_of a one)" io.kubernetes.pod.uid)
    end engine-a KILL
    engine_start a
    eventually one_each_on a one- pair-
    eventually ready_again
    one_each_on a one- pair-
    [[ $(container_label a "$(main_of a one)" io.kubernetes.pod.uid) == "$uid" ]]
}

@test "power off, boot without a server: the same daemons from the local copy; then nothing is replaced" {
    uid=$(container_label a "$(main_of a one)" io.kubernetes.pod.uid)
    in_second a sh -c 'echo data >/kept/file'
    end server KILL
    host_power_off a
    host_boot a
    engine_start a
    agent_start a
    eventually one_each_on a one- pair-
    [[ $(container_label a "$(main_of a one)" io.kubernetes.pod.uid) == "$uid" ]]
    eventually all_of_a_run
    # Its volumes, too: from the copy, from the disk, and made again where they were in memory.
    [[ $(in_second a sh -c 'echo $(cat /keys/password) $PASSWORD $(cat /kept/file)') == "secret secret data" ]]
    in_second a test -d /host
    before=$(everything_on a)
    start_server
    eventually contact_again "$(pod_of a one)"
    eventually ready_again
    same_on a "$before"
}

@test "power off while a set is deleted: it runs until the server is heard of again" {
    single doomed | k apply -f -
    eventually counts doomed 2
    host_power_off a
    eventually node_is a NotReady
    k delete ds doomed --wait=false
    eventually none_on b doomed
    host_boot a
    cable_out a
    engine_start a
    agent_start a
    eventually one_each_on a one- pair- doomed-
    steady="$(main_of a one) $(main_of a pair)"
    cable_in a
    eventually none_on a doomed
    eventually ready_again
    [[ "$(main_of a one) $(main_of a pair)" == "$steady" ]]
}

# slow NAME [POD-SPEC-LINE...]: ready two seconds after its start.
slow() {
    daemon_set "$@" | sed 's|exec sleep 1000000|sleep 2; touch /tmp/ready; trap exit TERM; while :; do sleep 1; done|
        s|^\( *\)command: .*|&\n\1readinessProbe: {exec: {command: [/bin/test, -e, /tmp/ready]}, periodSeconds: 1}|'
}
nanoseconds() { date -d "$1" +%s%N; }
started() { nanoseconds "$(docker_on a inspect --format '{{.State.StartedAt}}' "$(main_of a "$1")")"; }
ready() { nanoseconds "$(docker_on a exec "$(main_of a "$1")" stat -c %y /tmp/ready)"; }
uids_on_a() {
    local app
    for app in "$@"; do container_label a "$(main_of a "$app")" io.kubernetes.pod.uid; done
}

@test "power off, boot without a server: by priority, then by name, each when the one before is ready" {
    slow third | sed 's|^      labels: .*|&\n      annotations: {picket.dev/start-after: second}|' | k apply -f -
    slow second | k apply -f -
    slow first 'priorityClassName: system-node-critical' | k apply -f -
    for set in first second third; do eventually counts "$set" 2; done
    before=$(uids_on_a first second third)
    end server KILL
    host_power_off a
    host_boot a
    engine_start a
    agent_start a
    on a "$LAB_PICKET" agent wait-ready --quiet --timeout 90s --data-dir "$DIR/hosts/a/agent"
    one_each_on a first- second- third- one- pair-
    (($(ready first) <= $(started second) && $(ready first) <= $(started one)))
    (($(ready second) <= $(started third)))
    [[ $(uids_on_a first second third) == "$before" ]]
    steady=$(everything_on a)
    start_server
    eventually contact_again "$(pod_of a third)"
    eventually ready_again
    for set in first second third; do eventually counts "$set" 2; done
    same_on a "$steady"
}
