#!/usr/bin/env bats
# Programs in pods talk to the API with what Kubernetes gives them: address, CA and token. The server listens on the
# loopback alone, as it does by default, and the pods have networks of their own.

load cluster

setup_file() {
    new_cluster
    "$ROOT/scripts/package-image" curl curl 3>&-
    start_up
    eventually api_answers
    k create serviceaccount shipper
    k create role reader --verb get,list --resource pods
    k create rolebinding shipper-reads --role reader --serviceaccount default:shipper
    pod single shipper | k apply -f -
    pod several shipper '- {name: second, image: picket.local/busybox:1, command: [/bin/sleep, "1000000"]}' | k apply -f -
    pod without shipper 'automountServiceAccountToken: false' | k apply -f -
}

start_up() {
    local port=0
    [[ ! -f $KUBECONFIG ]] || port=$(server_url | sed 's/.*://')
    start up "$PICKET" up --data-dir "$DIR" --listen "127.0.0.1:$port" --node-name "$(node a)" --log-root "$DIR/log"
}

teardown_file() { remove_cluster; }

# pod NAME ACCOUNT [LINE]
pod() {
    cat <<YAML
apiVersion: v1
kind: Pod
metadata: {name: $1, labels: {app: $1}}
spec:
  nodeName: $(node a)
  serviceAccountName: $2
  terminationGracePeriodSeconds: 0
  containers:
  - {name: main, image: picket.local/curl:1, command: [/bin/sleep, "1000000"]}
  ${3:-}
YAML
}

# ask POD PATH: as client libraries do, by the environment and the mounted files alone. TLS is verified.
ask() {
    docker exec "$(containers a "$1")" sh -c 'D=/var/run/secrets/kubernetes.io/serviceaccount
        curl -sS -m 20 --cacert $D/ca.crt -H "Authorization: Bearer $(cat $D/token)" -o /tmp/body -w "%{http_code}" \
            "https://$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT'"$2"'"; echo; cat /tmp/body'
}
answers() { ask "$1" "$2" | head -n 1 | grep -qx "$3"; }

@test "a pod with a network of its own reads what its role allows, over verified TLS" {
    for pod in single several; do
        eventually runs_on "$pod" a
        eventually answers "$pod" /api/v1/namespaces/default/pods 200
        ask "$pod" /api/v1/namespaces/default/pods | grep -q '"name":"single"'
        answers "$pod" /api/v1/namespaces/default/secrets 403
    done
}

@test "the usual names mean the API, too" {
    docker exec "$(containers a single)" sh -c 'curl -sS -m 20 \
        --cacert /var/run/secrets/kubernetes.io/serviceaccount/ca.crt \
        "https://kubernetes.default.svc.cluster.local:$KUBERNETES_SERVICE_PORT/version"' | grep -q gitVersion
}

@test "a pod without a token is told nothing about the API" {
    eventually runs_on without a
    run docker exec "$(containers a without)" env
    [[ $output != *KUBERNETES_SERVICE_HOST* ]]
}

@test "the relay takes no connection that does not come from the pods' network" {
    address=$(docker exec "$(containers a single)" sh -c 'sed -n "s/\tkubernetes.default.svc$//p" /etc/hosts')
    port=$(docker exec "$(containers a single)" sh -c 'echo $KUBERNETES_SERVICE_PORT')
    # The host's own loopback is another network; its bridge address is one of the pods'.
    run curl -sS -m 10 --interface 127.0.0.1 -k "https://$address:$port/version"
    [[ $status -ne 0 && $output != *gitVersion* ]]
}

@test "a new agent relays on the same port: containers are not made anew" {
    id=$(containers a single)
    end up KILL
    start_up
    eventually answers single /api/v1/namespaces/default/pods 200
    [[ $(containers a single) == "$id" ]]
}
