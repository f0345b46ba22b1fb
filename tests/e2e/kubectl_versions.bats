#!/usr/bin/env bats
# The core verbs with every other version of kubectl that is there, and with Debian's own 1.20, which is fetched beside
# the one that is installed. One server and one host for all of them.

load cluster

# Where the Google Cloud packages keep other versions.
OTHERS=/usr/lib/google-cloud-sdk/bin

setup_file() {
    new_cluster
    start up "$PICKET" up --data-dir "$DIR" --listen 127.0.0.1:0 --node-name "$(node a)"
    eventually node_is_ready
}

teardown_file() { remove_cluster; }

node_is_ready() { "$PICKET" get node "$(node a)" --no-headers | grep -q ' Ready '; }

# use EXECUTABLE: what `v` runs from now on, with a discovery cache of its own.
use() {
    KUBECTL=$1
    [[ -x $KUBECTL ]] || skip "no $KUBECTL on this machine"
}

v() { "$KUBECTL" --cache-dir "$DIR/cache-${KUBECTL##*/}" "$@"; }

says() {
    local text=$1
    shift
    run v "$@"
    [[ $status -eq 0 && $output == *"$text"* ]] || { echo "$KUBECTL $*: $status: $output" >&2 && return 1; }
}

refuses() {
    local text=$1
    shift
    run v "$@"
    [[ $status -eq 1 && $output == *"$text"* ]] || { echo "$KUBECTL $*: $status: $output" >&2 && return 1; }
}

# Debian's package, unpacked beside the tests; the installed kubectl where that is the very one.
debian_kubectl() {
    local folder=$DIR/debian-kubectl
    [[ ! -x $folder/usr/bin/kubectl ]] || { echo "$folder/usr/bin/kubectl" && return; }
    mkdir -p "$folder"
    (cd "$folder" && apt-get download -q kubernetes-client >&2 && dpkg -x kubernetes-client_*.deb . >&2) || {
        echo "Debian's kubernetes-client could not be fetched: is a Debian mirror in reach, and was apt-get update run?" >&2
        return 1
    }
    echo "$folder/usr/bin/kubectl"
}

# Up to 1.29 over SPDY, from 1.30 on over a WebSocket.
in_container() {
    local pod code=0
    pod=$(v get pods -n "$1" -l app=web --field-selector status.phase=Running -o 'jsonpath={.items[0].metadata.name}')
    echo typed | v exec -i -n "$1" "$pod" -- /bin/sh -c 'cat; exit 7' >"$DIR/typed" 2>/dev/null || code=$?
    [[ $code -eq 7 && $(cat "$DIR/typed") == typed ]]
}

# The life of a set as people type it. Each version has a namespace of its own.
core_verbs() {
    local name=$1 file=$DIR/$1.yaml
    daemon_set web >"$file"
    says "namespace/$name created" create namespace "$name"
    says "configmap/c created" create configmap c -n "$name" --from-literal=k=v
    says "daemonset.apps/web created" apply -n "$name" -f "$file"
    says "daemonset.apps/web unchanged" apply -n "$name" -f "$file"
    says "successfully rolled out" rollout status -n "$name" ds/web --timeout 90s
    says "picket.local/busybox:1" get ds -n "$name" -o wide
    says "Running" get pods -n "$name"
    says "daemonset.apps/web" get all -n "$name"
    says "SuccessfulCreate" describe ds web -n "$name"
    # A container that has just started may not have written yet.
    eventually says "started" logs -n "$name" ds/web
    says "labeled" label ds web -n "$name" tier=front
    says "web" get ds -n "$name" -l tier=front -o name
    says "patched" patch ds web -n "$name" -p '{"spec":{"minReadySeconds":1}}'
    says "env updated" set env -n "$name" ds/web A=1
    says "REVISION" rollout history -n "$name" ds/web
    says "rolled back" rollout undo -n "$name" ds/web
    says "restarted" rollout restart -n "$name" ds/web
    says "serverside-applied" apply -n "$name" --server-side --force-conflicts -f "$file"
    says "successfully rolled out" rollout status -n "$name" ds/web --timeout 90s
    says "condition met" wait -n "$name" --for=condition=Ready pod -l app=web --timeout=90s
    refuses "the server could not find the requested resource" scale ds web -n "$name" --replicas=2
    says "yes" auth can-i delete pods -n "$name"
    says "minReadySeconds" explain ds.spec
    refuses 'unknown field' create -n "$name" -f <(daemon_set wrong "bogus: 1")
    says "created (server dry run)" create -n "$name" -f <(daemon_set dry) --dry-run=server
    in_container "$name"
    says "cordoned" cordon "$(node a)"
    says "uncordoned" uncordon "$(node a)"
    says "deleted" delete -n "$name" -f "$file" --timeout=90s
    refuses "NotFound" get ds web -n "$name"
    says "deleted" delete namespace "$name" --wait=false
}

@test "kubectl 1.20, Debian's own: core verbs" {
    use "$(debian_kubectl)"
    core_verbs v20
}

@test "kubectl 1.20: the schema it asks for tells it what fields mean, and what is wrong with a file" {
    use "$(debian_kubectl)"
    daemon_set schema >"$DIR/schema.yaml"
    says "nodeSelector" explain ds.spec.template.spec
    says "templateGeneration" explain ds.spec --api-version=extensions/v1beta1
    says "updateStrategy" explain ds --recursive
    says "created (server dry run)" apply -f "$DIR/schema.yaml" --dry-run=server
    refuses 'unknown field "bogus" in io.k8s.api.core.v1.PodSpec' apply -f <(daemon_set schema "bogus: 1")
    refuses 'expected "string"' apply -f <(daemon_set schema | sed 's/image: .*/image: [1]/')
    says "created" apply -f "$DIR/schema.yaml"
    daemon_set schema "hostNetwork: true" >"$DIR/other.yaml"
    run v diff -f "$DIR/other.yaml"
    [[ $status -eq 1 && $output == *"+      hostNetwork: true"* ]]
    # The patch is made by the merge rules of the schema: the container of the other manager stays.
    says "patched" patch ds schema -p '{"spec":{"template":{"spec":{"containers":[{"name":"side","image":"picket.local/busybox:1"}]}}}}'
    says "configured" apply -f "$DIR/other.yaml"
    says "side main" get ds schema -o 'jsonpath={.spec.template.spec.containers[*].name}'
    says "deleted" delete -f "$DIR/schema.yaml" --timeout=90s
}

@test "kubectl 1.20: extensions/v1beta1, and --cascade=false keeps the pods" {
    use "$(debian_kubectl)"
    # As in 2016: no selector, and the update strategy of that time.
    cat >"$DIR/old.yaml" <<'YAML'
apiVersion: extensions/v1beta1
kind: DaemonSet
metadata:
  name: old
spec:
  template:
    metadata:
      labels: {app: old}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: main
        image: picket.local/busybox:1
        imagePullPolicy: IfNotPresent
        command: [/bin/sh, -c, "exec sleep 1000000"]
YAML
    says "created" create -f "$DIR/old.yaml"
    eventually runs_on old a
    says "OnDelete" get daemonsets.v1beta1.extensions old -o 'jsonpath={.spec.updateStrategy.type}'
    says "1" get daemonsets.v1beta1.extensions old -o 'jsonpath={.spec.templateGeneration}'
    says "old" get daemonsets.v1.apps old -o 'jsonpath={.spec.selector.matchLabels.app}'
    id=$(containers a old)
    says "deleted" delete -f "$DIR/old.yaml" --cascade=false
    [[ $(containers a old) == "$id" ]]
    says "created" create -f "$DIR/old.yaml"
    adopted() { [[ $(k get pods -l app=old -o 'jsonpath={.items[0].metadata.ownerReferences[0].name}') == old ]]; }
    eventually adopted
    says "deleted" delete daemonsets.v1beta1.extensions old --cascade=true
    eventually absent_on old a
}

@test "kubectl 1.27: core verbs" { use $OTHERS/kubectl.1.27 && core_verbs v27; }
@test "kubectl 1.28: core verbs" { use $OTHERS/kubectl.1.28 && core_verbs v28; }
@test "kubectl 1.29: core verbs" { use $OTHERS/kubectl.1.29 && core_verbs v29; }
@test "kubectl 1.30: core verbs" { use $OTHERS/kubectl.1.30 && core_verbs v30; }
@test "kubectl 1.31: core verbs" { use $OTHERS/kubectl.1.31 && core_verbs v31; }
@test "kubectl 1.33: core verbs" { use $OTHERS/kubectl.1.33 && core_verbs v33; }
