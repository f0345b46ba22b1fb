#!/usr/bin/env bats
# The server on a disk that fills up: a small file system of this test's own.

setup_file() {
    load cluster.bash
    new_cluster
    mkdir -p "$DIR/server"
    mount -t tmpfs -o size=16m,mode=700 picket-test "$DIR/server" 2>/dev/null || skip "file systems cannot be mounted here"
}

teardown_file() {
    load cluster.bash
    remove_cluster
    umount "$DIR/server" 2>/dev/null || true
}

setup() {
    load cluster.bash
}

# make_map NAME: a ConfigMap of 100 kB, as a client that speaks HTTP.
make_map() {
    jq -nc --arg name "$1" --arg data "$(head -c 100000 /dev/zero | tr '\0' x)" \
        '{apiVersion: "v1", kind: "ConfigMap", metadata: {name: $name}, data: {content: $data}}' \
        >"$DIR/map.json"
    "$PICKET" create -f "$DIR/map.json"
}

maps() { "$PICKET" get configmaps -o name | grep -c map- || true; }

fill_until_refused() {
    local i
    for ((i = 0; i < 400; i++)); do
        make_map "map-$i" >"$DIR/answer" 2>&1 || { echo "$i" >"$DIR/accepted" && return; }
    done
    return 1
}

@test "a full disk refuses writes by name and keeps every acknowledged one" {
    start_apiserver
    head -c 8M /dev/zero >"$DIR/server/filler"
    fill_until_refused
    cat "$DIR/answer"
    grep -q "the store takes no writes" "$DIR/answer"
    grep -q "full" "$DIR/answer"
    [ "$(maps)" -eq "$(cat "$DIR/accepted")" ]
    "$PICKET" get --raw /readyz
}

@test "a server that is killed while its disk is full serves all of it again" {
    end apiserver KILL
    start_apiserver
    [ "$(maps)" -eq "$(cat "$DIR/accepted")" ]
    run make_map refused
    [ "$status" -ne 0 ]
}

@test "it writes again by itself when there is room" {
    rm "$DIR/server/filler"
    eventually make_map map-after
    [ "$(maps)" -eq $(($(cat "$DIR/accepted") + 1)) ]
    end apiserver KILL
    start_apiserver
    [ "$(maps)" -eq $(($(cat "$DIR/accepted") + 1)) ]
    end apiserver
    [ "$(sqlite3 "$DIR/server/picket.db" 'PRAGMA integrity_check')" = ok ]
}
