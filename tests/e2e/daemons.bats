#!/usr/bin/env bats
# The daemons of examples/daemons do their work: metrics, collected logs, names. Their images are made of Debian
# packages. Paths, ports and addresses are replaced by some of this run.

load cluster

setup_file() {
    new_cluster
    "$ROOT/scripts/package-image" node-exporter prometheus-node-exporter 3>&-
    "$ROOT/scripts/package-image" rsyslog rsyslog 3>&-
    "$ROOT/scripts/package-image" dnsmasq dnsmasq-base 3>&-
    export PORT=$((10000 + RANDOM % 20000))
    mkdir -p "$DIR/log"
    start up "$PICKET" up --data-dir "$DIR" --listen 127.0.0.1:0 --node-name "$(node a)" --log-root "$DIR/log"
    eventually api_answers
}

teardown_file() { remove_cluster; }

example() {
    sed "s|/var/log|$DIR/log|g; s|/var/lib/log-collector|$DIR/state|; s|9100|$PORT|g; s|5354|$((PORT + 1))|g" \
        "$ROOT/examples/daemons/$1.yaml"
}

host_ip() { k get node "$(node a)" -o jsonpath='{.status.addresses[?(@.type=="InternalIP")].address}'; }
metrics() { curl -fsS "http://$(host_ip):$PORT/metrics"; }
resolves() { busybox nslookup "$1" "127.0.0.54:$((PORT + 1))" | grep -q "Address: $2"; }

@test "node exporter: the host's own figures" {
    example node-exporter | k apply -f -
    k rollout status ds/node-exporter --timeout 90s
    metrics >"$DIR/metrics"
    grep -q "^node_boot_time_seconds" "$DIR/metrics"
    # In bytes: what the container saw of the host's memory is the host's, not its own limit.
    total=$(awk '/MemTotal/ { printf "%.0f", $2 * 1024 }' /proc/meminfo)
    [[ $(awk '/^node_memory_MemTotal_bytes/ { printf "%.0f", $2 }' "$DIR/metrics") == "$total" ]]
}

@test "node exporter: an update is rolled out, and the new arguments count" {
    k patch ds node-exporter --type json \
        -p '[{"op": "add", "path": "/spec/template/spec/containers/0/args/-", "value": "--no-collector.arp"}]'
    k rollout status ds/node-exporter --timeout 90s
    without_arp() { metrics | grep -c '^node_scrape_collector_success{collector="arp"}' | grep -qx 0; }
    eventually without_arp
}

@test "log collector: each line with its pod, also of a pod that comes later" {
    example log-collector | k apply -f -
    k rollout status ds/log-collector --timeout 90s
    daemon_set talker | sed 's/echo started/echo these are the words/' | k apply -f -
    collected() { grep -q "^talker-[a-z0-9]*_default_main .*these are the words" "$DIR/log/collected/containers.log"; }
    eventually collected
}

@test "local names: served, and new ones as soon as they are in the ConfigMap" {
    example local-dns | k apply -f -
    k rollout status ds/local-dns --timeout 90s
    eventually resolves registry.fleet.test 192.0.2.10
    k patch configmap local-dns --type merge -p '{"data":{"fleet":"192.0.2.11 mirror.fleet.test\n"}}'
    eventually resolves mirror.fleet.test 192.0.2.11
}

@test "deleted: the daemons are gone, what they wrote is still there" {
    k delete daemonsets --all --timeout 60s
    nothing_left() { [[ -z $(all_containers_of_run) ]]; }
    eventually nothing_left
    [[ -s $DIR/log/collected/containers.log ]]
}
