#!/usr/bin/env bats
# Pods from files in a folder of the host: they need no server, and are shown in the API once there is one.

load cluster

setup_file() {
    new_cluster
    mkdir -p "$DIR/manifests"
    start_apiserver
    start_controller
}

teardown_file() { remove_cluster; }

# pod NAME WORD: the manifest of a pod that says WORD.
pod() {
    cat <<YAML
apiVersion: v1
kind: Pod
metadata: {name: $1, labels: {app: $1}}
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - name: main
    image: picket.local/busybox:1
    command: [/bin/sh, -c, "echo $2; exec sleep 1000000"]
YAML
}

agent_with_manifests() { start_agent a --pod-manifest-path "$DIR/manifests" "$@"; }
mirror() { k get pod "$1-$(node a)" "${@:2}"; }
mirror_says() { mirror "$1" -o yaml | grep -q "$2"; }
mirror_uid() { mirror "$1" -o yaml | sed -n 's/^  uid: *//p'; }

@test "without a server: YAML and JSON run, a bad file stops no other" {
    pod web one >"$DIR/manifests/web.yaml"
    echo '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"plain"},"spec":{"terminationGracePeriodSeconds":1,
      "containers":[{"name":"main","image":"picket.local/busybox:1","command":["/bin/sleep","1000000"]}]}}' \
        >"$DIR/manifests/plain.json"
    echo 'kind: [' >"$DIR/manifests/bad.yaml"
    agent_alone
    eventually runs_on web a
    eventually runs_on plain a
    grep -q 'manifest cannot be used.*bad.yaml' "$DIR/agent-a.log"
}

agent_alone() {
    start agent-a "$PICKET" agent --node-name "$(node a)" --data-dir "$DIR/agent-a" --log-root "$DIR/log" \
        --pod-manifest-path "$DIR/manifests"
}

@test "without a server: what is removed, and what turns bad, while no agent runs" {
    pod short four >"$DIR/manifests/short.yaml"
    pod solid five >"$DIR/manifests/solid.yaml"
    eventually runs_on short a
    eventually runs_on solid a
    before="$(containers a web) $(containers a solid)"
    end agent-a KILL
    rm "$DIR/manifests/short.yaml"
    echo 'kind: [' >"$DIR/manifests/solid.yaml"
    agent_alone
    eventually absent_on short a
    told() { grep -q 'manifest cannot be used.*solid.yaml' "$DIR/agent-a.log"; }
    eventually told
    docker kill "$(containers a solid)" >/dev/null
    eventually replaced a solid "${before#* }"
    [[ $(containers a web) == "${before% *}" ]]
    rm "$DIR/manifests/solid.yaml"
    eventually absent_on solid a
}

@test "with a server: the same containers, shown in the API" {
    before="$(containers a web) $(containers a plain)"
    end agent-a
    agent_with_manifests
    eventually mirror_says web 'phase: Running'
    eventually mirror_says plain 'phase: Running'
    [[ "$(containers a web) $(containers a plain)" == "$before" ]]
    mirror_says web 'kubernetes.io/config.mirror'
    logged() { [[ $(k logs "web-$(node a)") == one ]]; }
    eventually logged
}

@test "deleting it in the API touches no container: it is shown again" {
    before=$(containers a web)
    uid=$(mirror_uid web)
    k delete pod "web-$(node a)" --wait=false
    back() { local now; now=$(mirror_uid web) && [[ -n $now && $now != "$uid" ]]; }
    eventually back
    eventually mirror_says web 'phase: Running'
    [[ $(containers a web) == "$before" ]]
}

@test "a changed file is another pod, an added one runs, a removed one is gone" {
    before=$(containers a web)
    pod web two >"$DIR/manifests/.new" && mv "$DIR/manifests/.new" "$DIR/manifests/web.yaml"
    pod extra three >"$DIR/manifests/extra.yaml"
    rm "$DIR/manifests/plain.json"
    eventually replaced a web "$before"
    eventually runs_on extra a
    eventually absent_on plain a
    plain_is_gone() { ! mirror plain; }
    eventually plain_is_gone
    eventually mirror_says web 'echo two'
    eventually mirror_says extra 'phase: Running'
}

@test "a file that turns bad leaves its pod running; a new agent takes over; what was removed meanwhile ends" {
    before=$(containers a web)
    echo 'kind: [' >"$DIR/manifests/extra.yaml"
    told() { grep -q 'manifest cannot be used.*extra.yaml' "$DIR/agent-a.log"; }
    eventually told
    runs_on extra a
    end agent-a KILL
    rm "$DIR/manifests/extra.yaml"
    agent_with_manifests
    eventually absent_on extra a
    extra_is_gone() { ! mirror extra; }
    eventually extra_is_gone
    [[ $(containers a web) == "$before" ]]
}

@test "how a container ended is readable when container and pod are gone" {
    pod dying "my last words" >"$DIR/manifests/dying.yaml"
    eventually runs_on dying a
    id=$(containers a dying)
    docker kill "$id"
    eventually replaced a dying "$id"
    rm "$DIR/manifests/dying.yaml"
    eventually absent_on dying a
    exits() { "$PICKET" agent exits --data-dir "$DIR/agent-a" --lines "dying-$(node a)"; }
    exits | grep -F 'main: exit code 137 (signal 9)'
    exits | grep -F 'my last words'
    told() { k get events | grep 'ContainerDied.*exit code 137 (signal 9); last lines: my last words'; }
    eventually told
    page() { k get --raw "/api/v1/nodes/$(node a)/proxy/exits$1"; }
    last='.items[0] | "\(.container) \(.exitCode) \(.lastLines)" | rtrimstr("\n")'
    [[ $(page "/default/dying-$(node a)" | jq -r "$last") == "main 137 my last words" ]]
    page "" | jq -e --arg pod "dying-$(node a)" 'any(.items[]; .pod == $pod)'
    [[ $(page /default/nobody | jq -c .items) == "[]" ]]
}
