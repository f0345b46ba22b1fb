#!/usr/bin/env bats
# Stock monitoring against a live server: vmagent discovers hosts, pods, services and endpoints with a token that may
# do no more, Prometheus scrapes the server, and the example rules hold.

load cluster

setup_file() {
    bats_require_minimum_version 1.5.0
    new_cluster
    start_apiserver
    start_controller
    start_agent a
    k apply -f "$ROOT/examples/monitoring/access.yaml"
    web | k apply -f -
    k apply -f - <<YAML
apiVersion: v1
kind: Service
metadata: {name: web, labels: {app: web}}
spec:
  selector: {app: web}
  ports: [{name: metrics, port: 80, targetPort: metrics}]
YAML
    mkdir -p "$DIR/monitoring"
    k get cm kube-root-ca.crt -o jsonpath='{.data.ca\.crt}' >"$DIR/monitoring/ca.crt"
    k create token prometheus -n monitoring --duration 1h >"$DIR/monitoring/token"
    eventually runs_on web a
}

web() { daemon_set web | sed 's/        command:/        ports: [{name: metrics, containerPort: 8080}]\n        command:/'; }

teardown_file() { remove_cluster; }

host_and_port() { server_url | sed 's|https://||'; }

# A port that was free a moment ago: these programs take none by themselves.
free_port() { shuf -i 20000-29999 -n 1; }

with_server() { sed "s|SERVER|$(host_and_port)|" "$ROOT/examples/monitoring/$1" >"$DIR/monitoring/$1"; }

discover() {
    cat <<YAML
scrape_configs:
YAML
    for role in node pod service endpoints endpointslices; do
        cat <<YAML
- job_name: $role
  kubernetes_sd_configs:
  - role: $role
    api_server: $(server_url)
    bearer_token_file: $DIR/monitoring/token
    tls_config: {ca_file: $DIR/monitoring/ca.crt}
YAML
    done
}

targets() { curl -fs "http://127.0.0.1:$1/api/v1/targets?state=any"; }

# discovers PORT JOB LABEL VALUE
discovers() {
    targets "$1" | jq -e --arg job "$2" --arg field "$3" --arg value "$4" \
        '[.data.activeTargets[], .data.droppedTargets[]]
         | any(.discoveredLabels.job == $job and .discoveredLabels[$field] == $value)'
}

@test "vmagent discovers hosts, pods, services, endpoints and slices" {
    port=$(free_port)
    discover >"$DIR/monitoring/all.yml"
    start vmagent vmagent -promscrape.config="$DIR/monitoring/all.yml" -httpListenAddr="127.0.0.1:$port" \
        -remoteWrite.url=http://127.0.0.1:9/ -remoteWrite.tmpDataPath="$DIR/vmagent"
    eventually discovers "$port" node __meta_kubernetes_node_name "$(node a)"
    eventually discovers "$port" pod __meta_kubernetes_pod_node_name "$(node a)"
    eventually discovers "$port" pod __meta_kubernetes_pod_label_app web
    eventually discovers "$port" service __meta_kubernetes_service_name web
    eventually discovers "$port" endpoints __meta_kubernetes_endpoint_port_name metrics
    eventually discovers "$port" endpointslices __meta_kubernetes_endpointslice_port_name metrics
    pod=$(k get pods -l app=web -o name | sed 's|.*/||')
    eventually discovers "$port" endpoints __meta_kubernetes_endpoint_address_target_name "$pod"

    # What changes is seen without a restart.
    k delete ds web
    lost() { ! discovers "$port" endpoints __meta_kubernetes_endpoint_address_target_name "$pod"; }
    eventually lost
    end vmagent
    web | k apply -f -
}

# scraped PORT JOB: the job has a target on this host, which is up and has said something.
scraped() {
    targets "$1" | jq -e --arg job "$2" --arg node "$(node a)" \
        '[.data.activeTargets[] | select(.labels.job == $job and .labels.node == $node)]
         | any(.health == "up" and .lastSamplesScraped > 0)'
}

@test "the example configuration, as it is: vmagent scrapes the agents through the server" {
    with_server discovery.yml
    cd "$DIR/monitoring"
    vmagent -promscrape.config=discovery.yml -promscrape.config.strictParse -dryRun \
        -remoteWrite.url=http://127.0.0.1:9/
    sed -i 's/scrape_interval: 30s/scrape_interval: 2s/' discovery.yml
    port=$(free_port)
    start vmagent vmagent -promscrape.config=discovery.yml -httpListenAddr="127.0.0.1:$port" \
        -remoteWrite.url=http://127.0.0.1:9/ -remoteWrite.tmpDataPath="$DIR/vmagent-example"
    eventually scraped "$port" picket-agents
    eventually scraped "$port" picket-containers
    end vmagent
}

@test "Prometheus scrapes the server and the agents with the token of a service account" {
    port=$(free_port)
    with_server static.yml
    sed -i "s/targets: \[\]/targets: [$(node a)]/" "$DIR/monitoring/static.yml"
    cp "$ROOT"/examples/monitoring/{rules,alerts}.yml "$DIR/monitoring"
    sed -i 's/scrape_interval: 30s/scrape_interval: 1s/' "$DIR/monitoring/static.yml"
    start prometheus prometheus --config.file="$DIR/monitoring/static.yml" --storage.tsdb.path="$DIR/prometheus" \
        --web.listen-address="127.0.0.1:$port"
    says() {
        curl -fsG "http://127.0.0.1:$port/api/v1/query" --data-urlencode "query=$1" |
            jq -e '.data.result[0].value[1] | tonumber > 0'
    }
    eventually says 'up{job="picket-server"}'
    eventually says 'picket_apiserver_requests_total{verb="create",resource="pods",code="201"}'
    eventually says 'sum(picket_apiserver_request_duration_seconds_count)'
    eventually says "up{job=\"picket-agents\",node=\"$(node a)\"}"
    eventually says "picket_agent_running_containers{node=\"$(node a)\"}"
    eventually says "container_memory_working_set_bytes{node=\"$(node a)\",container=\"main\"}"
    end prometheus
}

@test "the example rules and alerts do what they say" {
    cd "$ROOT/examples/monitoring"
    promtool check rules rules.yml alerts.yml
    promtool test rules alerts_test.yml
}

@test "the metrics of server and agents follow the conventions" {
    "$PICKET" get --raw /metrics | promtool check metrics
    "$PICKET" get --raw "/api/v1/nodes/$(node a)/proxy/metrics" | promtool check metrics
    # Those names are the kubelet's: promtool would have some of them otherwise, so only its grammar is asked for.
    for page in resource cadvisor; do
        "$PICKET" get --raw "/api/v1/nodes/$(node a)/proxy/metrics/$page" | promtool check metrics || [[ $? -eq 3 ]]
    done
}
