#!/usr/bin/env bats
# Clients that ask for too much, or take too little, meet a limit and a clear answer; the server goes on.

setup_file() {
    load cluster.bash
    new_cluster
    start server "$PICKET" apiserver --data-dir "$DIR/server" --listen 127.0.0.1:0 --max-store 2
    eventually api_answers
    sed -n 's/^ *token: *//p' "$KUBECONFIG" | tr -d '"' >"$DIR/token"
    memory_of_server >"$DIR/memory"
    # The slow ones, which take their time beside the others.
    slow_client &
    echo $! >"$DIR/slow-client.pid"
}

teardown_file() {
    load cluster.bash
    remove_cluster
}

setup() {
    load cluster.bash
}

memory_of_server() { awk '/^Pss:/ {print $2}' "/proc/$(pid_of server)/smaps_rollup"; }

# Within 64 MiB of what it was.
memory_is_bounded() { (($(memory_of_server) < $(cat "$DIR/memory") + 65536)); }

# request ARGUMENTS...: what the server answers, and its code in the last line.
request() {
    curl -sk -w '\n%{http_code}\n' -H "Authorization: Bearer $(cat "$DIR/token")" "$@"
}

maps_url() { echo "$(server_url)/api/v1/namespaces/default/configmaps"; }

# Begins a request and never ends it.
slow_client() {
    { printf 'GET /livez HTTP/1.1\r\nHost: x\r\nX-Slow: ' && sleep 80; } |
        timeout 80 openssl s_client -quiet -connect "$(server_url | sed 's,https://,,')" >"$DIR/slow-answer" 2>/dev/null
}

answered_in_time() { grep -q '408 Request Timeout' "$DIR/slow-answer"; }

is_alive() { [ "$("$PICKET" get --raw /livez)" = ok ]; }

@test "a body of a gigabyte is refused before it is read" {
    head -c 1G /dev/zero | request -T - -X POST -H 'Content-Type: application/json' "$(maps_url)" >"$DIR/answer" || true
    tail -n 1 "$DIR/answer" | grep -q 413
    grep -q '"reason":"RequestEntityTooLarge"' "$DIR/answer"
    memory_is_bounded
}

@test "huge headers are refused" {
    request -H "X-Large: $(head -c 100000 /dev/zero | tr '\0' x)" "$(maps_url)" >"$DIR/answer"
    tail -n 1 "$DIR/answer" | grep -q 431
    grep -q '"kind":"Status"' "$DIR/answer"
}

@test "deep JSON is refused" {
    {
        printf '{"metadata":{"name":"deep"},"data":'
        head -c 1000000 /dev/zero | tr '\0' '['
    } >"$DIR/deep.json"
    request --data-binary "@$DIR/deep.json" -H 'Content-Type: application/json' "$(maps_url)" >"$DIR/answer"
    tail -n 1 "$DIR/answer" | grep -q 400
    grep -q 'nests deeper' "$DIR/answer"
    is_alive
}

# A patch of 1 MB, so that no buffer between the two holds many.
large_patch() {
    printf '{"data":{"content":"%s%s"}}' "$1" "$(head -c 1000000 /dev/zero | tr '\0' x)" >"$DIR/patch.json"
    request -X PATCH --data-binary "@$DIR/patch.json" -H 'Content-Type: application/merge-patch+json' \
        "$(maps_url)/large" >"$DIR/answer"
    tail -n 1 "$DIR/answer" | grep -q 200
}

@test "a watcher that stops reading is cut off" {
    "$PICKET" create configmap large --from-literal content=x
    curl -skN -H "Authorization: Bearer $(cat "$DIR/token")" "$(maps_url)?watch=true" >"$DIR/watched" &
    watcher=$!
    eventually grep -q '"large"' "$DIR/watched"
    kill -STOP $watcher
    for i in $(seq 50); do large_patch "$i"; done
    # What the history keeps, 64 MiB, and nothing for the watcher beside it.
    (($(memory_of_server) < $(cat "$DIR/memory") + 200000))
    eventually no_watch_is_open
    kill -CONT $watcher
    eventually is_gone $watcher
    (($(grep -c . "$DIR/watched") < 50))
    "$PICKET" delete configmap large
}

# The server gives a write 30 seconds.
no_watch_is_open() { "$PICKET" get --raw /metrics | grep -qx 'picket_apiserver_watchers 0'; }

@test "tiny objects without end meet the quota, and removing some makes room" {
    local i
    for i in $(seq 4000); do
        printf '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"tiny-%s"}}\n' "$i"
    done | jq -cs '{apiVersion: "v1", kind: "List", items: .}' >"$DIR/tiny.json"
    run "$PICKET" create -f "$DIR/tiny.json"
    [ "$status" -eq 1 ]
    [[ $output == *"exceeded quota"* ]]
    "$PICKET" delete configmap tiny-1 tiny-2 tiny-3 tiny-4
    "$PICKET" create configmap room
}

@test "a client that sends next to nothing is told that its time is over" {
    eventually answered_in_time
    kill "$(cat "$DIR/slow-client.pid")" 2>/dev/null || true
    is_alive
}

@test "twenty thousand connections that say nothing leave room for those that speak, and are closed" {
    # Or as many as a process may have here: files of its own take some.
    local count address silent
    count=$(($(ulimit -Hn) > 21000 ? 20000 : $(ulimit -Hn) - 1000))
    address=$(server_url | sed 's,https://,,')
    python3 "$ROOT/tests/e2e/clients/silent_connections.py" "${address%:*}" "${address#*:}" "$count" >"$DIR/silent" 3>&- &
    silent=$!
    eventually grep -qx "$count" "$DIR/silent"
    is_alive
    # Some 46 KiB for each: the buffers of a handshake that has not begun.
    (($(memory_of_server) < $(cat "$DIR/memory") + 1000000))
    eventually is_gone $silent
    is_alive
}
