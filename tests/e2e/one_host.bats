#!/usr/bin/env bats
# One host: `picket up`, a set with a host port, the examples as they are, logs, and take-over after a restart.

load cluster

setup_file() {
    new_cluster
    start_up
}

teardown_file() { remove_cluster; }

start_up() {
    local port=0
    [[ ! -f $KUBECONFIG ]] || port=$(server_url | sed 's/.*://')
    start up "$PICKET" up --data-dir "$DIR" --log-root "$DIR/log" --listen "127.0.0.1:$port" --node-name "$(node a)" --node-labels disk=ssd,rack=r1
    eventually node_is_ready
}

node_is_ready() { "$PICKET" get node "$(node a)" --no-headers | grep -q ' Ready '; }

container_of() {
    docker ps --no-trunc -q --filter "label=picket.dev/node=$(node a)" --filter "name=k8s_$1"
}

page() { curl -fsS http://127.0.0.1:30080/; }

@test "hello-daemonset.yaml serves its page on the host's port" {
    k apply -f "$ROOT/examples/hello-daemonset.yaml"
    k rollout status ds/hello --timeout 90s
    eventually page
    [[ $(page) == "hello from "* ]]
}

@test "a second pod that wants the same host port is refused, and says so" {
    daemon_set rival | sed 's/        command:/        ports: [{containerPort: 1, hostPort: 30080}]\n        command:/' | k apply -f -
    refused() { k get pods -l app=rival -o yaml | grep -q 'reason: NodePorts'; }
    eventually refused
    [[ $(page) == "hello from "* ]]
    k delete ds rival
}

@test "stopping picket stops no container; the next start takes it over" {
    id=$(container_of web)
    end up
    [[ $(container_of web) == "$id" && $(page) == "hello from "* ]]
    start_up
    k rollout status ds/hello --timeout 90s
    [[ $(container_of web) == "$id" ]]
}

@test "kill -9 of all of picket: the same container afterwards" {
    id=$(container_of web)
    end up KILL
    [[ $(page) == "hello from "* ]]
    start_up
    k rollout status ds/hello --timeout 90s
    [[ $(container_of web) == "$id" ]]
}

@test "the other examples run as they are" {
    for example in node-selector affinity-annotation host-agent; do k apply -f "$ROOT/examples/$example.yaml"; done
    eventually counts ssd-watch 1
    eventually counts rack-agent 1
    eventually counts host-agent 1
    [[ $(docker inspect --format '{{.HostConfig.PidMode}}' "$(container_of agent_host-agent)") == host ]]
}

@test "logs: tail, container, previous and follow" {
    said() { k logs ds/host-agent --tail=1 | grep -q 'runs .* processes'; }
    eventually said
    docker kill "$(container_of watch)"
    previous() { k logs ds/ssd-watch --previous -c watch | grep -q Filesystem; }
    eventually previous
    # A followed log shows what comes later, and ends with the reader.
    [[ $(timeout 60 "$PICKET" logs ds/rack-agent -f | head -n 2 | wc -l) -eq 2 ]]
}

@test "what the user deletes is gone from the engine" {
    k delete --timeout 60s -f "$ROOT/examples"
    nothing_left() { [[ -z $(all_containers_of_run) ]]; }
    eventually nothing_left
}
