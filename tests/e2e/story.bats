#!/usr/bin/env bats
# The story of a DaemonSet on real hosts, typed with kubectl or with picket ($CLIENT). Each step asks Docker itself.
# The tests follow each other: one begins where the one before ended.

load cluster

setup_file() {
    new_cluster
    start_apiserver
    start_controller
    for letter in a b c; do start_agent $letter; done
}

teardown_file() { remove_cluster; }

apply() { k apply -f -; }

@test "create: a pod on each node" {
    daemon_set story | apply
    eventually runs_on story "a b c"
    eventually counts story 3
}

@test "the container says which pod it belongs to" {
    id=$(containers a story)
    [[ pod/$(container_label "$id" io.kubernetes.pod.name) == "$(pods_on a story)" ]]
    [[ $(container_label "$id" io.kubernetes.pod.namespace) == default ]]
    uid=$(k get "$(pods_on a story)" -o yaml | sed -n 's/^  uid: *//p')
    [[ $(pod_uid_of_container "$id") == "$uid" ]]
}

@test "kill a container: the same pod, a new container" {
    id=$(containers a story)
    uid=$(pod_uid_of_container "$id")
    docker kill "$id"
    eventually replaced a story "$id"
    [[ $(pod_uid_of_container "$(containers a story)") == "$uid" ]]
}

@test "docker rm -f: it is back, in the same pod" {
    id=$(containers b story)
    uid=$(pod_uid_of_container "$id")
    docker rm -f "$id"
    eventually replaced b story "$id"
    [[ $(pod_uid_of_container "$(containers b story)") == "$uid" ]]
}

@test "delete a pod: a new pod on the same node" {
    id=$(containers c story)
    uid=$(pod_uid_of_container "$id")
    k delete "$(pods_on c story)"
    eventually replaced c story "$id"
    [[ $(pod_uid_of_container "$(containers c story)") != "$uid" ]]
    eventually counts story 3
}

@test "logs come over the agent's own connection" {
    eventually k logs "$(pods_on a story)"
    [[ $(k logs "$(pods_on a story)" --tail=1) == started ]]
}

@test "stop a node's agent and delete the node: its pod is collected" {
    end agent-c
    k delete node "$(node c)"
    no_pod_on_c() { [[ $(pod_count_on c story) -eq 0 ]]; }
    eventually no_pod_on_c
    eventually counts story 2
    runs_on story "a b"
}

@test "the node joins again: a fresh pod, and only that one" {
    start_agent c
    eventually counts story 3
    eventually runs_on story "a b c"
    [[ pod/$(container_label "$(containers c story)" io.kubernetes.pod.name) == "$(pods_on c story)" ]]
}

@test "join a fourth node: a pod there" {
    start_agent d
    eventually runs_on story "a b c d"
    eventually counts story 4
}

@test "label and unlabel with a node selector: pods come and go" {
    daemon_set picky 'nodeSelector: {disk: ssd}' | apply
    eventually counts picky 0
    k label node "$(node a)" disk=ssd
    eventually runs_on picky a
    absent_on picky "b c d"
    k label node "$(node a)" disk-
    eventually absent_on picky a
    k delete ds picky
}

@test "label and unlabel with the affinity annotation: pods come and go" {
    k apply -f "$ROOT/examples/affinity-annotation.yaml"
    runs() { docker ps --filter "label=picket.dev/node=$(node "$1")" --format '{{.Names}}' | grep -q k8s_agent_rack-agent; }
    gone() { ! runs "$1"; }
    k label node "$(node b)" rack=r2
    eventually runs b
    gone a
    k label node "$(node b)" rack=r9 --overwrite
    eventually gone b
    k delete ds rack-agent
}

@test "a cordoned node still gets its pod" {
    k cordon "$(node d)"
    daemon_set cordoned | apply
    eventually runs_on cordoned "a b c d"
    k uncordon "$(node d)"
    k delete ds cordoned
    eventually absent_on cordoned "a b c d"
}

@test "a bare pod with matching labels counts as the node's pod" {
    k apply -f - <<YAML
apiVersion: v1
kind: Pod
metadata:
  name: bare-by-hand
  labels: {app: bare}
spec:
  nodeName: $(node a)
  terminationGracePeriodSeconds: 1
  containers:
  - name: main
    image: picket.local/busybox:1
    imagePullPolicy: IfNotPresent
    command: [/bin/sleep, "1000000"]
YAML
    eventually runs_on bare a
    id=$(containers a bare)
    daemon_set bare | sed 's/^spec:/spec:\n  updateStrategy: {type: OnDelete}/' | apply
    eventually runs_on bare "a b c d"
    eventually counts bare 4
    [[ $(containers a bare) == "$id" ]]
    k delete ds bare
    eventually absent_on bare "a b c d"
}

@test "delete with --cascade=orphan leaves the pods; a new set adopts them without a restart" {
    before=$(for letter in a b c d; do containers $letter story; done)
    k delete ds story --cascade=orphan
    [[ $(for letter in a b c d; do containers $letter story; done) == "$before" ]]
    daemon_set story | apply
    eventually counts story 4
    [[ $(for letter in a b c d; do containers $letter story; done) == "$before" ]]
}

@test "kill -9 of server, controller and agent: nothing lost, nothing doubled" {
    before=$(for letter in a b c d; do containers $letter story; done)
    daemon_set middle | apply
    for victim in controller agent-a apiserver; do end $victim KILL; done
    start_apiserver
    [[ $(k get ds middle -o name) == daemonset.apps/middle ]]
    start_controller
    start_agent a
    eventually runs_on middle "a b c d"
    eventually counts middle 4
    eventually counts story 4
    [[ $(for letter in a b c d; do containers $letter story; done) == "$before" ]]
    for letter in a b c d; do [[ $(pod_count_on $letter middle) -eq 1 ]]; done
}

@test "with the server gone, the agent keeps its daemons and restarts what dies" {
    end apiserver
    id=$(containers b story)
    docker kill "$id"
    eventually replaced b story "$id"
    end agent-b
    other=$(containers c story)
    start_agent b
    [[ $(containers c story) == "$other" ]]
    start_apiserver
    eventually counts story 4
}

@test "bad manifests: a clear answer with the field's path, and nothing is stored" {
    run k apply -f - < <(daemon_set wrong | sed 's/matchLabels: .*/matchLabels: {app: other}/')
    [[ $status -eq 1 && $output == *spec.template.metadata.labels* ]]
    run k apply -f - < <(daemon_set wrong | sed 's/image: .*/image: ""/')
    [[ $status -eq 1 && $output == *'spec.template.spec.containers[0].image'* ]]
    run k create -f - < <(daemon_set wrong | sed 's/terminationGracePeriodSeconds: 1/terminationGracePeriodSeconds: soon/')
    [[ $status -eq 1 && $output == *terminationGracePeriodSeconds* ]]
    run k create -f - < <(daemon_set wrong 'hostNetwrok: true')
    [[ $status -eq 1 && $output == *hostNetwrok* ]]
    run k get ds wrong
    [[ $status -eq 1 && $output == *'not found'* ]]
}

@test "delete the set: its containers are gone" {
    k delete ds story middle
    eventually absent_on story "a b c d"
    eventually absent_on middle "a b c d"
    no_pods() { [[ -z $(k get pods -o name) ]]; }
    eventually no_pods
}
