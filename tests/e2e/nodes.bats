#!/usr/bin/env bats
# Nodes by what their users see: silence and return, drain, and two hosts that claim one name.

setup_file() {
    source "$ROOT/tests/e2e/cluster.bash"
    new_cluster
    start_apiserver
    start_controller
    start_agent a
    start_agent b
    eventually node_ready a
    eventually node_ready b
    daemon_set watcher | "$PICKET" apply -f -
    eventually counts watcher 2
}

teardown_file() {
    source "$ROOT/tests/e2e/cluster.bash"
    remove_cluster
}

setup() { source "$ROOT/tests/e2e/cluster.bash"; }

node_is() { [[ $("$PICKET" get node "$(node "$1")" --no-headers | awk '{print $2}') == "$2" ]]; }
node_ready() { node_is "$1" Ready; }
taints_of() { "$PICKET" get node "$(node "$1")" -o json | grep -o '"key": *"[^"]*"' || true; }
has_taint() { taints_of "$1" | grep -q "$2"; }
has_no_taint() { ! has_taint "$1" "$2"; }
ready_count() { [[ $("$PICKET" get ds watcher --no-headers | awk '{print $4}') == "$1" ]]; }
containers_of() { docker ps -q --filter "label=picket.dev/node=$(node "$1")" --filter "label=io.kubernetes.pod.name=$2" \
    --filter label=io.kubernetes.container.name=main; }
pod_runs() { [[ -n $(containers_of "$1" "$2") ]]; }
pod_is_gone() { ! "$PICKET" get pod "$1" -o name && [[ -z $(containers_of "$2" "$1") ]]; }

# bare_pod NAME LETTER
bare_pod() {
    cat <<YAML
apiVersion: v1
kind: Pod
metadata: {name: $1}
spec:
  nodeName: $(node "$2")
  terminationGracePeriodSeconds: 1
  containers:
  - {name: main, image: "picket.local/busybox:1", imagePullPolicy: IfNotPresent, command: [/bin/sleep, "1000000"]}
YAML
}

@test "a silent node is shown, its daemon runs on untouched but does not count, and all mends when it is back" {
    local before
    before=$(containers a watcher)
    end agent-a KILL
    eventually node_is a NotReady
    eventually has_taint a node.kubernetes.io/unreachable
    eventually ready_count 1
    [[ $(containers a watcher) == "$before" ]]
    [[ $(pod_count_on a watcher) == 1 ]]

    start_agent a
    eventually node_ready a
    eventually has_no_taint a node.kubernetes.io/unreachable
    eventually counts watcher 2
    [[ $(containers a watcher) == "$before" ]]
}

@test "a drain evicts what may go, says what stands in its way, and leaves daemons alone" {
    local daemon
    daemon=$(containers b watcher)
    bare_pod "$RUN-solo" b | "$PICKET" apply -f -
    eventually pod_runs b "$RUN-solo"

    run "$PICKET" drain "$(node b)"
    [ "$status" -eq 1 ]
    [[ $output == *"use --force to override"* ]]
    node_is b Ready,SchedulingDisabled
    pod_runs b "$RUN-solo"

    run "$PICKET" drain "$(node b)" --force --timeout 60s
    [ "$status" -eq 0 ]
    [[ $output == *"ignoring DaemonSet-managed Pods: default/watcher-"* ]]
    [[ $output == *"pod/$RUN-solo evicted"* ]]
    pod_is_gone "$RUN-solo" b
    [[ $(containers b watcher) == "$daemon" ]]

    bare_pod "$RUN-second" b | "$PICKET" apply -f -
    eventually pod_runs b "$RUN-second"
    kubectl --cache-dir "$DIR/cache" drain "$(node b)" --ignore-daemonsets --force --timeout 60s
    pod_is_gone "$RUN-second" b
    [[ $(containers b watcher) == "$daemon" ]]
    "$PICKET" uncordon "$(node b)"
}

@test "a disruption budget keeps its pods through a drain, and no other one" {
    bare_pod "$RUN-kept" b | sed 's/^metadata: .*/metadata: {name: '"$RUN-kept"', labels: {app: kept}}/' | "$PICKET" apply -f -
    bare_pod "$RUN-other" b | "$PICKET" apply -f -
    "$PICKET" apply -f - <<YAML
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: kept}
spec: {maxUnavailable: 0, selector: {matchLabels: {app: kept}}}
YAML
    ready() { [[ $("$PICKET" get pod "$RUN-kept" --no-headers | awk '{print $2}') == 1/1 ]] && pod_runs b "$RUN-other"; }
    eventually ready
    run "$PICKET" drain "$(node b)" --force --timeout 1s
    [ "$status" -eq 1 ]
    [[ $output == *"Cannot evict pod as it would violate the pod's disruption budget."* ]]
    eventually pod_is_gone "$RUN-other" b
    pod_runs b "$RUN-kept"

    "$PICKET" delete pdb kept
    "$PICKET" drain "$(node b)" --force --timeout 60s
    pod_is_gone "$RUN-kept" b
    "$PICKET" uncordon "$(node b)"
}

@test "a NoExecute taint drives an ordinary pod away" {
    bare_pod "$RUN-weak" b | "$PICKET" apply -f -
    eventually pod_runs b "$RUN-weak"
    kubectl --cache-dir "$DIR/cache" taint node "$(node b)" maintenance=now:NoExecute
    eventually pod_is_gone "$RUN-weak" b
    kubectl --cache-dir "$DIR/cache" taint node "$(node b)" maintenance-
    eventually counts watcher 2
}

told_that_the_name_is_taken() { grep -q "in use by another agent" "$DIR/agent-twin.log"; }

@test "a second agent that claims a name in use is refused, and the first notices nothing" {
    local before
    before=$(containers a watcher)
    start agent-twin "$PICKET" agent --server "$(server_url)" --token-file "$DIR/server/join-token" \
        --node-name "$(node a)" --data-dir "$DIR/agent-twin"
    eventually told_that_the_name_is_taken
    node_ready a
    end agent-twin
    [[ $(containers a watcher) == "$before" ]]
}
