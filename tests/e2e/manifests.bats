#!/usr/bin/env bats
# The twelve published manifests of manifests/, as they are but for what manifests.bash says: applied, running, serving,
# updated, deleted. What Debian has does the real work (node exporter, rsyslog, nginx, stunnel); stand-ins answer for
# the rest. Privileged ones are also applied as they are, and the engine is asked what it was told.

load cluster
load manifests

setup_file() {
    new_cluster
    export PORT=$((1100 + RANDOM % 5000))
    mkdir -p "$DIR/log" "$DIR/root/var/run"
    manifest_images
    start up "$PICKET" up --data-dir "$DIR" --listen 127.0.0.1:0 --node-name "$(node a)" --log-root "$DIR/log" \
        --node-labels storagenode=glusterfs
    eventually api_answers
    for namespace in projectcontour spire monitoring; do k create namespace "$namespace"; done
    daemon_set talker | sed 's/echo started/while :; do echo these are the words; sleep 1; done/' | k apply -f -
}

teardown_file() {
    remove_cluster
    docker images --format '{{.Repository}}:{{.Tag}}' | grep "^picket.local/$RUN-" | xargs -r docker rmi -f >/dev/null
}

apply() { manifest "$@" >"$DIR/$1.yaml" && k apply -f "$DIR/$1.yaml"; }

# id APP CONTAINER: of a running container whose pod's name begins with APP.
id() {
    docker ps --no-trunc --filter "label=picket.dev/node=$(node a)" --filter "label=io.kubernetes.container.name=$2" \
        --format '{{.ID}} {{.Label "io.kubernetes.pod.name"}}' | sed -n "s/ $1.*//p" | head -n 1
}
runs() { [[ -n $(id "$@") ]]; }
inside() { docker exec "$(id "$1" "$2")" "${@:3}"; }
settled() { k rollout status -n "$1" "ds/$2" --timeout 90s; }
newest_status() { k get pods -n "$1" -o json | jq -c --arg app "$2" '[.items[] | select(.metadata.name | startswith($app)).status]'; }
status_says() { newest_status "$1" "$2" | grep -qE -e "$3"; }
event_says() { k get events -n "$1" -o json | jq -r '.items[] | .reason + " " + .message' | grep -qE -e "$2"; }
host_ip() { k get node "$(node a)" -o jsonpath='{.status.addresses[?(@.type=="InternalIP")].address}'; }
page() { curl -ksS -m 10 "$@"; }

# other_than ID APP CONTAINER: another one runs.
other_than() {
    local now
    now=$(id "$2" "$3")
    [[ -n $now && $now != "$1" ]]
}

# updated NAMESPACE SET APP CONTAINER: restarted, another container serves.
updated() {
    local before
    before=$(id "$3" "$4")
    k rollout restart -n "$1" "ds/$2"
    settled "$1" "$2"
    eventually other_than "$before" "$3" "$4"
}

# updated_on_delete NAMESPACE SET APP CONTAINER: changed, the old container goes on; its pod deleted, a new one has the change.
updated_on_delete() {
    local before pod
    before=$(id "$3" "$4")
    k set env -n "$1" "ds/$2" MORE=1
    outdated() { k get ds -n "$1" "$2" -o json | jq -e '(.status.updatedNumberScheduled // 0) == 0 and .status.observedGeneration == .metadata.generation'; }
    eventually outdated "$1" "$2"
    [[ $(id "$3" "$4") == "$before" ]]
    pod=$(docker inspect "$before" | jq -r '.[0].Config.Labels["io.kubernetes.pod.name"]')
    k delete pod -n "$1" "$pod" --wait=false
    eventually other_than "$before" "$3" "$4"
    [[ $(inside "$3" "$4" sh -c 'echo $MORE') == 1 ]]
}

@test "privileged ones as they are: what the engine is told" {
    mkdir -p "$DIR/root/var/lib/kubelet/plugins" "$DIR/root/var/lib/kubelet/plugins_registry"
    for map in ceph-config ceph-csi-config ceph-csi-encryption-kms-config; do k create configmap "$map"; done
    for name in weave-net-2017 cilium-quick-install glusterfs kured ceph-csi-rbd; do
        run apply "$name" as-is
        [[ $status -eq 0 || $output == *'no matches for kind "Deployment"'* ]]
    done
    # told APP CONTAINER JQ
    told() {
        docker ps -aq --no-trunc --filter "label=picket.dev/node=$(node a)" --filter "name=k8s_$2_$1" | head -n 1 |
            xargs -r docker inspect | jq -e ".[0].HostConfig | $3"
    }
    eventually told weave-net weave '.Privileged and .PidMode == "host" and .CgroupnsMode == "host"'
    eventually told cilium clean-cilium-state '.Privileged and (.CapAdd | index("NET_ADMIN") or index("CAP_NET_ADMIN"))'
    eventually told glusterfs glusterfs '.Privileged and any(.Binds[]; endswith("/lib/modules:ro"))'
    eventually told kured kured '.Privileged and .ReadonlyRootfs and .PidMode == "host"'
    eventually told csi-rbdplugin csi-rbdplugin '.Privileged and ([.Binds[] | select(endswith("rshared"))] | length) == 2'
    eventually told csi-rbdplugin liveness-prometheus '.Privileged'
    k delete ds -n kube-system --all --wait=false
    k delete ds csi-rbdplugin glusterfs --wait=false
    # A shipper that starts while logs of others go may never begin.
    alone() { [[ $(k get pods -A --no-headers | grep -vc talker) -eq 0 ]]; }
    eventually alone
}

@test "website-daemonset: collects the containers' logs" {
    apply website-daemonset
    settled kube-system fluentd-elasticsearch
    shipped() { grep -q 'talker-.*these are the words' "$DIR/log/shipped.log"; }
    eventually shipped
    updated kube-system fluentd-elasticsearch fluentd-elasticsearch fluentd-elasticsearch
}

@test "node-exporter-kube-prometheus: the host's figures, by TLS, with few rights" {
    apply node-exporter-kube-prometheus
    settled monitoring node-exporter
    served() { page "https://$(host_ip):${PORT}0/metrics" | grep -q '^node_memory_MemTotal_bytes'; }
    eventually served
    [[ $(docker inspect "$(id node-exporter node-exporter)" | jq -c '.[0] | [.Config.User, .HostConfig.ReadonlyRootfs, .HostConfig.CapDrop, .HostConfig.PidMode]') == '["65534:65534",true,["ALL"],"host"]' ]]
    [[ $(k get pods -n monitoring -o json | jq '.items[0].spec.priority') -eq 2000000000 ]]
    updated monitoring node-exporter node-exporter node-exporter
    eventually served
}

@test "filebeat-2018: waits for its Secret, then ships; an old API version without selector" {
    apply filebeat-2018
    eventually status_says kube-system filebeat-dynamic 'secret .*dynamic-logging.* not found.*CreateContainerConfigError'
    k create secret generic dynamic-logging -n kube-system --from-literal CLOUD_ID=c --from-literal ELASTIC_PASSWORD=p
    eventually runs filebeat-dynamic filebeat-dynamic
    shipped() { inside filebeat-dynamic filebeat-dynamic grep -q 'talker-.*these are the words' /usr/share/filebeat/data/shipped.log; }
    eventually shipped
    [[ $(inside filebeat-dynamic filebeat-dynamic stat -c '%a' /etc/filebeat.yml) == 600 ]]
    inside filebeat-dynamic filebeat-dynamic test -S /var/run/docker.sock
    [[ $(k get ds -n kube-system filebeat-dynamic -o jsonpath='{.spec.updateStrategy.type}') == OnDelete ]]
    updated_on_delete kube-system filebeat-dynamic filebeat-dynamic filebeat-dynamic
}

@test "flannel: init containers install files, probes by the port's name" {
    apply flannel
    settled kube-flannel kube-flannel-ds
    [[ -x $DIR/root/opt/cni/bin/flannel ]]
    grep -q cniVersion "$DIR/root/etc/cni/net.d/10-flannel.conflist"
    [[ -f $DIR/root/run/xtables.lock ]]
    page "http://127.0.0.1:${PORT}2/healthz" | grep -q ok
    updated kube-flannel kube-flannel-ds kube-flannel-ds kube-flannel
    # The namespace stands first in the file, and what is in it is deleted all the same.
    k delete -f "$DIR/flannel.yaml" --timeout 60s
}

@test "weave-net-2017: a List, tolerations in an annotation" {
    apply weave-net-2017
    eventually runs weave-net weave
    eventually runs weave-net weave-npc
    page "http://127.0.0.1:${PORT}3/status" | grep -q ok
    k get pods -n kube-system -l name=weave-net -o json | jq -e '.items[0].spec.tolerations | any(.key == "dedicated" and .value == "master")'
    [[ $(inside weave-net weave sh -c 'echo $HOSTNAME') == "$(node a)" ]]
    updated_on_delete kube-system weave-net weave-net weave
}

@test "cilium: hooks, optional keys, a Deployment beside it that is refused by name" {
    run apply cilium-quick-install
    [[ $status -eq 1 && $output == *'no matches for kind "Deployment"'* ]]
    settled kube-system cilium
    [[ -x $DIR/root/opt/cni/bin/cilium-cni && -f $DIR/root/var/run/cilium/cleaned ]]
    [[ $(inside cilium cilium-agent cat /tmp/cilium/config-map/debug) == false ]]
    updated kube-system cilium cilium cilium-agent
    k delete ds -n kube-system cilium --timeout 60s
    uninstalled() { [[ ! -e $DIR/root/opt/cni/bin/cilium-cni ]]; }
    eventually uninstalled
}

@test "contour-envoy: waits for its Secret; serves on host ports what an init container has set up" {
    apply contour-envoy
    eventually event_says projectcontour 'FailedMount .*envoycert.* not found'
    k create secret generic envoycert -n projectcontour --from-literal ca.crt=x
    settled projectcontour envoy
    [[ $(page "http://127.0.0.1:${PORT}6/") == page ]]
    updated projectcontour envoy envoy envoy
    eventually page "http://127.0.0.1:${PORT}6/"
}

@test "spire-agent: an init container waits for a server; a token for another audience" {
    k create configmap spire-bundle -n spire
    apply spire-agent
    eventually status_says spire spire-agent 'PodInitializing'
    start spire-server /usr/bin/python3 -m http.server "${PORT}8" --bind 127.0.0.1 --directory "$DIR/root"
    settled spire spire-agent
    inside spire-agent spire-agent cut -d. -f2 /var/run/secrets/tokens/spire-agent | tr '_-' '/+' | base64 -d 2>/dev/null |
        grep -q '"aud":\["spire-server"\]'
    updated spire spire-agent spire-agent spire-agent
}

@test "glusterfs: exec probes, an old API version that updates on delete" {
    apply glusterfs
    settled_old() { k get ds glusterfs -o jsonpath='{.status.numberReady}' | grep -qx 1; }
    eventually settled_old
    updated_on_delete default glusterfs glusterfs glusterfs
}

@test "kured: reads the host's sentinel, may ask the API what its role allows" {
    apply kured
    settled kube-system kured
    touch "$DIR/root/var/run/reboot-required"
    inside kured kured test -e /sentinel/reboot-required
    run inside kured kured touch /here
    [[ $status -ne 0 ]]
    k auth can-i get nodes --as system:serviceaccount:kube-system:kured
    run k auth can-i delete nodes --as system:serviceaccount:kube-system:kured
    [[ $status -ne 0 ]]
    updated kube-system kured kured kured
}

@test "ceph-csi: a missing folder of a kubelet is told, and waited for" {
    mv "$DIR/root/var/lib/kubelet/plugins_registry" "$DIR/root/var/lib/kubelet/away"
    # Mounts both ways are for privileged containers alone.
    manifest ceph-csi-rbd | sed '/Bidirectional/d; /SYS_ADMIN/d' | k apply -f -
    eventually event_says default 'FailedMount .*registration-dir.*(not a directory|does not exist|no such)'
    mv "$DIR/root/var/lib/kubelet/away" "$DIR/root/var/lib/kubelet/plugins_registry"
    settled default csi-rbdplugin
    page "http://127.0.0.1:${PORT}5/metrics" | grep -q ok
    docker inspect "$(id csi-rbdplugin csi-rbdplugin)" | jq -e --arg node "--nodeid=$(node a)" '.[0].Args | index($node) and index("--endpoint=unix:///csi/csi.sock")'
    inside csi-rbdplugin csi-rbdplugin df /tmp/csi/keys | grep -q tmpfs
    updated default csi-rbdplugin csi-rbdplugin csi-rbdplugin
}

@test "rolling update of the end-to-end tests: two containers, an update of the image" {
    apply e2e-rollingupdate-rv2
    settled default bind
    address=$(k get pods -l service=bind -o jsonpath='{.items[0].status.podIP}')
    serves() { page -o /dev/null -D - "http://$address/" | grep -qi '^server: nginx'; }
    eventually serves
    before=$(id bind app)
    k set image ds/bind "kubernetes-pause=picket.local/busybox:1" >/dev/null
    k patch ds bind --type json -p '[{"op":"add","path":"/spec/template/spec/containers/0/command","value":["/bin/sh","-c","trap exit TERM; while :; do sleep 2 & wait $!; done"]}]'
    settled default bind
    other_than "$before" bind app
}

@test "deleted: nothing is left of any" {
    k delete ds -A --all --timeout 90s
    nothing_left() { [[ -z $(all_containers_of_run) ]]; }
    eventually nothing_left
    tidy() { [[ -z $(ls "$DIR/agent/volumes") ]]; }
    eventually tidy
    not grep -q "$DIR/agent/volumes" /proc/mounts
}
