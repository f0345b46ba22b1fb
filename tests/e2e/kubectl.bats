#!/usr/bin/env bats
# Every kubectl command of docs/kubectl.md against a live server and an agent on real Docker: what it prints, and how
# it ends. The tests follow each other and share one host.

load cluster

setup_file() {
    new_cluster
    export MINOR
    MINOR=$(kubectl version --client -o json 2>/dev/null | jq -r '.clientVersion.minor' | tr -dc 0-9)
    start up "$PICKET" up --data-dir "$DIR" --listen 127.0.0.1:0 --node-name "$(node a)" --node-labels disk=ssd
    eventually node_is_ready
}

teardown_file() { remove_cluster; }

node_is_ready() { "$PICKET" get node "$(node a)" --no-headers | grep -q ' Ready '; }

# since MINOR: the client knows the command from that version on.
since() { ((MINOR >= $1)) || skip "kubectl 1.$MINOR is older than 1.$1"; }

# says TEXT COMMAND...: the command succeeds and prints the text.
says() {
    local text=$1
    shift
    run k "$@"
    [[ $status -eq 0 && $output == *"$text"* ]] || { echo "kubectl $*: $status: $output" >&2 && return 1; }
}

# refuses TEXT COMMAND...: it fails with code 1, and says why.
refuses() {
    local text=$1
    shift
    run k "$@"
    [[ $status -eq 1 && $output == *"$text"* ]] || { echo "kubectl $*: $status: $output" >&2 && return 1; }
}

manifest() { daemon_set web "$@" >"$DIR/web.yaml"; }
field() { k get "$1" -o "jsonpath={$2}"; }
applied() { k apply -f "$DIR/web.yaml"; }
rolled_out() { k rollout status ds/web --timeout 90s; }

@test "version, cluster-info, api-resources, api-versions, config" {
    says "Server Version: " version
    says "$(server_url)" cluster-info
    says "daemonsets" api-resources
    says "selfsubjectreviews" api-resources --api-group authentication.k8s.io
    says "extensions/v1beta1" api-versions
    says "picket" config get-contexts
    says "$(server_url)" config view
    says "ok" get --raw /livez
}

@test "every command that kubectl names stands in docs/kubectl.md" {
    kubectl --help | sed -n 's/^  \([a-z-]*\)  .*/\1/p' >"$DIR/commands"
    [[ $(wc -l <"$DIR/commands") -gt 40 ]]
    echo options >>"$DIR/commands"
    while read -r command; do
        grep -qE "^\| [^|]*\`([^\`]* )?$command\b" "$ROOT/docs/kubectl.md" || { echo "not there: $command" >&2 && return 1; }
    done <"$DIR/commands"
}

@test "what kubectl does by itself: completion, options, plugin, kustomize, config" {
    says "__start_kubectl" completion bash
    says "--request-timeout" options
    run k plugin list
    [[ $output == *"unable to find any kubectl plugins"* ]]
    says "picket" config current-context
    says "$(server_url)" config view --minify
    says "Context \"picket\" modified" config set-context --current --namespace=default
    mkdir -p "$DIR/kustom"
    printf 'resources: [map.yaml]\nnamePrefix: k-\n' >"$DIR/kustom/kustomization.yaml"
    printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: map}\ndata: {a: b}\n' >"$DIR/kustom/map.yaml"
    says "name: k-map" kustomize "$DIR/kustom"
    says "configmap/k-map created" apply -k "$DIR/kustom"
    says "" diff -k "$DIR/kustom"
    says 'configmap "k-map" deleted' delete -k "$DIR/kustom"
}

@test "proxy: the API without a token, on this machine" {
    start proxy kubectl --cache-dir "$DIR/cache" proxy --port=0
    eventually grep -q 'Starting to serve' "$DIR/proxy.log"
    local at
    at=$(sed -n 's/^Starting to serve on //p' "$DIR/proxy.log")
    curl -fsS "http://$at/api/v1/namespaces/default" | jq -e '.status.phase == "Active"'
    end proxy
}

# answer METHOD PATH [CURL-OPTION...]: headers and body.
answer() {
    local token
    token=$(sed -n 's/^ *token: *//p' "$KUBECONFIG" | tr -d '"')
    curl -ksi -m 60 -K <(printf 'header = "Authorization: Bearer %s"\n' "$token") -X "$1" "$(server_url)$2" "${@:3}" | tr -d '\r'
}

@test "what the server does not have is a Status in the words that clients expect" {
    [[ $(answer GET /nosuch) == *404*'"reason":"NotFound"'* ]]
    [[ $(answer GET /apis/batch/v1/jobs) == *404*'"details":{}'*'"reason":"NotFound"'* ]]
    [[ $(answer PUT /api/v1/nodes) == *"405"*"Allow: GET, POST, DELETE"*'"reason":"MethodNotAllowed"'* ]]
    [[ $(answer POST /version) == *"405"*"Allow: GET"* ]]
    [[ $(answer GET /api/v1/nodes -H 'Accept: text/html') == *"406"*'"reason":"NotAcceptable"'* ]]
    [[ $(answer POST /api/v1/namespaces -H 'Content-Type: text/html' -d x) == *"415"*'"reason":"UnsupportedMediaType"'* ]]
    [[ $(answer PATCH /api/v1/namespaces/default -H 'Content-Type: application/json' -d '{}') == *"415"* ]]
    [[ $(answer GET /api/v1/namespaces/default -H 'Accept: application/yaml') == *"application/yaml"*"kind: Namespace"* ]]
    [[ $(answer GET /api/v1/namespaces/nosuch -H 'Accept: application/yaml') == *"404"*"reason: NotFound"* ]]
    run k get --raw /nosuch
    [[ $status -eq 1 && $output == *"the server could not find the requested resource"* ]]
    run k cluster-info dump
    [[ $status -eq 1 && $output == *"could not find the requested resource"* ]]
    refuses 'resource type "certificatesigningrequests"' certificate approve x
    for kind in "deployment x --image=y" "job x --image=y"; do
        # shellcheck disable=SC2086 # several words
        refuses "could not find the requested resource" create $kind
    done
}

@test "create --raw, replace --raw, delete --raw" {
    says '"name":"raw"' create --raw /api/v1/namespaces/default/configmaps -f <(echo '{"metadata":{"name":"raw"}}')
    since 21
    says '"x":"y"' replace --raw /api/v1/namespaces/default/configmaps/raw -f <(echo '{"metadata":{"name":"raw"},"data":{"x":"y"}}')
    says '"status":"Success"' delete --raw /api/v1/namespaces/default/configmaps/raw
}

@test "create: each kind whose body comes as protobuf" {
    says "namespace/team created" create ns team
    says "configmap/c created" create cm c -n team --from-literal=k=v
    says "secret/s created" create secret generic s -n team --from-literal=k=v
    says "secret/r created" create secret docker-registry r -n team --docker-server=x --docker-username=u --docker-password=p
    says "serviceaccount/robot created" create sa robot -n team
    says "service/web created" create service clusterip web -n team --tcp=80:8080
    says "role.rbac.authorization.k8s.io/reader created" create role reader -n team --verb=get,list --resource=pods
    says "rolebinding.rbac.authorization.k8s.io/reader created" create rolebinding reader -n team --role=reader --user=ann
    says "clusterrole.rbac.authorization.k8s.io/$RUN created" create clusterrole "$RUN" --verb=get --resource=nodes
    says "clusterrolebinding.rbac.authorization.k8s.io/$RUN created" create clusterrolebinding "$RUN" --clusterrole="$RUN" --user=ann
    says "priorityclass.scheduling.k8s.io/$RUN created" create priorityclass "$RUN" --value=10
    says "poddisruptionbudget.policy/web created" create pdb web -n team --selector=app=web --min-available=1
    says "resourcequota/small created" create quota small -n team --hard=cpu=2,pods=10
    [[ $(k get quota small -n team -o 'jsonpath={.spec.hard}') == '{"cpu":"2","pods":"10"}' ]]
    says "ingress.networking.k8s.io/in created" create ingress in -n team --class=c --rule='a.example.org/p*=web:80,tls=t'
    [[ $(k get ing in -n team -o 'jsonpath={.apiVersion} {.spec.rules[0].host} {.spec.rules[0].http.paths[0].backend.service.port.number} {.spec.tls[0].secretName}') == 'networking.k8s.io/v1 a.example.org 80 t' ]]
    [[ $(k create token robot -n team) == *.*.* ]]
    [[ $(k get cm c -n team -o 'jsonpath={.data.k}') == v ]]
    [[ $(k get secret s -n team -o 'jsonpath={.data.k}') == dg== ]]
    [[ $(k get svc web -n team -o 'jsonpath={.spec.ports[0].targetPort}') == 8080 ]]
    [[ $(k get role reader -n team -o 'jsonpath={.rules[0].apiGroups[0]}') == "" ]]
    refuses "AlreadyExists" create ns team
}

@test "create -f, apply: dry runs, unchanged, configured" {
    manifest
    says "created (dry run)" create -f "$DIR/web.yaml" --dry-run=client
    says "created (server dry run)" create -f "$DIR/web.yaml" --dry-run=server
    refuses "NotFound" get ds web
    says "daemonset.apps/web created" apply -f "$DIR/web.yaml"
    says "daemonset.apps/web unchanged" apply -f "$DIR/web.yaml"
    manifest "nodeSelector: {disk: ssd}"
    says "configured (server dry run)" apply -f "$DIR/web.yaml" --dry-run=server
    says "daemonset.apps/web configured" apply -f "$DIR/web.yaml"
    says "disk" apply view-last-applied ds/web
    refuses "AlreadyExists" create -f "$DIR/web.yaml"
    rolled_out
}

@test "unknown, missing and stored-only fields" {
    refuses 'unknown field "spec.template.spec.bogus"' create -f <(daemon_set wrong "bogus: 1")
    refuses "spec.template.spec.containers[0].image" create -f <(daemon_set wrong | sed 's/image: .*/image: ""/')
    says "Warning: spec.template.spec.schedulerName" create -f <(daemon_set noted "schedulerName: mine") --dry-run=server
}

@test "diff: 0 for the same, 1 for a difference, on both ways" {
    run k diff -f "$DIR/web.yaml"
    [[ $status -eq 0 && -z $output ]]
    daemon_set web "hostNetwork: true" >"$DIR/other.yaml"
    run k diff -f "$DIR/other.yaml"
    [[ $status -eq 1 && $output == *"hostNetwork: true"* ]]
    run k diff --server-side --force-conflicts -f "$DIR/other.yaml"
    [[ $status -eq 1 && $output == *"hostNetwork: true"* ]]
}

@test "get: every form of output" {
    [[ $(k get ds web -o name) == daemonset.apps/web ]]
    [[ $(field ds/web .spec.template.spec.nodeSelector.disk) == ssd ]]
    [[ $(k get ds web -o 'go-template={{.metadata.name}}') == web ]]
    says "web   picket.local/busybox:1" get ds -o custom-columns=N:.metadata.name,I:.spec.template.spec.containers[0].image
    says "disk=ssd" get ds web -o wide
    says "kind: DaemonSet" get ds web -o yaml
    says '"kind": "DaemonSet"' get ds web -o json
    says "app=web" get pods --show-labels
    says "APP" get pods -L app
    says "daemonset.apps/web" get all
    says "pod/web-" get all
    says "web-" get pods --sort-by=.metadata.creationTimestamp
    says "web-" get pods -l 'app in (web),app!=other' --field-selector "spec.nodeName=$(node a)"
    says "web" get daemonsets.v1.apps web --no-headers
    says "web" get daemonsets.v1beta1.extensions web
    says "numberReady" get ds web --subresource=status -o yaml
    says "No resources found" get pods -l app=nobody
    says "kube-system" get ns -A
}

@test "get -w sees what changes, and ends" {
    k get ds web -w -o 'jsonpath={.metadata.annotations.seen}{"\n"}' --request-timeout=60s >"$DIR/watched" 3>&- &
    watcher=$!
    begun() { [[ -s $DIR/watched ]]; }
    eventually begun
    k annotate ds web seen=this
    seen() { grep -q this "$DIR/watched"; }
    eventually seen
    kill "$watcher"
}

@test "describe: set, pod, node, namespace" {
    says "SuccessfulCreate" describe ds web
    says "Controlled By:  DaemonSet/web" describe pods -l app=web
    says "HolderIdentity:  $(node a)" describe node "$(node a)"
    says "Status:       Active" describe ns team
    says "Endpoints" describe svc web -n team
}

@test "explain: from the server's schema" {
    says "string" explain ds.spec.template.spec.containers.image
    says "updateStrategy" explain ds --recursive
    says "templateGeneration" explain ds.spec --api-version=extensions/v1beta1
    refuses "does not exist" explain ds.spec.bogus
    since 27
    says "maxUnavailable" explain ds.spec.updateStrategy --recursive --output=plaintext-openapiv2
}

@test "patch, label, annotate" {
    says "daemonset.apps/web patched" patch ds web -p '{"spec":{"minReadySeconds":1}}'
    says "daemonset.apps/web patched" patch ds web --type=merge -p '{"spec":{"minReadySeconds":0}}'
    says "daemonset.apps/web patched" patch ds web --type=json -p '[{"op":"add","path":"/metadata/annotations/x","value":"y"}]'
    says "(no change)" patch ds web --type=merge -p '{"spec":{"minReadySeconds":0}}'
    since 24
    says "daemonset.apps/web patched" patch ds web --subresource=status --type=merge -p '{"status":{"collisionCount":1}}'
    says "daemonset.apps/web labeled" label ds web tier=front
    refuses "already has a value" label ds web tier=back
    says "daemonset.apps/web labeled" label ds web tier=back --overwrite
    says "web" get ds -l tier=back
    says "tier=back" label ds web --list
    says "daemonset.apps/web unlabeled" label ds web tier-
    says "daemonset.apps/web annotated" annotate ds web note=x
    says "daemonset.apps/web annotated" annotate ds web note-
    says "annotated" annotate ds --all note=all
}

@test "edit, replace" {
    printf '#!/bin/sh\nsed -i "s/^spec:/spec:\\n  minReadySeconds: 2/" "$1"\n' >"$DIR/editor"
    chmod +x "$DIR/editor"
    k patch ds web --type=json -p '[{"op":"remove","path":"/spec/minReadySeconds"}]' || true
    EDITOR=$DIR/editor says "daemonset.apps/web edited" edit ds web
    [[ $(field ds/web .spec.minReadySeconds) == 2 ]]
    EDITOR=true says "no changes made" edit ds web
    says "daemonset.apps/web replaced" replace -f "$DIR/web.yaml"
    uid=$(field ds/web .metadata.uid)
    says "daemonset.apps/web replaced" replace --force -f "$DIR/web.yaml"
    [[ $(field ds/web .metadata.uid) != "$uid" ]]
    rolled_out
}

@test "set image, env, resources, serviceaccount; rollout history, undo, restart" {
    says "env updated" set env ds/web A=1
    says "A=1" set env ds/web --list
    says "resource requirements updated" set resources ds/web --limits=memory=64Mi
    [[ $(field ds/web '.spec.template.spec.containers[0].resources.limits.memory') == 64Mi ]]
    says "serviceaccount updated" set serviceaccount ds/web default
    run k set image ds/web main=picket.local/busybox:1
    [[ $status -eq 0 ]]
    rolled_out
    says "REVISION" rollout history ds/web
    newest=$(k get controllerrevisions -l app=web -o 'jsonpath={range .items[*]}{.revision}{"\n"}{end}' | sort -n | tail -n 1)
    says "64Mi" rollout history ds/web --revision="$newest"
    says "successfully rolled out" rollout status ds/web --watch=false
    refuses "unable to find specified revision 99" rollout undo ds/web --to-revision=99
    says "rolled back" rollout undo ds/web
    oldest=$(k get controllerrevisions -l app=web -o 'jsonpath={range .items[*]}{.revision}{"\n"}{end}' | sort -n | head -n 1)
    says "rolled back" rollout undo ds/web --to-revision="$oldest"
    says "restarted" rollout restart ds/web
    rolled_out
    [[ -n $(field ds/web '.spec.template.metadata.annotations.kubectl\.kubernetes\.io/restartedAt') ]]
}

@test "what a DaemonSet cannot do is refused" {
    refuses "the server could not find the requested resource" scale ds web --replicas=2
    refuses "cannot autoscale" autoscale ds web --max=2
    refuses "cannot expose" expose ds web --port 80
    refuses "pausing is not supported" rollout pause ds/web
    refuses "doesn't have a resource type" get deployments
    refuses "resuming is not supported" rollout resume ds/web
    refuses "could not find the requested resource" get --raw /apis/apps/v1/deployments
    refuses "NotFound" get pods nosuch
    refuses "field label not supported" get pods --field-selector bogus=x
}

@test "logs, events, wait" {
    # A container that has just started may not have written yet.
    told() { [[ $(k logs ds/web --tail=1) == started ]]; }
    eventually told
    says "started" logs -l app=web --all-containers --since=1h --timestamps --limit-bytes=1000
    says "started" logs ds/web -c main --pod-running-timeout=5s
    refuses "previous terminated container" logs ds/web --previous
    refuses "container nope is not valid" logs ds/web -c nope
    start logs-followed kubectl --cache-dir "$DIR/cache" logs -f ds/web
    eventually grep -q started "$DIR/logs-followed.log"
    end logs-followed
    says "[pod/web-" logs -l app=web --prefix
    says "main" get pods -l app=web -o 'jsonpath={.items[0].spec.containers[0].name}'
    says "condition met" wait --for=condition=Ready pod -l app=web --timeout=60s
    says "Created" get events
    says "condition met" wait --for=delete pod/nosuch --timeout=5s || says "" wait --for=delete pod/nosuch --timeout=5s
    refuses "timed out" wait --for=condition=Nope ds/web --timeout=1s
    since 27
    says "condition met" wait --for=jsonpath='{.status.numberReady}'=1 ds/web --timeout=60s
    says "SuccessfulCreate" events --for ds/web
    says "No events found" events --for ds/web --types=Warning
    since 31
    says "condition met" wait --for=create ds/web --timeout=5s
}

@test "run: a bare pod bound to a node" {
    says "pod/bare created" run bare --image=picket.local/busybox:1 --restart=Never \
        --overrides='{"spec":{"nodeName":"'"$(node a)"'","terminationGracePeriodSeconds":1}}' \
        --command -- /bin/sh -c 'echo hello; exec sleep 1000'
    says "condition met" wait --for=condition=Ready pod/bare --timeout=90s
    said_hello() { [[ $(k logs bare) == hello ]]; }
    eventually said_hello
    says "service/bare exposed" expose pod bare --port=80
    says 'service "bare" deleted' delete svc bare
}

# once COMMAND...: a pod with our input and output, gone afterwards. A deadline, since a stream that does not end is what
# could be wrong here.
once() {
    timeout "$DEADLINE" kubectl --cache-dir "$DIR/cache" run once --rm -i --image=picket.local/busybox:1 --restart=Never \
        --overrides='{"spec":{"nodeName":"'"$(node a)"'","terminationGracePeriodSeconds":1}}' --command -- "$@"
}

@test "run --rm -i: what is typed, what is answered, and an end when the container ends" {
    run once /bin/sh -c 'read line; echo "got $line"' < <(echo typed)
    [[ $status -eq 0 && $output == *"got typed"*'pod "once" deleted'* ]]
    # It may have ended before kubectl comes, in any of several ways.
    for _ in 1 2 3 4; do once /bin/true </dev/null; done
}

@test "debug: a host, in a pod of its own; containers of a running pod are not changed" {
    since 32
    says "Creating debugging pod" debug "node/$(node a)" --profile=general --image=picket.local/busybox:1 -- true
    debugger=$(k get pods -o name | grep node-debugger)
    says "condition met" wait "$debugger" --for='jsonpath={.status.phase}=Succeeded' --timeout=90s
    [[ $(k get "$debugger" -o 'jsonpath={.spec.nodeName} {.spec.hostPID}') == "$(node a) true" ]]
    says "deleted" delete "$debugger"
    refuses "ephemeral containers are disabled for this cluster" debug bare --profile=general --image=picket.local/busybox:1 -- true
    refuses "send JSON" debug bare --profile=general --image=picket.local/busybox:1 --copy-to=copy -- true
}

@test "taint, cordon, drain, uncordon" {
    says "tainted" taint node "$(node a)" only=this:PreferNoSchedule
    refuses "already has only taint(s) with same effect" taint node "$(node a)" only=that:PreferNoSchedule
    says "modified" taint node "$(node a)" only=that:PreferNoSchedule --overwrite
    says "untainted" taint node "$(node a)" only-
    says "cordoned" cordon "$(node a)"
    says "SchedulingDisabled" get node "$(node a)"
    refuses "DaemonSet-managed" drain "$(node a)"
    says "drained (server dry run)" drain "$(node a)" --ignore-daemonsets --force --timeout=90s --dry-run=server
    says "drained" drain "$(node a)" --ignore-daemonsets --force --timeout=90s
    refuses "NotFound" get pod bare
    # The other way to the same end: a delete, whose body comes as protobuf. A pod that is bound goes to a cordoned host, too.
    k run other --image=picket.local/busybox:1 --overrides='{"spec":{"nodeName":"'"$(node a)"'"}}' --command -- /bin/sleep 1000
    says "drained" drain "$(node a)" --ignore-daemonsets --force --timeout=90s --disable-eviction --grace-period=1
    refuses "NotFound" get pod other
    says "uncordoned" uncordon "$(node a)"
    says "web-" get pods
}

@test "apply --server-side: managers, conflicts, force, fields given up" {
    manifest_of() { printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: shared}\ndata: {%s}\n' "$1" >"$DIR/shared.yaml"; }
    manifest_of 'a: "1", b: "1"'
    says "configmap/shared serverside-applied" apply --server-side -f "$DIR/shared.yaml"
    version=$(field cm/shared .metadata.resourceVersion)
    says "serverside-applied" apply --server-side -f "$DIR/shared.yaml"
    [[ $(field cm/shared .metadata.resourceVersion) == "$version" ]]
    manifest_of 'a: "2"'
    refuses 'conflict with "kubectl": .data.a' apply --server-side --field-manager=other -f "$DIR/shared.yaml"
    [[ $(field cm/shared .data.a) == 1 ]]
    says "serverside-applied" apply --server-side --field-manager=other --force-conflicts --dry-run=server -f "$DIR/shared.yaml"
    [[ $(field cm/shared .data.a) == 1 ]]
    says "serverside-applied" apply --server-side --field-manager=other --force-conflicts -f "$DIR/shared.yaml"
    [[ $(field cm/shared .data.a) == 2 ]]
    manifest_of ''
    says "serverside-applied" apply --server-side -f "$DIR/shared.yaml"
    [[ $(field cm/shared .data) == '{"a":"2"}' ]]
    since 21
    says "f:a" get cm shared -o yaml --show-managed-fields
    says "manager: other" get cm shared -o yaml --show-managed-fields
}

@test "apply: from client side to server side, on a set" {
    says "daemonset.apps/web serverside-applied" apply --server-side -f "$DIR/web.yaml" --force-conflicts
    k set env ds/web B=1
    refuses 'conflict with "kubectl-set"' apply --server-side -f <(daemon_set web | sed 's/^        command:/        env: [{name: B, value: "2"}]\n        command:/')
    says "serverside-applied" apply --server-side -f "$DIR/web.yaml"
    [[ $(field ds/web '.spec.template.spec.containers[0].env[0].value') == 1 ]]
}

@test "apply --prune" {
    object() { printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s, labels: {part: pruned}}\ndata: {a: b}\n' "$1" >"$DIR/pruned.yaml"; }
    since 26
    object one
    says "configmap/one created" apply -f "$DIR/pruned.yaml"
    object two
    says "configmap/one pruned" apply -f "$DIR/pruned.yaml" --prune -l part=pruned --prune-allowlist=core/v1/ConfigMap
    since 27
    object three
    export KUBECTL_APPLYSET=true
    says "configmap/three serverside-applied" apply -n default -f "$DIR/pruned.yaml" --server-side --prune --applyset=parts
    object four
    says "configmap/three pruned" apply -n default -f "$DIR/pruned.yaml" --server-side --prune --applyset=parts
}

@test "auth: the server's own authorizer answers" {
    [[ $(k auth can-i get pods) == yes ]]
    run k auth can-i delete pods --as=ann -n team
    [[ $status -eq 1 && $output == no ]]
    [[ $(k auth can-i --list | grep -cF '[*]') -eq 2 ]]
    run k auth can-i get pods --as="system:node:$(node a)" --as-group=system:nodes
    [[ $status -eq 1 && $output == no ]]
    says "reconciliation required create" auth reconcile -f <(printf 'apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: reconciled, namespace: team}\nrules: [{apiGroups: [""], resources: [pods], verbs: [get]}]\n')
    refuses 'User "bob" cannot list resource "pods"' get pods --as=bob
    since 28
    says "system:masters" auth whoami
    says "bob" auth whoami --as=bob
    says "uid: u-1" auth whoami --as=bob --as-uid=u-1 -o yaml
    robot=$(k create token robot -n team)
    run kubectl --kubeconfig /dev/null --cache-dir "$DIR/cache" --server "$(server_url)" --insecure-skip-tls-verify \
        --token "$robot" auth whoami
    [[ $status -eq 0 && $output == *"system:serviceaccount:team:robot"*"UID"*"credential-id"* ]]
}

@test "delete: by name, label, file; with every cascade" {
    says 'configmap "shared" deleted' delete cm shared
    says "deleted" delete cm -l part=pruned
    # A pod that an update is replacing would go all the same.
    rolled_out
    k delete ds web --cascade=orphan
    says "web-" get pods -l app=web
    applied
    rolled_out
    k delete ds web --cascade=foreground
    says "No resources found" get pods -l app=web
    applied
    says "force deleted" delete pod -l app=web --grace-period=0 --force
    says 'daemonset.apps "web" deleted (server dry run)' delete -f "$DIR/web.yaml" --dry-run=server
    says 'daemonset.apps "web" deleted' delete -f "$DIR/web.yaml" --timeout=60s
    refuses "NotFound" delete ds web
    says "" delete ds web --ignore-not-found
    says 'namespace "team" deleted' delete ns team --timeout=60s
    says "deleted" delete clusterrole,clusterrolebinding,priorityclass "$RUN"
    says "deleted" delete role,events --all --now
    nothing_left() { [[ -z $(all_containers_of_run) ]]; }
    eventually nothing_left
}
