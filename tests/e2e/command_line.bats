#!/usr/bin/env bats
# picket's own command line against a server without nodes, and side by side with kubectl.

load cluster

setup_file() {
    new_cluster
    start_apiserver
    start_controller
}

teardown_file() { remove_cluster; }

kctl() { kubectl --cache-dir "$DIR/cache" "$@"; }

@test "exit codes: 0 done, 1 failed, 2 wrong usage" {
    run "$PICKET" get ds
    [[ $status -eq 0 && $output == 'No resources found in default namespace' ]]
    run "$PICKET" get ds nowhere
    [[ $status -eq 1 && $output == 'error: daemonsets.apps "nowhere" not found' ]]
    run "$PICKET" get ds --nonsense
    [[ $status -eq 2 && $output == *'picket get --help'* ]]
    run "$PICKET" get nonsense
    [[ $status -eq 1 && $output == *'no resource type "nonsense"'* ]]
    run "$PICKET" frob
    [[ $status -eq 2 && $output == 'error: there is no command "frob"; see "picket --help"' ]]
    run "$PICKET" -n default get ds
    [[ $status -eq 0 && $output == 'No resources found in default namespace' ]]
    run "$PICKET"
    [[ $status -eq 2 ]]
}

@test "every command explains itself" {
    for command in server apiserver controller agent up get describe why plan logs version apply create delete label annotate \
        rollout cordon uncordon drain token completion; do
        run "$PICKET" "$command" --help
        [[ $status -eq 0 && $output == *--help* ]]
    done
}

@test "no server: one line that says what to do" {
    sed 's/server: .*/server: https:\/\/127.0.0.1:1/' "$KUBECONFIG" >"$DIR/dead.kubeconfig"
    run "$PICKET" get ds --kubeconfig "$DIR/dead.kubeconfig"
    [[ $status -eq 1 && ${#lines[@]} -eq 1 && $output == *'is "picket server" running there'* ]]
}

@test "apply: created, unchanged, configured" {
    daemon_set web >"$DIR/web.yaml"
    [[ $("$PICKET" apply -f "$DIR/web.yaml") == 'daemonset.apps/web created' ]]
    [[ $("$PICKET" apply -f "$DIR/web.yaml") == 'daemonset.apps/web unchanged' ]]
    sed -i 's/started/begun/' "$DIR/web.yaml"
    [[ $("$PICKET" apply -f "$DIR/web.yaml") == 'daemonset.apps/web configured' ]]
    [[ $("$PICKET" apply --dry-run=server -f "$DIR/web.yaml") == 'daemonset.apps/web unchanged (server dry run)'* ]]
}

@test "kubectl apply and picket apply work on one object" {
    [[ $(kctl apply -f "$DIR/web.yaml") == 'daemonset.apps/web unchanged' ]]
    sed 's/^metadata:/metadata:\n  labels: {by: kubectl}/' "$DIR/web.yaml" | kctl apply -f -
    [[ $("$PICKET" get ds web --show-labels --no-headers) == *by=kubectl* ]]
    # picket removes what kubectl applied and the file no longer says, and the other way round.
    [[ $("$PICKET" apply -f "$DIR/web.yaml") == 'daemonset.apps/web configured' ]]
    [[ $("$PICKET" get ds web --show-labels --no-headers) != *by=kubectl* ]]
    sed 's/^metadata:/metadata:\n  labels: {by: picket}/' "$DIR/web.yaml" | "$PICKET" apply -f -
    kctl apply -f "$DIR/web.yaml"
    [[ $("$PICKET" get ds web --show-labels --no-headers) != *by=picket* ]]
}

@test "output: table, wide, name, yaml and json agree with kubectl" {
    [[ $("$PICKET" get ds -o name) == daemonset.apps/web ]]
    [[ $("$PICKET" get ds | head -n 1) == NAME*DESIRED*CURRENT*READY*AGE ]]
    [[ $("$PICKET" get ds -o wide | head -n 1) == *CONTAINERS*IMAGES*SELECTOR ]]
    diff <("$PICKET" get ds web -o json | jq -S .) <(kctl get ds web -o json | jq -S .)
    # What picket prints as YAML, kubectl reads as the same object.
    without_annotations() { jq -S 'del(.metadata.annotations)'; }
    diff <("$PICKET" get ds web -o yaml | kctl create --dry-run=client -o json -f - | without_annotations) \
        <("$PICKET" get ds web -o json | without_annotations)
}

@test "apply reads several documents, directories, standard input and lists" {
    mkdir -p "$DIR/many/below"
    printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\ndata: {mode: "0600", flag: "yes"}\n---\n# nothing\n---\n' >"$DIR/many/a.yaml"
    printf '{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"two"}}]}' >"$DIR/many/b.json"
    printf 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: three\n' >"$DIR/many/below/c.yml"
    run "$PICKET" apply -f "$DIR/many"
    [[ $output == $'configmap/one created\nconfigmap/two created' ]]
    run "$PICKET" apply -R -f "$DIR/many"
    [[ $output == $'configmap/one unchanged\nconfigmap/two unchanged\nconfigmap/three created' ]]
    [[ $("$PICKET" get cm one -o json | jq -c .data) == '{"flag":"yes","mode":"0600"}' ]]
    [[ $("$PICKET" delete -f - <"$DIR/many/a.yaml") == 'configmap/one deleted' ]]
}

@test "YAML that is wrong is refused with file and line" {
    printf 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n  name: y\n' >"$DIR/twice.yaml"
    run "$PICKET" apply -f "$DIR/twice.yaml"
    [[ $status -eq 1 && $output == *twice.yaml*'line 5'*'given twice'* ]]
}

@test "create, label, annotate, describe, delete" {
    "$PICKET" create namespace team
    "$PICKET" create configmap settings -n team --from-literal color=blue --from-literal size=3
    "$PICKET" create secret keys -n team --from-literal token=hidden
    run "$PICKET" label cm settings -n team tier=back
    [[ $output == 'configmap/settings labeled' ]]
    run "$PICKET" label cm settings -n team tier=front
    [[ $status -eq 1 && $output == *--overwrite* ]]
    "$PICKET" annotate cm settings -n team note='it is here'
    [[ $("$PICKET" get cm -n team -l tier=back -o name) == configmap/settings ]]
    run "$PICKET" describe cm settings -n team
    [[ $output == *tier=back*'color: blue'* ]]
    run "$PICKET" describe secret keys -n team
    [[ $output != *aGlkZGVu* ]]
    [[ $("$PICKET" delete cm,secret --all -n team) == *'configmap/settings deleted'* ]]
    "$PICKET" delete ns team --timeout 60s
}

@test "watch shows the list, then each change" {
    timeout 60 "$PICKET" get cm -w -o name >"$DIR/watched" 3>&- &
    seen() { grep -q "$1" "$DIR/watched"; }
    eventually seen two
    "$PICKET" create configmap watched-one
    eventually seen watched-one
    kill $!
}

@test "tokens: made, used, listed without secret, taken back" {
    token=$("$PICKET" token create --user ops --group system:masters --description test)
    kctl --token "$token" --kubeconfig "$KUBECONFIG" get ds
    run "$PICKET" token list
    [[ $output == *ops* || $output == *"${token%%.*}"* ]]
    [[ $output != *"${token##*.}"* ]]
    "$PICKET" token delete "${token%.*}"
    sed "s/token: .*/token: $token/" "$KUBECONFIG" >"$DIR/revoked.kubeconfig"
    run "$PICKET" get ds --kubeconfig "$DIR/revoked.kubeconfig"
    [[ $status -eq 1 && $output == *Unauthorized* ]]
}

@test "completion offers commands, flags, types and names" {
    for shell in bash zsh fish; do [[ $("$PICKET" completion $shell) == *__complete* ]]; done
    [[ $("$PICKET" __complete ge) == get ]]
    [[ $("$PICKET" __complete get daem) == daemonsets ]]
    [[ $("$PICKET" __complete get ds '') == *web* ]]
    [[ $("$PICKET" __complete get --wat) == *--watch* ]]
    bash -n <("$PICKET" completion bash)
}

@test "delete waits until the object is gone" {
    [[ $("$PICKET" delete ds web) == 'daemonset.apps/web deleted' ]]
    run "$PICKET" get ds web
    [[ $status -eq 1 ]]
    run "$PICKET" delete ds web --ignore-not-found
    [[ $status -eq 0 ]]
}
