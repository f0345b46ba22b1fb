#!/usr/bin/env bats
# What a program in a container may do: its service account's token, the CA and the address of the API are there, and
# the API answers as far as a role allows, on the host's network and behind the engine's bridge.

load cluster

CURL_IMAGE=picket.local/curl-e2e:1

setup_file() {
    bats_require_minimum_version 1.5.0
    new_cluster
    make_curl_image
    local address
    address=$(hostname -I | cut -d' ' -f1)
    start apiserver "$PICKET" apiserver --data-dir "$DIR/server" --listen "$address:0"
    eventually api_answers
    start_controller
    start_agent a
    shipper bridged false | k apply -f -
    shipper hosted true | k apply -f -
}

teardown_file() {
    remove_cluster
    docker rmi -f "$CURL_IMAGE" >/dev/null 2>&1 || true
}

# busybox and this machine's curl with the libraries it needs.
make_curl_image() {
    local root=$BATS_FILE_TMPDIR/curl-root file
    mkdir -p "$root/bin" "$root/tmp" "$root/etc"
    cp /bin/busybox "$root/bin/busybox"
    for applet in sh cat sleep; do ln -s busybox "$root/bin/$applet"; done
    cp "$(command -v curl)" "$root/bin/curl"
    ldd "$(command -v curl)" | grep -o '/[^ ]*' | sort -u | while read -r file; do
        mkdir -p "$root$(dirname "$file")"
        cp -L "$file" "$root$file"
    done
    tar -C "$root" --owner=0 --group=0 -c . |
        docker import --change 'ENV PATH=/bin' - "$CURL_IMAGE" >/dev/null
}

# shipper NAME HOST-NETWORK: a set with a service account of its own.
shipper() {
    cat <<YAML
apiVersion: v1
kind: ServiceAccount
metadata: {name: $1}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: $1}
spec:
  template:
    metadata:
      labels: {app: $1}
    spec:
      serviceAccountName: $1
      hostNetwork: $2
      terminationGracePeriodSeconds: 1
      containers:
      - name: main
        image: $CURL_IMAGE
        imagePullPolicy: Never
        command: [/bin/sh, -c, "exec sleep 1000000"]
YAML
}

inside() {
    local app=$1
    shift
    docker exec "$(containers a "$app")" "$@"
}

# asks APP PATH: the status code that the API answers the program with.
asks() {
    # shellcheck disable=SC2016
    inside "$1" sh -c 'd=/var/run/secrets/kubernetes.io/serviceaccount
        curl -s -o /dev/null -w "%{http_code}" --cacert $d/ca.crt -H "Authorization: Bearer $(cat $d/token)" \
            "https://$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT$0"' "$2"
}

answers() { [[ $(asks "$1" "$2") == "$3" ]]; }

let_list_pods() {
    k create role pod-reader --verb=get,list --resource=pods --dry-run=client -o yaml | k apply -f -
    k create rolebinding "$1-reads-pods" --role=pod-reader --serviceaccount="default:$1"
}

@test "both programs have a token, the CA and the name of their namespace" {
    for app in bridged hosted; do
        eventually runs_on "$app" a
        [[ $(inside "$app" cat /var/run/secrets/kubernetes.io/serviceaccount/namespace) == default ]]
        [[ $(inside "$app" cat /var/run/secrets/kubernetes.io/serviceaccount/token) == ey*.*.* ]]
    done
}

@test "without a role the API refuses them, with one it gives just that" {
    for app in bridged hosted; do
        eventually answers "$app" /version 200
        answers "$app" /api/v1/namespaces/default/pods 403
        let_list_pods "$app"
        answers "$app" /api/v1/namespaces/default/pods 200
        answers "$app" /api/v1/namespaces/default/secrets 403
        answers "$app" /api/v1/pods 403
        answers "$app" /api/v1/namespaces/kube-system/pods 403
    done
}

@test "kubectl create token makes one that works, and can-i agrees with it" {
    token=$(k create token hosted --duration 15m)
    run -0 k auth can-i list pods --as=system:serviceaccount:default:hosted
    run ! k auth can-i list secrets --as=system:serviceaccount:default:hosted
    code=$(curl -sk -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $token" \
        "$(server_url)/api/v1/namespaces/default/pods")
    [[ $code == 200 ]]
}

@test "a pod's token is worth nothing when the pod is gone" {
    token=$(inside bridged cat /var/run/secrets/kubernetes.io/serviceaccount/token)
    # The container keeps its copy of the token; the server knows that the pod has gone.
    k delete ds bridged --cascade=foreground --timeout=60s
    gone() {
        [[ $(curl -sk -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $token" \
            "$(server_url)/api/v1/namespaces/default/pods") == 401 ]]
    }
    eventually gone
}

@test "automountServiceAccountToken false: no token" {
    k patch serviceaccount hosted -p '{"automountServiceAccountToken": false}'
    id=$(containers a hosted)
    k delete pod -l app=hosted
    eventually replaced a hosted "$id"
    run ! inside hosted cat /var/run/secrets/kubernetes.io/serviceaccount/token
}

@test "an agent whose mounts the engine does not see says so, and starts nothing without its secrets" {
    end agent-a
    start agent-a unshare --mount --propagation private "$PICKET" agent --server "$(server_url)" --node-name "$(node a)" \
        --data-dir "$DIR/agent-a" --log-root "$DIR/log"
    shipper hidden true | k apply -f -
    told() { k get events -o json | jq -r '.items[].message' | grep -q 'engine does not see what this agent mounts'; }
    eventually told
    [[ -z $(containers a hidden) ]]
    end agent-a
    start_agent a
    eventually runs_on hidden a
}
