#!/usr/bin/env bats
# The commands of docs/curl.md, as they stand there, in one shell.

load cluster

setup_file() {
    new_cluster
    start up "$PICKET" up --data-dir "$DIR" --listen 127.0.0.1:0 --node-name "$(node a)"
    eventually node_is_ready
}

teardown_file() { remove_cluster; }

node_is_ready() { "$PICKET" get node "$(node a)" --no-headers | grep -q ' Ready '; }

commands_of() { sed -n '/^```sh$/,/^```$/{/^```/d;p}' "$1"; }

@test "every command of docs/curl.md works, one after the other" {
    # Files of the page go where nobody else's are.
    commands_of "$ROOT/docs/curl.md" | sed "s#/tmp/#$DIR/#g" >"$DIR/page.sh"
    [[ $(wc -l <"$DIR/page.sh") -gt 60 ]]
    run env DATA="$DIR/server" timeout 300 bash -euo pipefail "$DIR/page.sh"
    echo "$output"
    [[ $status -eq 0 ]]
    [[ $output == *'"username":"admin"'* ]]
    [[ $output == *'"allowed":true'* ]]
    [[ $output == *'spec.template.spec.containers[0].image'* ]]
    [[ $output == *'started'* ]]
    [[ $output == *'daemonsets.apps \"web\" not found'* ]]
    eventually absent_on web a
}
