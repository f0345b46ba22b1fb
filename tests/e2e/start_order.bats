#!/usr/bin/env bats
# The order of starting after a boot, and waiting for a host to be ready, without a server.

load cluster

setup_file() {
    new_cluster
    mkdir -p "$DIR/manifests"
}

teardown_file() { remove_cluster; }

# pod NAME ANNOTATION-OR-- [POD-SPEC-LINE]: ready when the file /go/NAME of the host is there.
pod() {
    local annotations=""
    [[ $2 == - ]] || annotations="annotations: {picket.dev/start-after: \"$2\"}"
    cat >"$DIR/manifests/$1.yaml" <<YAML
apiVersion: v1
kind: Pod
metadata:
  name: $1
  $annotations
spec:
  terminationGracePeriodSeconds: 1
  hostNetwork: true
  ${3:-}
  volumes: [{name: go, hostPath: {path: $DIR/go}}]
  containers:
  - name: main
    image: picket.local/busybox:1
    command: [/bin/sleep, "1000000"]
    volumeMounts: [{name: go, mountPath: /go}]
    readinessProbe: {exec: {command: [/bin/test, -e, /go/$1]}, periodSeconds: 1}
YAML
}

start_host() { start agent-a "$PICKET" agent --node-name "$(node a)" --data-dir "$DIR/agent-a" --pod-manifest-path "$DIR/manifests"; }
wait_ready() { "$PICKET" agent wait-ready --data-dir "$DIR/agent-a" "$@"; }
waits_for() { wait_ready --timeout 1s 2>&1 | grep "$1"; }

@test "without an agent, wait-ready says so and fails" {
    run wait_ready --timeout 1s
    [[ $status -eq 1 && $output == *"no agent runs on"* ]]
}

@test "priority first, then by name, each when the one before is ready" {
    mkdir -p "$DIR/go"
    pod first - 'priorityClassName: system-node-critical'
    pod second -
    pod third "second, not-on-this-host"
    start_host
    eventually runs_on first a
    eventually waits_for "third-$(node a): waits for .*default/first"
    waits_for "second-$(node a): waits for default/first to be ready"
    absent_on second a
    absent_on third a
    touch "$DIR/go/first"
    eventually runs_on second a
    eventually waits_for "third-$(node a): waits for default/second to be ready"
    absent_on third a
    touch "$DIR/go/second"
    eventually runs_on third a
}

@test "wait-ready ends when the last daemon is ready" {
    start waiter "$PICKET" agent wait-ready --data-dir "$DIR/agent-a" --timeout 90s
    eventually grep "waiting for default/third" "$DIR/waiter.log"
    touch "$DIR/go/third"
    eventually grep "ready: 3 pods" "$DIR/waiter.log"
    eventually is_gone "$(pid_of waiter)"
    wait_ready
}

@test "a new agent takes over what runs, whatever the order" {
    before="$(containers a first) $(containers a second) $(containers a third)"
    rm "$DIR/go/first"
    end agent-a KILL
    start_host
    eventually waits_for "first-$(node a): container main is not ready"
    [[ "$(containers a first) $(containers a second) $(containers a third)" == "$before" ]]
}
