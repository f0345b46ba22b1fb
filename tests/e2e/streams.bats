#!/usr/bin/env bats
# Commands in containers, their ports, files and usage, through the agent's own connections; with kubectl and with
# picket.

load cluster

setup_file() {
    new_cluster
    start_apiserver
    start_controller
    start_agent a
    { talker && echo --- && typist; } | "$PICKET" apply -f -
    eventually counts talker 1
    eventually counts typist 1
    head -c 10485760 /dev/urandom >"$DIR/big"
}

teardown_file() { remove_cluster; }

# A container that answers each line that it is told, and serves a page on its own loopback.
talker() {
    daemon_set talker |
        sed -e 's|command:.*|command: [/bin/sh, -c, "mkdir -p /www; echo page >/www/index.html; httpd -p 127.0.0.1:8080 -h /www; while read line; do echo got $line; done; exec sleep 1000000"]\n        stdin: true|'
}

# One with a terminal, which says how large it is when it is told something.
typist() {
    daemon_set typist |
        sed -e 's|command:.*|command: [/bin/sh, -c, "while read line; do echo got $line at $(stty size); done; exec sleep 1000000"]\n        stdin: true\n        tty: true|'
}

# pod [APP]
pod() { "$PICKET" get pods -l "app=${1:-talker}" -o name | sed 's|pod/||'; }

# The client as words for a command line that a shell reads.
client_words() { [[ $CLIENT == picket ]] && echo "$PICKET" || echo "kubectl --cache-dir $DIR/cache"; }

# both COMMAND...: with each of the two clients.
both() {
    local CLIENT
    for CLIENT in kubectl picket; do "$@" || return; done
}

tells_exit_code() {
    local code=0
    k exec "$(pod)" -- sh -c 'echo out; echo err >&2; exit 7' >"$DIR/out" 2>"$DIR/err" || code=$?
    [[ $code -eq 7 && $(cat "$DIR/out") == out ]] && grep -q '^err$' "$DIR/err"
}

# What cannot be started ends as in a shell: with a code of its own, and the engine's words.
tells_that_it_cannot_start() {
    local code=0
    k exec "$(pod)" -- "$1" >"$DIR/out" 2>&1 || code=$?
    [[ $code -eq 126 ]] && grep -q "exec: \"$1\": $2" "$DIR/out"
}

@test "exec: a command that does not exist, or is none" {
    both tells_that_it_cannot_start /nosuch "stat /nosuch: no such file or directory"
    both tells_that_it_cannot_start nosuch "executable file not found"
    both tells_that_it_cannot_start /tmp "permission denied"
    export KUBECTL_REMOTE_COMMAND_WEBSOCKETS=false CLIENT=kubectl
    tells_that_it_cannot_start nosuch "executable file not found"
}

@test "exec: what cannot be is refused in kubectl's words" {
    CLIENT=kubectl
    run k exec "$(pod)" -c nope -- true
    [[ $status -eq 1 && $output == *"container nope is not valid for pod $(pod)"* ]]
    run k exec nosuch -- true
    [[ $status -eq 1 && $output == *'pods "nosuch" not found'* ]]
}

gives_big_back() { k exec -i "$(pod)" -- cat <"$DIR/big" | cmp - "$DIR/big"; }

@test "exec: the command's exit code, its output and its errors" {
    both tells_exit_code
    # shellcheck disable=SC2016 # the dollar is what must arrive
    [[ $(k exec ds/talker -- echo 'two  words' '$x') == 'two  words $x' ]]
}

@test "exec: ten megabytes there and back" { both gives_big_back; }

@test "exec: over SPDY, as older clients do" {
    export KUBECTL_REMOTE_COMMAND_WEBSOCKETS=false CLIENT=kubectl
    tells_exit_code
    gives_big_back
}

# The size comes after the start, so the command waits for it. Whoever typed it has the terminal as it was afterwards.
in_terminal() {
    local what
    what=$(client_words)
    # shellcheck disable=SC2016 # expanded inside the container
    local inside='test -t 0 || exit 9; until [ "$(stty size)" = "33 77" ]; do :; done; exit 5'
    timeout 60 script -qec "stty cols 77 rows 33; $what exec -it $(pod) -- sh -c '$inside'; code=\$?; stty -a | grep -q ' echo ' || exit 8; exit \$code" /dev/null </dev/null
}

@test "exec -it: a terminal of the right size, and the own one as before afterwards" {
    for CLIENT in kubectl picket; do
        code=0
        in_terminal || code=$?
        [[ $code -eq 5 ]]
    done
}

left_behind() { k exec "$(pod)" -- sh -c "ps | grep '[s]leep 4321'"; }
nothing_left_behind() { ! left_behind; }

@test "exec -it: a terminal that closes takes its command with it" {
    start held-tty script -qfec "$PICKET exec -it $(pod) -- sleep 4321" /dev/null
    eventually left_behind
    end held-tty KILL
    eventually nothing_left_behind
}

# types SIZE: the keys come through a pipe that stays open, since its end would be typed as the end of the input.
types() {
    local rows=$1 cols=$2 script
    rm -f "$DIR/keys" "$DIR/screen"
    mkfifo "$DIR/keys"
    exec 8<>"$DIR/keys"
    setsid script -qfec "stty rows $rows cols $cols; $(client_words) attach -it $(pod typist)" "$DIR/screen" \
        <"$DIR/keys" >/dev/null 2>&1 3>&- 8>&- &
    script=$!
    # Until somebody reads, the size may not be there yet.
    answered() { echo "hello $CLIENT" >&8 && sleep 0.3 && grep -q "got hello $CLIENT at $rows $cols" "$DIR/screen"; }
    eventually answered
    kill -- "-$script"
    exec 8>&-
}

@test "attach -it: what is typed, and the terminal's size" {
    CLIENT=kubectl types 27 91
    CLIENT=picket types 29 93
}

# attached COMMAND...: the input stays open until the answer is there.
attached() {
    (
        echo "hello $CLIENT"
        until grep -q "got hello $CLIENT" "$DIR/attached"; do sleep 0.1; done
    ) | timeout 60 "$@" >"$DIR/attached" 2>&1
    grep -q "got hello $CLIENT" "$DIR/attached"
}

@test "attach: the container's own input and output" {
    local what
    for CLIENT in kubectl picket; do
        : >"$DIR/attached"
        read -ra what < <(client_words)
        attached "${what[@]}" attach -i "$(pod)"
    done
}

copies() {
    rm -rf "$DIR/back" "$DIR/tree" "$DIR/tree-back"
    mkdir -p "$DIR/tree/sub"
    echo x >"$DIR/tree/sub/file"
    k cp "$DIR/big" "$(pod):/tmp/big.$CLIENT"
    k cp "$(pod):/tmp/big.$CLIENT" "$DIR/back"
    cmp "$DIR/big" "$DIR/back"
    k cp "$DIR/tree" "$(pod):/tmp/tree.$CLIENT"
    k exec "$(pod)" -- grep -q x "/tmp/tree.$CLIENT/sub/file"
    k cp "$(pod):/tmp/tree.$CLIENT" "$DIR/tree-back"
    diff -r "$DIR/tree" "$DIR/tree-back"
    k cp "$DIR/big" "$(pod):/tmp/named" -c main
    # kubectl prints what tar says, and ends with 0 all the same.
    run k cp "$(pod):/tmp/nosuch" "$DIR/nothing"
    [[ $CLIENT == kubectl || $status -eq 1 ]]
    [[ ! -e $DIR/nothing ]]
}

@test "cp: files and folders, both ways" {
    CLIENT=kubectl copies
    CLIENT=picket copies
}

listens() { grep -q '^Forwarding from 127' "$DIR/forward.log"; }

forwards() {
    local port
    forward "${1:-$(pod)}" :8080
    port=$(local_port 8080)
    for _ in 1 2 3; do [[ $(curl -fsS -m 60 "http://127.0.0.1:$port/") == page ]] || return; done
    # Many at once share the one connection.
    curl -fsS -m 60 --parallel --parallel-max 20 "http://127.0.0.1:$port/?[1-20]" >"$DIR/pages"
    [[ $(grep -c page "$DIR/pages") -eq 20 ]] || return
    end forward
}

# forward WHAT PORT...: until it listens.
forward() {
    local what
    read -ra what < <(client_words)
    rm -f "$DIR/forward.log"
    start forward "${what[@]}" port-forward "$@"
    eventually listens
}

# local_port PORT: where the pod's port is reached.
local_port() { sed -n "s/^Forwarding from 127.0.0.1:\([0-9]*\) -> $1\$/\1/p" "$DIR/forward.log"; }

@test "port-forward: what listens on the pod's own loopback" {
    both forwards
    both forwards ds/talker
    CLIENT=kubectl
    k create service clusterip talker --tcp=8080:8080
    forwards svc/talker
    [[ $(k exec svc/talker -- echo through a service) == "through a service" ]]
    export KUBECTL_PORT_FORWARD_WEBSOCKETS=false
    forwards
}

@test "port-forward: a port that nobody listens on says so, and takes no other down" {
    CLIENT=picket
    forward "$(pod)" :8080 :9
    not curl -sS -m 60 "http://127.0.0.1:$(local_port 9)/"
    eventually grep -qi 'connection refused' "$DIR/forward.log"
    [[ $(curl -fsS -m 60 "http://127.0.0.1:$(local_port 8080)/") == page ]]
    end forward
    # kubectl itself ends with the first failure.
    CLIENT=kubectl
    forward "$(pod)" :8080 :9
    not curl -sS -m 60 "http://127.0.0.1:$(local_port 9)/"
    eventually is_gone "$(pid_of forward)"
    grep -q 'lost connection to pod' "$DIR/forward.log"
}

tops() {
    k top nodes | grep -qE "^$(node a) .*Mi" && k top pods --containers | grep -qE '^talker-.* main .*Mi'
}

@test "top, and the agent's metrics through the server" {
    both tops
    "$PICKET" get --raw "/api/v1/nodes/$(node a)/proxy/metrics/cadvisor" |
        grep -q '^container_memory_working_set_bytes{container="main"'
}

@test "logs: several flags at once" {
    CLIENT=kubectl
    [[ $(k logs ds/talker --tail=1 --limit-bytes=3) == got ]]
    k logs -l app=talker --prefix --timestamps --since=1h --all-containers |
        grep -qE '^\[pod/talker-[a-z0-9]+/main\] 20[0-9-]+T[0-9:.]+Z got hello'
    [[ -z $(k logs ds/talker --since-time=2099-01-01T00:00:00Z) ]]
    run k logs ds/talker --previous
    [[ $status -ne 0 && $output == *"previous terminated container"* ]]
}

resident() { awk '/^VmRSS/ {print $2}' "/proc/$(pid_of "$1")/status"; }
written() { awk '/^wchar/ {print $2}' "/proc/$PRODUCER/io"; }

stalled() {
    local before
    before=$(written)
    sleep 1
    [[ $before -gt 0 && $before -eq $(written) ]]
}

@test "a reader that stops reading stops the command, not the memory; then all of it comes" {
    local megabytes=400 reader
    CLIENT=kubectl
    mkfifo "$DIR/flood"
    k exec "$(pod)" -- head -c $((megabytes * 1000000)) /dev/zero >"$DIR/flood" 3>&- &
    reader=$!
    exec 7<"$DIR/flood"
    producer() { PRODUCER=$(pgrep -f "^head -c ${megabytes}000000 /dev/zero"); }
    eventually producer
    eventually stalled
    # What is between the two ends are buffers of sockets and pipes.
    [[ $(written) -lt 100000000 ]]
    [[ $(resident apiserver) -lt 300000 && $(resident agent-a) -lt 300000 ]]
    # Others are served meanwhile.
    tells_exit_code
    [[ $(wc -c <&7) -eq $((megabytes * 1000000)) ]]
    exec 7<&-
    wait "$reader"
}

@test "more streams than an agent serves at a time are refused with 429" {
    local url
    url=$(server_url)/api/v1/namespaces/default/pods/$(pod)/log
    TOKEN=$(sed -n 's/^ *token: *//p' "$KUBECONFIG" | tr -d '"')
    printf 'header = "Authorization: Bearer %s"\n' "$TOKEN" >"$DIR/curlrc"
    # Those refused try again, so that no place stays free.
    start followers curl -ksSN -K "$DIR/curlrc" --parallel --parallel-immediate --parallel-max 300 --no-progress-meter \
        --retry 100000 --retry-delay 1 --retry-max-time 0 \
        "$url?follow=true&tailLines=0&x=[1-300]"
    refused() { curl -ks -K "$DIR/curlrc" "$url?tailLines=1" -w '%{http_code}' | grep -q '"reason":"TooManyRequests".*429$'; }
    eventually refused
    refused_to_kubectl() { { not k logs ds/talker --tail=1; } 2>&1 | grep "serves too many streams"; }
    eventually refused_to_kubectl
    end followers
    eventually k logs ds/talker --tail=1
}

# hold NAME: a command that goes on for long, once it runs. How it ends comes last in its log.
hold() {
    # shellcheck disable=SC2016 # expanded by that shell
    start "held-$1" sh -c '"$@"; echo "ended with $?"' - "$PICKET" exec "$(pod)" -- sh -c 'echo running; exec sleep 1000'
    HELD=$DIR/held-$1
    eventually grep -q running "$HELD.log"
}

@test "the container goes: its commands end with it, and so do its logs" {
    local id
    id=$(containers a talker)
    hold container
    start followed "$PICKET" logs -f "$(pod)"
    eventually grep -q 'got hello' "$DIR/followed.log"
    docker kill "$id" >/dev/null
    eventually grep -q 'ended with 137' "$HELD.log"
    eventually is_gone "$(pid_of followed)"
    eventually replaced a talker "$id"
    eventually counts talker 1
}

@test "the client goes: its stream is let go" {
    open_streams() { k get --raw "/api/v1/nodes/$(node a)/proxy/metrics" | awk '/^picket_agent_open_streams/ {print $2}'; }
    CLIENT=picket
    alone() { [[ $(open_streams) -eq 1 ]]; }
    hold client
    [[ $(open_streams) -gt 1 ]]
    kill -9 "$(pgrep -P "$(pid_of held-client)")"
    eventually alone
}

@test "the agent is killed: the client hears of it, and the next agent serves again" {
    hold agent
    end agent-a KILL
    eventually is_gone "$(cat "$HELD.pid")"
    grep -q 'was lost' "$HELD.log"
    grep -q '^ended with 1$' "$HELD.log"
    start_agent a
    eventually tells_exit_code
}

@test "the server is restarted: the client hears of it, and the next server serves again" {
    hold server
    end apiserver
    eventually is_gone "$(cat "$HELD.pid")"
    grep -q '^error' "$HELD.log"
    grep -q '^ended with 1$' "$HELD.log"
    start_apiserver
    eventually tells_exit_code
    not grep -q 'multiple exceptions' "$DIR"/*.log
}
