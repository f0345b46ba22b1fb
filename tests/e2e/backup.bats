#!/usr/bin/env bats
# The drill: a backup while the server works, the loss of the data directory, a restore.

setup_file() {
    load cluster.bash
    new_cluster
}

teardown_file() {
    load cluster.bash
    remove_cluster
}

setup() {
    load cluster.bash
}

map() { "$PICKET" create configmap "$1" --from-literal "key=$1"; }

@test "a backup is made while the server serves, and only by administrators" {
    start_apiserver
    map before
    "$PICKET" backup "$DIR/backup" | tee "$DIR/answer"
    grep -q "backed up to $DIR/backup: [0-9]* objects" "$DIR/answer"
    [ "$(stat -c %a "$DIR/backup")" = 600 ]
    map after

    run "$PICKET" backup "$DIR/backup"
    [ "$status" -eq 1 ]
    [[ $output == *"exists"* ]]
    "$PICKET" token create --user somebody >"$DIR/token"
    code=$(curl -sk -o "$DIR/refusal" -w '%{http_code}' -X POST -H "Authorization: Bearer $(cat "$DIR/token")" \
        "$(server_url)/apis/picket.dev/v1/backups")
    [ "$code" = 403 ]
    run "$PICKET" backup "$DIR/second" --kubeconfig "$DIR/server/controller.kubeconfig"
    [ "$status" -eq 1 ]
    [ ! -e "$DIR/second" ] && [ ! -e "$DIR/second.partial" ]
}

@test "restore refuses a running server, a store that is there and a bad file" {
    run "$PICKET" restore "$DIR/backup" --data-dir "$DIR/server" --replace
    [ "$status" -eq 1 ]
    [[ $output == *"another picket server has it open"* ]]
    end apiserver
    run "$PICKET" restore "$DIR/backup" --data-dir "$DIR/server"
    [ "$status" -eq 1 ]
    [[ $output == *"--replace"* ]]
    head -c 50000 "$DIR/backup" >"$DIR/half"
    run "$PICKET" restore "$DIR/half" --data-dir "$DIR/elsewhere"
    [ "$status" -eq 1 ]
    [[ $output == *"cannot use backup $DIR/half"* ]]
}

@test "after the loss of everything the same clients go on with what was backed up" {
    cp "$KUBECONFIG" "$DIR/old.kubeconfig"
    cp "$DIR/server/ca.crt" "$DIR/old-ca.crt"
    port=$(server_url | sed 's/.*://')
    rm -r "$DIR/server"
    "$PICKET" restore "$DIR/backup" --data-dir "$DIR/server"
    cmp "$DIR/server/ca.crt" "$DIR/old-ca.crt"
    start apiserver "$PICKET" apiserver --data-dir "$DIR/server" --listen "127.0.0.1:$port"
    export KUBECONFIG=$DIR/old.kubeconfig
    eventually api_answers
    [ "$("$PICKET" get configmap before -o json | jq -r .data.key)" = before ]
    run "$PICKET" get configmap after
    [[ $output == *"not found"* ]]
}

@test "restore --replace keeps the other store" {
    end apiserver
    "$PICKET" restore "$DIR/backup" --data-dir "$DIR/server" --replace
    [ -s "$DIR/server/picket.db.replaced" ]
    start_apiserver
    "$PICKET" get configmap before
}
