#!/usr/bin/env bats
# Updates on real Docker: rolling, with surge, one that stalls on a bad image, undo, and what `why` and `plan` say of it.

load cluster

setup_file() {
    new_cluster
    start_apiserver
    start_controller
    for letter in a b; do start_agent "$letter"; done
    daemon_set web | k apply -f -
    eventually runs_on web "a b"
    k rollout status ds/web --timeout 90s
}

teardown_file() { remove_cluster; }

ids() { containers a web; containers b web; }
# why LETTER STATE
why() { "$PICKET" why ds/web "$(node "$1")" -o yaml | grep -q "state: $2\$"; }
all_new() {
    local id
    for id in $1; do ! ids | grep -q "$id" || return 1; done
    runs_on web "a b"
}
# Another template with the same image.
say() { daemon_set web | sed "s/echo started/echo $1/"; }

@test "plan, then a rolling update that does what the plan said" {
    before=$(ids)
    run "$PICKET" plan -f - < <(say second)
    [[ $status -eq 0 && $output == *'2 Restarts'* ]]
    [[ $(ids) == "$before" ]]
    say second | k apply -f -
    k rollout status ds/web --timeout 90s
    eventually all_new "$before"
    why a Running && why b Running
}

@test "a dry run by the server tells of hosts, and changes none" {
    before=$(ids)
    run k apply --dry-run=server -f - < <(say third)
    [[ $status -eq 0 && $output == *'Warning: hosts: restarts 2 in 2 waves'* ]]
    run k apply --dry-run=server -f - < <(daemon_set web 'nodeSelector: {disk: none}')
    [[ $status -eq 0 && $output == *'Warning: hosts: loses 2'* && $output == *'Warning: no node matches'* ]]
    run k create --dry-run=server -f - < <(daemon_set other | sed 's/app: other/app: web/')
    [[ $status -eq 0 && $output == *'Warning: hosts: gains 2'* && $output == *'DaemonSet web'* ]]
    [[ $(ids) == "$before" ]]
    not k get ds other
}

@test "an image that nobody can pull stops no daemon, and undo ends it" {
    before=$(ids)
    say second | sed 's/busybox:1/busybox:none/; s/IfNotPresent/Never/' | k apply -f -
    waits() { why a WaitingForImage || why b WaitingForImage; }
    eventually waits
    run k rollout status ds/web --timeout 3s
    [[ $status -ne 0 ]]
    [[ $(ids) == "$before" ]]
    k rollout undo ds/web
    k rollout status ds/web --timeout 90s
    [[ $(ids) == "$before" ]]
    k rollout history ds/web | grep -q '[0-9]'
}

@test "restart with surge: the new pod is there before the old one goes" {
    before=$(ids)
    k patch ds web --type merge -p '{"spec":{"updateStrategy":{"rollingUpdate":{"maxUnavailable":0,"maxSurge":1}}}}'
    k rollout restart ds/web
    k rollout status ds/web --timeout 90s
    eventually all_new "$before"
}

@test "a host that fell silent is set aside, the update goes on, and it catches up" {
    k patch ds web --type merge -p '{"spec":{"updateStrategy":{"rollingUpdate":{"maxUnavailable":1,"maxSurge":0}}}}'
    old=$(containers a web)
    end agent-a KILL
    eventually why a NodeSilent
    say third | k apply -f -
    eventually why a SetAside
    updated() { why b Running && [[ $(k get pod "$(pods_on b web | cut -d/ -f2)" -o yaml) == *'echo third'* ]]; }
    eventually updated
    [[ $(containers a web) == "$old" ]]
    start_agent a
    eventually replaced a web "$old"
    eventually why a Running
}

# A daemon that fails on a host whose name is in the folder, and what is told of it.
fragile() {
    cat <<YAML
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: fragile}
spec:
  selector: {matchLabels: {app: fragile}}
  template:
    metadata: {labels: {app: fragile}}
    spec:
      terminationGracePeriodSeconds: 1
      volumes: [{name: broken, hostPath: {path: "$DIR/broken"}}]
      containers:
      - name: main
        image: picket.local/busybox:1
        imagePullPolicy: IfNotPresent
        command: [/bin/sh, -c, "echo $1; test ! -e /broken/\$NODE && exec sleep 1000000"]
        env: [{name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}]
        volumeMounts: [{name: broken, mountPath: /broken}]
YAML
}
fragile_says() { [[ $(k get pod "$(pods_on "$1" fragile | cut -d/ -f2)" -o yaml) == *"echo $2;"* ]]; }
why_fragile() { "$PICKET" why ds/fragile "$(node "$1")" -o yaml | grep -q "$2\$"; }

@test "a daemon that was broken before its turn is set aside, the others finish, and it catches up" {
    mkdir "$DIR/broken"
    start_agent c
    fragile first | k apply -f -
    eventually runs_on fragile "a b c"
    k rollout status ds/fragile --timeout 90s
    touch "$DIR/broken/$(node b)"
    docker kill "$(containers b fragile)"
    # Not only not ready: between two tries it is ready for a moment, and that moment might be its turn.
    eventually why_fragile b 'state: CrashLooping'

    fragile second | k apply -f -
    others_done() { fragile_says a second && fragile_says c second && why_fragile a 'state: Running' && why_fragile c 'state: Running'; }
    eventually others_done
    eventually why_fragile b 'setAside: true'
    fragile_says b second
    "$PICKET" why ds/fragile | grep "$(node b)" | grep -qi 'aside'

    rm "$DIR/broken/$(node b)"
    # The containers' back-off may have grown meanwhile; another pod does not wait for it.
    k delete "$(pods_on b fragile)"
    k rollout status ds/fragile --timeout 90s
    eventually why_fragile b 'state: Running'
    not why_fragile b 'setAside: true'
    k delete ds fragile
}

@test "drain waits for the disruption budget, and goes on when it allows it" {
    guarded() {
        k apply -f - <<YAML
apiVersion: v1
kind: Pod
metadata: {name: $1, labels: {app: guarded}}
spec:
  nodeName: $(node "$2")
  terminationGracePeriodSeconds: 1
  containers:
  - {name: main, image: "picket.local/busybox:1", imagePullPolicy: IfNotPresent, command: [/bin/sleep, "1000000"]}
YAML
    }
    guarded g1 a
    guarded g2 b
    k create poddisruptionbudget guarded --selector app=guarded --min-available 2
    healthy() { [[ $(k get pdb guarded -o 'jsonpath={.status.currentHealthy}/{.status.desiredHealthy}/{.status.expectedPods}/{.status.disruptionsAllowed}') == "$1" ]]; }
    eventually healthy 2/2/2/0
    run k drain "$(node a)" --force --ignore-daemonsets --timeout 3s
    [[ $status -ne 0 && $output == *"Cannot evict pod as it would violate the pod's disruption budget."* ]]
    k get pod g1

    k drain "$(node a)" --force --ignore-daemonsets --timeout 90s >"$DIR/drain" 2>&1 3>&- &
    drain=$!
    refused() { grep -q 'will retry after' "$DIR/drain"; }
    eventually refused
    guarded g3 b
    wait "$drain"
    not k get pod g1
    # The daemon was left alone.
    runs_on web a
    k uncordon "$(node a)"
}
