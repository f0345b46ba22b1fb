#!/usr/bin/env bats
# The daemons of examples/daemons do their work: metrics, collected logs, names. Their images are made of Debian
# packages. Paths, ports and addresses are replaced by some of this run.

load cluster

setup_file() {
    new_cluster
    "$ROOT/scripts/package-image" node-exporter prometheus-node-exporter 3>&-
    "$ROOT/scripts/package-image" rsyslog rsyslog 3>&-
    "$ROOT/scripts/package-image" dnsmasq dnsmasq-base 3>&-
    "$ROOT/scripts/package-image" collectd collectd-core 3>&-
    "$ROOT/scripts/package-image" keepalived keepalived libperl5.36 3>&-
    export PORT=$((10000 + RANDOM % 20000))
    mkdir -p "$DIR/log"
    # An interface of this run's own, for the address that moves.
    export LINK=$RUN ADDRESS=192.0.2.$((100 + RANDOM % 100))
    ip link add "$LINK" type veth peer name "p$LINK"
    ip address add 198.51.100.$((1 + RANDOM % 250))/32 dev "$LINK"
    ip link set "$LINK" up
    ip link set "p$LINK" up
    start up "$PICKET" up --data-dir "$DIR" --listen 127.0.0.1:0 --node-name "$(node a)" --log-root "$DIR/log"
    eventually api_answers
}

teardown_file() {
    remove_cluster
    ip link delete "$LINK"
}

example() {
    sed "s|/var/log|$DIR/log|g; s|/var/lib/log-collector|$DIR/state|; s|9100|$PORT|g; s|5354|$((PORT + 1))|g; s|/var/lib/host-figures|$DIR/figures|; s|Interval 10|Interval 1|
        s|interface: eth0|interface: $LINK|; s|192.0.2.99|$ADDRESS|; s|advert_int 1|advert_int 0.1|" \
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

@test "collectd: the host's figures, in files that stay" {
    example host-figures | k apply -f -
    k rollout status ds/host-figures --timeout 90s
    written() { grep -hqE '^[0-9.]+,[0-9.]+' "$DIR/figures/$(hostname)"/memory/memory-free-*; }
    eventually written
    k get configmap host-figures -o yaml | sed 's/LoadPlugin load/LoadPlugin uptime/' | k apply -f -
    k rollout restart ds/host-figures
    k rollout status ds/host-figures --timeout 90s
    up() { grep -hqE '^[0-9.]+,[0-9.]+' "$DIR/figures/$(hostname)"/uptime/uptime-*; }
    eventually up
}

@test "keepalived: the address is there, is there again after an update, and is taken back" {
    example virtual-address | k apply -f -
    k rollout status ds/virtual-address --timeout 90s
    has_address() { ip -4 addr show "$LINK" | grep -qF "$ADDRESS/32"; }
    eventually has_address
    k rollout restart ds/virtual-address
    k rollout status ds/virtual-address --timeout 90s
    eventually has_address
    k delete ds virtual-address --timeout 60s
    taken_back() { ! has_address; }
    eventually taken_back
}

@test "deleted: the daemons are gone, what they wrote is still there" {
    k delete daemonsets --all --timeout 60s
    nothing_left() { [[ -z $(all_containers_of_run) ]]; }
    eventually nothing_left
    [[ -s $DIR/log/collected/containers.log ]]
}
